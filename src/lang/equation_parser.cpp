// SPDX-License-Identifier: BSD-3-Clause
// Equations: the entry point parse_equations.
#include "lang/expression_parser.hpp"
#include "lang/parser.hpp"

#include <algorithm>

namespace bouton::lang {
namespace {

using base::Code;
using Kind = TokenKind;

const std::vector<std::string>& known_flags() {
    static const std::vector<std::string> flags = {"event-driven",     "clock-driven",     "summed",
                                                   "constant",         "constant over dt", "shared",
                                                   "unless refractory"};
    return flags;
}

/// The words up to ',' or ')', with single blanks, hyphens without.
Flag flag(TokenStream& stream) {
    Flag result;
    const auto begin = stream.peek().begin;
    bool after_hyphen = true;
    while (!stream.at(Kind::comma) && !stream.at(Kind::right_bracket)) {
        const Token token = stream.peek();
        const bool is_word = token.kind >= Kind::name && token.kind <= Kind::word_false;
        if (!is_word && token.kind != Kind::minus) {
            // Tells a bracket that stayed open, or else what stands here instead of a word.
            if (token.kind == Kind::problem || result.text.empty()) stream.fail_expected("a flag");
            stream.close_bracket("',' or ')'");
        }
        if (is_word && !after_hyphen) result.text += ' ';
        result.text += stream.text(token);
        after_hyphen = token.kind == Kind::minus;
        stream.next();
    }
    if (result.text.empty()) stream.fail_expected("a flag", "leave the brackets away if there is none");
    result.span = stream.span_from(begin);
    const auto& known = known_flags();
    if (std::find(known.begin(), known.end(), result.text) == known.end()) {
        auto hint = stream.did_you_mean(result.text, known);
        if (hint.empty())
            hint =
                "flags are event-driven, clock-driven, summed, constant, constant over dt, shared, unless "
                "refractory";
        stream.report(Code::E107, result.span, "there is no flag '" + result.text + '\'', std::move(hint));
    }
    return result;
}

std::vector<Flag> flags(TokenStream& stream) {
    std::vector<Flag> result;
    stream.open_bracket();
    do result.push_back(flag(stream));
    while (stream.accept(Kind::comma));
    stream.close_bracket("',' or ')'");
    return result;
}

/// The left side: `x` or `dx/dt`. Fills kind, name and its place.
void left_side(TokenStream& stream, Equation& equation) {
    const Token first = stream.peek();
    if (first.kind != Kind::name) {
        stream.fail_expected("an equation", "as in dx/dt = ... : unit, x = ... : unit, or x : unit");
    }
    stream.next();
    equation.name = stream.text(first);
    equation.name_span = stream.span(first);
    if (!stream.accept(Kind::slash)) return;

    const bool is_dt = stream.at(Kind::name) && stream.text(stream.peek()) == "dt";
    if (equation.name.front() != 'd' || !is_dt)
        stream.fail(Code::E106, equation.name_span, "this is not the left side of an equation",
                    "as in dx/dt = ..., for the variable x");
    equation.kind = EquationKind::differential;
    equation.name.erase(0, 1);
    equation.name_span.begin += 1;
    const bool is_name =
        !equation.name.empty() && !(equation.name.front() >= '0' && equation.name.front() <= '9');
    if (!is_name)
        stream.fail(Code::E110, stream.span(first),
                    "the variable between 'd' and '/dt' is missing or not a name",
                    "as in dx/dt = ..., for the variable x");
    stream.next();
}

void expect_right_side(TokenStream& stream, Equation& equation) {
    const bool is_differential = equation.kind == EquationKind::differential;
    if (stream.accept(Kind::assign)) {
        if (!is_differential) equation.kind = EquationKind::subexpression;
        equation.expr = ExpressionParser(stream).whole_expression();
        return;
    }
    const auto place = stream.span(stream.peek());
    const auto name = equation.name;
    if (is_differential) stream.fail_expected("'='", "write d" + name + "/dt = ... : unit");
    if (stream.at(Kind::colon) || stream.at(Kind::problem)) return;
    if (stream.at(Kind::comma))
        stream.fail(Code::E106, place, "one variable a line", "write " + name + " : unit");
    if (stream.peek().kind > Kind::assign && stream.peek().kind <= Kind::slash_assign)
        stream.fail(Code::E106, place, "a statement among the equations",
                    "statements belong into reset, on_pre, on_post or run_regularly");
    if (stream.at_line_end())
        stream.fail(Code::E106, equation.name_span, "the unit of '" + name + "' is missing",
                    "write " + name + " : 1, or : volt and the like");
    stream.fail_expected("'=' or ':'");
}

Equation equation(TokenStream& stream) {
    Equation result;
    const auto begin = stream.peek().begin;
    left_side(stream, result);
    expect_right_side(stream, result);
    if (stream.at_line_end())
        stream.fail(Code::E106, stream.span_from(begin), "the unit of '" + result.name + "' is missing",
                    "end with ': 1', ': volt' and the like; that of dx/dt is the unit of x");
    if (!stream.accept(Kind::colon)) stream.fail_expected("an operator or ':' and the unit");
    result.unit = ExpressionParser(stream).unit();
    if (stream.at(Kind::newline) && stream.peek_second().kind == Kind::left_bracket) stream.skip_line_ends();
    if (stream.at(Kind::left_bracket)) result.flags = flags(stream);
    result.span = stream.span_from(begin);
    if (stream.at(Kind::semicolon)) stream.fail_expected("the end of the line", "write one equation a line");
    if (!stream.at_line_end()) stream.fail_expected("the end of the line or flags in brackets");
    return result;
}

}  // namespace

std::vector<Equation> parse_equations(const base::SourcePtr& text, base::Diagnostics& diagnostics) {
    TokenStream stream(text, diagnostics);
    stream.join_operator_lines();
    std::vector<Equation> equations;
    while (!stream.at(Kind::end)) {
        if (stream.accept(Kind::newline)) continue;
        try {
            equations.push_back(equation(stream));
        } catch (const Abandon&) {
            stream.recover();
        }
    }
    return equations;
}

}  // namespace bouton::lang
