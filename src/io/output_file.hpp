// SPDX-License-Identifier: BSD-3-Clause
// Every file that a command makes: it is written aside and takes its name only when it is whole. PATH.partial is locked
// against a second writer, then renamed to PATH. An older PATH stays as it is until that moment, and no file that was
// read, nor one that another program made, is ever written to.
#pragma once

#include "base/input_file.hpp"
#include "io/hdf5/handle.hpp"

#include <filesystem>
#include <string>

namespace bouton::io {

/// Makes the names in a folder durable. Throws WriteError.
void sync_folder(const std::filesystem::path& folder);

class OutputFile {
public:
    /// Creates and locks PATH.partial; if PATH is a symbolic link, beside the file that it leads to, which is the one that
    /// will be replaced. Throws base::Error (status 2) if that cannot be done, if PATH could not be replaced later (a
    /// folder, say), if PATH or PATH.partial is one of `inputs`, whatever names it has, if another program is writing there,
    /// or if PATH.partial is a link or a file that is not a partial one of ours.
    OutputFile(std::filesystem::path path, const base::InputFiles& inputs);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    /// As the user named it.
    const std::filesystem::path& path() const { return path_; }
    /// The same behind all links: the file that will be replaced.
    const std::filesystem::path& target() const { return target_; }
    const std::filesystem::path& partial() const { return partial_; }

    /// A descriptor of the partial file, for the caller to close: it is that file, whatever has its name by now. Throws WriteError.
    int descriptor() const;

    /// Does the work of writing; a WriteError that it throws names this file.
    template <class Work>
    decltype(auto) write(const Work& work) const {
        try {
            return work();
        } catch (const WriteError& error) {
            throw error.in(partial_);
        }
    }

    /// Makes the partial file durable. Throws WriteError, also if it is not the one that was locked any more.
    void sync();
    /// The same, and gives it its name.
    void commit();
    /// Removes the partial file: nothing worth keeping stands in it.
    void discard() noexcept;

private:
    void open_partial();
    bool is_own() const;

    std::filesystem::path path_;
    std::filesystem::path target_;  ///< `path_` behind all links
    std::filesystem::path partial_;
    int lock_ = -1;
};

}  // namespace bouton::io
