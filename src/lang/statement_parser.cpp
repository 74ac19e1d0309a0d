// SPDX-License-Identifier: BSD-3-Clause
// Statements and single expressions: the entry points parse_statements and parse_expression.
#include "lang/expression_parser.hpp"
#include "lang/parser.hpp"

#include <optional>

namespace bouton::lang {
namespace {

using Kind = TokenKind;

std::optional<AssignOp> assign_op(Kind kind) {
    switch (kind) {
        case Kind::assign: return AssignOp::set;
        case Kind::plus_assign: return AssignOp::add;
        case Kind::minus_assign: return AssignOp::subtract;
        case Kind::star_assign: return AssignOp::multiply;
        case Kind::slash_assign: return AssignOp::divide;
        default: return std::nullopt;
    }
}

std::string hint_after_target(TokenStream& stream, const Token& target) {
    const Token& token = stream.peek();
    if (token.kind == Kind::equal) return "'==' compares; '=' assigns";
    if (token.kind == Kind::slash) {
        const auto name = stream.text(target);
        if (name.size() > 1 && name.front() == 'd') return "differential equations belong into 'equations'";
    }
    if (token.kind == Kind::colon) return "declarations belong into 'equations'";
    if (token.kind == Kind::comma) return "assign one variable at a time";
    return "a statement is NAME = VALUE, or with += -= *= /=";
}

Statement statement(TokenStream& stream) {
    const Token target = stream.peek();
    if (target.kind == Kind::word_if)
        stream.fail_expected("a statement", "there are no branches; write x = int(c)*a + int(not c)*b");
    if (target.kind != Kind::name)
        stream.fail_expected(
            "a variable to assign to",
            is_binary_operator(target.kind) ? "put the expression in brackets to go on over lines" : "");
    stream.next();
    const auto op = assign_op(stream.peek().kind);
    if (!op) stream.fail_expected("'=', '+=', '-=', '*=' or '/='", hint_after_target(stream, target));
    stream.next();

    Statement result;
    result.target = stream.text(target);
    result.target_span = stream.span(target);
    result.op = *op;
    result.value = ExpressionParser(stream).whole_expression();
    result.span = stream.span_from(target.begin);
    if (stream.at(Kind::colon))
        stream.fail_expected("the end of the statement", "a unit is declared in 'equations'");
    if (!stream.at_line_end() && !stream.at(Kind::semicolon))
        stream.fail_expected("an operator or the end of the line");
    return result;
}

}  // namespace

ExprPtr parse_expression(const base::SourcePtr& text, base::Diagnostics& diagnostics) {
    TokenStream stream(text, diagnostics);
    stream.drop_line_ends();
    try {
        auto expr = ExpressionParser(stream).whole_expression();
        if (!stream.at(Kind::end)) stream.fail_expected("an operator or the end of the expression");
        return expr;
    } catch (const Abandon&) {
        return nullptr;
    }
}

std::vector<Statement> parse_statements(const base::SourcePtr& text, base::Diagnostics& diagnostics) {
    TokenStream stream(text, diagnostics);
    std::vector<Statement> statements;
    while (!stream.at(Kind::end)) {
        if (stream.accept(Kind::newline) || stream.accept(Kind::semicolon)) continue;
        try {
            statements.push_back(statement(stream));
        } catch (const Abandon&) {
            stream.recover();
        }
    }
    return statements;
}

}  // namespace bouton::lang
