// SPDX-License-Identifier: BSD-3-Clause
// One UTF-8 character at a time, for messages and for the lexer: strict (no surrogates, no overlong forms).
#pragma once

#include <cstddef>
#include <string_view>

namespace bouton::base {

struct Utf8 {
    char32_t code = 0;       ///< the character, or the single byte where it is not valid
    std::size_t length = 1;  ///< bytes it takes, at least 1
    bool valid = true;
};

/// The character that begins at `at`, which must be below `text.size()`.
Utf8 decode_utf8(std::string_view text, std::size_t at);

/// Whether a character may be shown as it is: no control character and none that turns the direction of text.
bool is_printable(char32_t code);

}  // namespace bouton::base
