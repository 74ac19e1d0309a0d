// SPDX-License-Identifier: BSD-3-Clause
#include "base/input_file.hpp"

#include <sys/stat.h>

namespace bouton::base {

std::optional<FileIdentity> identity_of(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return std::nullopt;
    return FileIdentity{info.st_dev, info.st_ino};
}

std::optional<FileIdentity> identity_of(int descriptor) {
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) return std::nullopt;
    return FileIdentity{info.st_dev, info.st_ino};
}

void note_input(InputFiles& files, const std::filesystem::path& path) {
    if (const auto identity = identity_of(path)) files.push_back({path, *identity});
}

}  // namespace bouton::base
