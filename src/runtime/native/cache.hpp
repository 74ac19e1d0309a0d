// SPDX-License-Identifier: BSD-3-Clause
// Compiled modules on disk: CACHE/KEY.so, each with a checksum behind its end, written aside and renamed. Any number
// of processes may use one cache. Folders build-* are compilations under way; failed-KEY holds what did not compile.
#pragma once

#include "runtime/callable.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bouton::runtime {

/// A folder that cannot be written (any more): another one may do.
class PlaceError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The folder that the options, $BOUTON_CACHE, $XDG_CACHE_HOME and $HOME name, as an absolute path; empty if they name
/// none.
std::filesystem::path cache_folder(const NativeOptions& options);

/// The folder for temporary files: $TMPDIR if it is one, else /tmp.
std::filesystem::path temporary_folder();

/// A folder of its own for one compilation, made in another one.
class BuildFolder {
public:
    /// Throws PlaceError if `parent` cannot be made or written. Removes what compilations that were killed an hour ago
    /// or earlier have left there.
    explicit BuildFolder(const std::filesystem::path& parent);
    ~BuildFolder();  ///< removes it unless kept
    BuildFolder(const BuildFolder&) = delete;
    BuildFolder& operator=(const BuildFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Throws PlaceError if the folder is gone, or nothing more can be written to it.
    void check_usable() const;
    /// Leaves the folder for the user to look at, under `name` if possible; returns where it is.
    std::filesystem::path keep_as(const std::string& name);

private:
    std::filesystem::path path_;
    int lock_ = -1;  ///< held while it lives
    bool kept_ = false;
};

/// Adds the checksum to a file that was compiled. Throws PlaceError.
void seal(const std::filesystem::path& file);

/// Whether the file is there, is a file, and is as it was sealed.
bool is_intact(const std::filesystem::path& file);

/// The content of a regular file; empty for anything else.
std::string read_file(const std::filesystem::path& file);

/// Throws PlaceError.
void write_file(const std::filesystem::path& file, std::string_view text);

}  // namespace bouton::runtime
