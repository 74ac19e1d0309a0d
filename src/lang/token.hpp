// SPDX-License-Identifier: BSD-3-Clause
// Tokens: the smallest pieces of a text. Something that is no token is one of kind `problem`; whether it is
// told depends on the parser reaching it, so that a line is complained about once.
#pragma once

#include "base/diagnostics.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bouton::lang {

enum class TokenKind {
    number,
    name,
    word_and,
    word_or,
    word_not,
    word_if,
    word_else,
    word_true,
    word_false,
    plus,
    minus,
    star,
    slash,
    double_slash,
    percent,
    double_star,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    assign,
    plus_assign,
    minus_assign,
    star_assign,
    slash_assign,
    left_bracket,
    right_bracket,
    comma,
    colon,
    semicolon,
    newline,
    end,
    problem
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    double value = 0.0;         ///< of a number
    bool is_integer = false;    ///< of a number
    std::uint32_t problem = 0;  ///< index into TokenList::problems
};

struct Problem {
    base::Code code;
    std::string message;
    std::string hint;
};

struct TokenList {
    std::vector<Token> tokens;  ///< the last one is `end`
    std::vector<Problem> problems;
};

/// The whole text as tokens. Blanks, comments and continued line ends (`\`) leave nothing; empty lines leave
/// one `newline` in all.
TokenList tokenize(const std::string& text);

/// Whether a token can stand between two operands: arithmetic, comparison, `and`, `or`.
bool is_binary_operator(TokenKind kind);

}  // namespace bouton::lang
