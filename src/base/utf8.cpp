// SPDX-License-Identifier: BSD-3-Clause
// Strict decoding of UTF-8.
#include "base/utf8.hpp"

namespace bouton::base {

Utf8 decode_utf8(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char first = byte(at);
    const Utf8 invalid{first, 1, false};
    if (first < 0x80) return {first, 1, true};

    std::size_t length = 0;
    char32_t code = 0;
    char32_t least = 0;  // smaller values would be overlong
    if ((first & 0xE0u) == 0xC0u) {
        length = 2, code = first & 0x1Fu, least = 0x80;
    } else if ((first & 0xF0u) == 0xE0u) {
        length = 3, code = first & 0x0Fu, least = 0x800;
    } else if ((first & 0xF8u) == 0xF0u) {
        length = 4, code = first & 0x07u, least = 0x10000;
    } else {
        return invalid;
    }
    if (text.size() - at < length) return invalid;
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte(at + k) & 0xC0u) != 0x80u) return invalid;
        code = (code << 6) | (byte(at + k) & 0x3Fu);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < least || code > 0x10FFFF || surrogate) return invalid;
    return {code, length, true};
}

bool is_printable(char32_t code) {
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;
    const bool turns_direction = code == 0x061C || code == 0x200E || code == 0x200F ||
                                 (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return !turns_direction && code != 0xFEFF;
}

}  // namespace bouton::base
