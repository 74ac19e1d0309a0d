// SPDX-License-Identifier: BSD-3-Clause
// A cursor over the tokens of one text, shared by the parsers of expressions, statements and equations. A
// mistake is reported once and gives up the current line (Abandon); the caller goes on at the next one.
#pragma once

#include "lang/token.hpp"

namespace bouton::lang {

/// Thrown by TokenStream::fail after reporting; never leaves this folder.
struct Abandon {};

class TokenStream {
public:
    TokenStream(base::SourcePtr source, base::Diagnostics& diagnostics);

    const Token& peek();
    bool at(TokenKind kind) { return peek().kind == kind; }
    bool at_line_end() { return at(TokenKind::newline) || at(TokenKind::end); }
    Token next();
    bool accept(TokenKind kind);
    /// The token after the next one, line ends not skipped.
    const Token& peek_second();

    base::Span span(const Token& token) const { return {source_, token.begin, token.end}; }
    base::Span span_from(std::uint32_t begin) const { return {source_, begin, last_end_}; }
    std::string text(const Token& token) const;
    /// The token as messages name it: "'x'", "the end of the line".
    std::string describe(const Token& token) const;

    void report(base::Code code, base::Span span, std::string message, std::string hint = {});
    [[noreturn]] void fail(base::Code code, base::Span span, std::string message, std::string hint = {});
    /// "did you mean 'x'?" or nothing.
    std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);
    /// fail() at the next token with "expected WHAT, found ..."; a `problem` token is told as its own mistake.
    [[noreturn]] void fail_expected(const std::string& what, const std::string& hint = {});

    /// Between the two, line ends are skipped. close_bracket fails at the bracket itself if it is never closed.
    void open_bracket();
    void close_bracket(const std::string& expected);

    void skip_line_ends();
    /// After a mistake: to the start of the next line that is not the rest of a broken one.
    void recover();
    /// In equations a line that begins or ends with an operator goes on: such line ends are dropped.
    void join_operator_lines();
    /// A text that is one expression: all line ends are blanks.
    void drop_line_ends();

private:
    bool continues_line(const Token& token) const;

    base::SourcePtr source_;
    base::Diagnostics& diagnostics_;
    TokenList list_;
    std::size_t at_ = 0;
    std::uint32_t last_end_ = 0;
    std::vector<std::size_t> open_brackets_;  // indices of their tokens
};

}  // namespace bouton::lang
