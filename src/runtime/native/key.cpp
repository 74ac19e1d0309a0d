// SPDX-License-Identifier: BSD-3-Clause
#include "runtime/native/key.hpp"

#include "runtime/native/hash.hpp"

#include <algorithm>
#include <string_view>

namespace bouton::runtime {
namespace {

void add_code(Hash& hash, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        const std::string_view line = text.substr(0, end + 1);
        if (!line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("//"))
            hash.add(line);
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::string key_of(const Compiler& compiler, const std::vector<std::string>& flags,
                   std::span<const base::EmbeddedFile> headers, const std::string& text) {
    Hash hash;
    for (const std::string& word : compiler.command) hash.add(word);
    hash.add(compiler.identity);
    for (const std::string& flag : flags) hash.add(flag);
    for (const base::EmbeddedFile& header : headers) {
        hash.add(header.name);
        hash.add(header.text);
    }
    add_code(hash, text);
    return hash.hex();
}

}  // namespace bouton::runtime
