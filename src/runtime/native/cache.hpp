// SPDX-License-Identifier: BSD-3-Clause
// Compiled modules on disk: CACHE/KEY.so, each with a checksum behind its end, written aside and renamed. Any number
// of processes may use one cache. Folders build-* are compilations under way; failed-KEY holds what did not compile.
#pragma once

#include "runtime/callable.hpp"

#include <filesystem>
#include <string>

namespace bouton::runtime {

/// The folder that the options, $BOUTON_CACHE, $XDG_CACHE_HOME and $HOME name; empty if they name none.
std::filesystem::path cache_folder(const NativeOptions& options);

/// A folder of its own for one compilation: in the cache, or, with a warning, among the temporary files.
class BuildFolder {
public:
    explicit BuildFolder(const NativeOptions& options);  ///< options.warn must be callable
    ~BuildFolder();                                      ///< removes it unless kept
    BuildFolder(const BuildFolder&) = delete;
    BuildFolder& operator=(const BuildFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    bool in_cache() const { return in_cache_; }
    /// Leaves the folder for the user to look at, under `name` if possible; returns where it is.
    std::filesystem::path keep_as(const std::string& name);

private:
    std::filesystem::path path_;
    bool in_cache_ = true;
    bool kept_ = false;
};

/// Adds the checksum to a file that was compiled.
void seal(const std::filesystem::path& file);

/// Whether the file is there and as it was sealed.
bool is_intact(const std::filesystem::path& file);

void write_file(const std::filesystem::path& file, std::string_view text);

}  // namespace bouton::runtime
