// SPDX-License-Identifier: BSD-3-Clause
// Files: paths relative to the file that names them, contents in one piece.
#include "network/load/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace bouton::network {

std::filesystem::path beside(const Context& context, std::string_view name) {
    return (context.directory / std::filesystem::path(name)).lexically_normal();
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::string& problem) {
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
    std::string text(size, '\0');
    const std::size_t read = std::fread(text.data(), 1, text.size(), file);
    const bool failed = std::ferror(file) != 0;
    std::fclose(file);
    if (failed) {
        problem = "it cannot be read";
        return std::nullopt;
    }
    text.resize(read);
    return text;
}

}  // namespace bouton::network
