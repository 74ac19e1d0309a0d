// SPDX-License-Identifier: BSD-3-Clause
// A file that is written aside and takes its name only when it is whole: PATH.partial, locked against a second
// writer, then renamed to PATH. An older PATH stays as it is until that moment.
#pragma once

#include <filesystem>
#include <string>

namespace bouton::io {

class OutputFile {
public:
    /// Creates and locks PATH.partial. Throws base::Error (status 2) if that cannot be done, if PATH could not be
    /// replaced later (a folder, say), or if another program is writing there.
    explicit OutputFile(std::filesystem::path path);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    const std::filesystem::path& path() const { return path_; }
    const std::filesystem::path& partial() const { return partial_; }

    /// Makes the partial file durable and gives it its name. Throws WriteError.
    void commit();
    /// Removes the partial file: nothing worth keeping stands in it.
    void discard();

private:
    std::filesystem::path path_;
    std::filesystem::path partial_;
    int lock_ = -1;
};

/// Throws base::Error (status 2) if `output`, or its partial name, is the same file as `input`, however either is
/// spelled.
void refuse_same_file(const std::filesystem::path& output, const std::filesystem::path& input,
                      const std::string& what);

}  // namespace bouton::io
