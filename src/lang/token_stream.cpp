// SPDX-License-Identifier: BSD-3-Clause
// The cursor: line ends inside brackets, messages about what was expected, recovery after a mistake.
#include "lang/token_stream.hpp"

#include <algorithm>

namespace bouton::lang {

using base::Code;
using Kind = TokenKind;

TokenStream::TokenStream(base::SourcePtr source, base::Diagnostics& diagnostics)
    : source_(std::move(source)), diagnostics_(diagnostics), list_(tokenize(source_->text)) {}

const Token& TokenStream::peek() {
    if (!open_brackets_.empty()) skip_line_ends();
    return list_.tokens[at_];
}

const Token& TokenStream::peek_second() {
    peek();
    return list_.tokens[std::min(at_ + 1, list_.tokens.size() - 1)];
}

Token TokenStream::next() {
    const Token token = peek();
    if (token.kind != Kind::end) {
        ++at_;
        last_end_ = token.end;
    }
    return token;
}

bool TokenStream::accept(Kind kind) {
    if (!at(kind)) return false;
    next();
    return true;
}

void TokenStream::skip_line_ends() {
    while (list_.tokens[at_].kind == Kind::newline) ++at_;
}

std::string TokenStream::text(const Token& token) const { return std::string(span(token).text()); }

std::string TokenStream::describe(const Token& token) const {
    if (token.kind == Kind::end) return "the end of the text";
    if (token.kind == Kind::newline) return "the end of the line";
    constexpr std::size_t longest = 40;
    const auto shown = text(token);
    return shown.size() <= longest ? '\'' + shown + '\'' : '\'' + shown.substr(0, longest) + "...'";
}

void TokenStream::report(Code code, base::Span span, std::string message, std::string hint) {
    diagnostics_.error(code, std::move(span), std::move(message), std::move(hint));
}

void TokenStream::fail(Code code, base::Span span, std::string message, std::string hint) {
    report(code, std::move(span), std::move(message), std::move(hint));
    throw Abandon{};
}

std::string TokenStream::did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
    const auto near = diagnostics_.suggestions().nearest(name, candidates);
    return near.empty() ? near : "did you mean '" + near + "'?";
}

void TokenStream::fail_expected(const std::string& what, const std::string& hint) {
    const Token& token = peek();
    if (token.kind == Kind::problem) {
        const Problem& problem = list_.problems[token.problem];
        fail(problem.code, span(token), problem.message, problem.hint);
    }
    fail(Code::E103, span(token), "expected " + what + ", found " + describe(token), hint);
}

void TokenStream::open_bracket() {
    open_brackets_.push_back(at_);
    next();
}

void TokenStream::close_bracket(const std::string& expected) {
    const Token token = peek();
    if (token.kind == Kind::right_bracket) {
        next();
        open_brackets_.pop_back();
        return;
    }
    // Another line began, or one that can only belong outside: the mistake is the bracket that stayed open.
    const std::size_t opened = open_brackets_.back();
    const auto begin = list_.tokens.begin();
    const bool on_another_line =
        std::any_of(begin + static_cast<std::ptrdiff_t>(opened), begin + static_cast<std::ptrdiff_t>(at_),
                    [](const Token& t) { return t.kind == Kind::newline; });
    const bool at_line_start = at_ > 0 && list_.tokens[at_ - 1].kind == Kind::newline;
    const bool belongs_outside = token.kind == Kind::end || token.kind == Kind::colon ||
                                 (token.kind >= Kind::assign && token.kind <= Kind::slash_assign);
    if (token.kind == Kind::end || (on_another_line && (at_line_start || belongs_outside))) {
        at_ = opened;  // go on after the line of the bracket
        fail(Code::E103, span(list_.tokens[opened]), "this '(' is never closed");
    }
    fail_expected(expected);
}

bool TokenStream::continues_line(const Token& token) const {
    return is_binary_operator(token.kind) || token.kind == Kind::colon || token.kind == Kind::comma ||
           token.kind == Kind::assign;
}

void TokenStream::recover() {
    open_brackets_.clear();
    const auto& tokens = list_.tokens;
    while (tokens[at_].kind != Kind::end) {
        const bool line_ended = tokens[at_].kind == Kind::newline;
        ++at_;
        const bool is_rest = continues_line(tokens[at_]) || tokens[at_].kind == Kind::right_bracket ||
                             tokens[at_].kind == Kind::left_bracket;
        if (line_ended && !is_rest) break;
    }
}

void TokenStream::join_operator_lines() {
    auto& tokens = list_.tokens;
    std::size_t kept = 0;
    for (std::size_t k = 0; k < tokens.size(); ++k) {
        const bool joins = tokens[k].kind == Kind::newline &&
                           ((kept > 0 && continues_line(tokens[kept - 1])) || continues_line(tokens[k + 1]));
        if (!joins) tokens[kept++] = tokens[k];
    }
    tokens.resize(kept);
}

void TokenStream::drop_line_ends() {
    std::erase_if(list_.tokens, [](const Token& token) { return token.kind == Kind::newline; });
}

}  // namespace bouton::lang
