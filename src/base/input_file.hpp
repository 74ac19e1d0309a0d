// SPDX-License-Identifier: BSD-3-Clause
// Files that were read, known by what they are and not by what they are called: an output must be none of them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

namespace bouton::base {

/// What tells a file from all others, whatever names and links it has.
struct FileIdentity {
    dev_t device;
    ino_t inode;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Nothing if there is no such file.
std::optional<FileIdentity> identity_of(const std::filesystem::path& path);
std::optional<FileIdentity> identity_of(int descriptor);

struct InputFile {
    std::filesystem::path path;
    FileIdentity identity;
};
using InputFiles = std::vector<InputFile>;

/// Notes that the file of that name was read.
void note_input(InputFiles& files, const std::filesystem::path& path);

}  // namespace bouton::base
