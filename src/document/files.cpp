// SPDX-License-Identifier: BSD-3-Clause
// Files: paths relative to the file that names them, contents in one piece.
#include "document/files.hpp"

#include "base/stop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace bouton::document {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 24;

}  // namespace

std::filesystem::path beside(const Context& context, std::string_view name) {
    return (context.directory / std::filesystem::path(name)).lexically_normal();
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::string& problem,
                                     base::InputFiles* opened) {
    namespace fs = std::filesystem;
    if (path.native().find('\0') != std::string::npos) {
        problem = "a file name cannot hold a zero byte";
        return std::nullopt;
    }
    std::error_code code;
    const auto status = fs::status(path, code);
    if (status.type() == fs::file_type::not_found) {
        problem = "there is no such file";
        return std::nullopt;
    }
    if (code || !fs::is_regular_file(status)) {
        problem = code ? code.message() : "it is not a regular file";
        return std::nullopt;
    }
    const auto size = fs::file_size(path, code);
    if (code || size >= UINT32_MAX) {
        problem = code ? code.message() : "it is larger than 4 GiB";
        return std::nullopt;
    }
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) {
        problem = std::strerror(errno);
        return std::nullopt;
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closed_later(file, std::fclose);
    if (const auto identity = base::identity_of(::fileno(file)); identity && opened)
        opened->push_back({path, *identity});
    std::string text(size, '\0');
    std::size_t read = 0;
    for (std::size_t got = 1; got > 0 && read < text.size(); read += got) {
        base::check_stop();
        got = std::fread(text.data() + read, 1, std::min(text.size() - read, kPiece), file);
    }
    const bool failed = std::ferror(file) != 0;
    if (failed) {
        problem = "it cannot be read";
        return std::nullopt;
    }
    text.resize(read);
    return text;
}

}  // namespace bouton::document
