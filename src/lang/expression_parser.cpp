// SPDX-License-Identifier: BSD-3-Clause
// Tokens to expressions.
#include "lang/expression_parser.hpp"

#include "lang/precedence.hpp"

#include <algorithm>
#include <optional>

namespace bouton::lang {
namespace {

using base::Code;
using Kind = TokenKind;

constexpr int kMostNesting = 256;
constexpr int kMostUnits = 100;
constexpr int kMostNodes = 100'000;

std::optional<BinaryOp> binary_op(Kind kind) {
    switch (kind) {
        case Kind::plus: return BinaryOp::add;
        case Kind::minus: return BinaryOp::subtract;
        case Kind::star: return BinaryOp::multiply;
        case Kind::slash: return BinaryOp::divide;
        case Kind::double_slash: return BinaryOp::floor_divide;
        case Kind::percent: return BinaryOp::modulo;
        case Kind::double_star: return BinaryOp::power;
        case Kind::less: return BinaryOp::less;
        case Kind::less_equal: return BinaryOp::less_equal;
        case Kind::greater: return BinaryOp::greater;
        case Kind::greater_equal: return BinaryOp::greater_equal;
        case Kind::equal: return BinaryOp::equal;
        case Kind::not_equal: return BinaryOp::not_equal;
        case Kind::word_and: return BinaryOp::logical_and;
        case Kind::word_or: return BinaryOp::logical_or;
        default: return std::nullopt;
    }
}

bool is_operand_start(Kind kind) {
    return kind == Kind::number || kind == Kind::name || kind == Kind::left_bracket ||
           kind == Kind::word_not || kind == Kind::word_true || kind == Kind::word_false;
}

}  // namespace

/// One level deeper for as long as it lives.
class ExpressionParser::Nesting {
public:
    explicit Nesting(ExpressionParser& parser) : parser_(parser) {
        if (++parser_.nesting_ > kMostNesting) parser_.refuse_nesting();
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

private:
    ExpressionParser& parser_;
};

template <class Node>
ExpressionParser::Tree ExpressionParser::make(std::uint32_t begin, int height, Node node) {
    const auto span = stream_.span_from(begin);
    if (++nodes_ > kMostNodes)
        stream_.fail(Code::E104, span, "an expression of more than " + std::to_string(kMostNodes) + " parts");
    if (in_unit_ && height > kMostUnits)
        stream_.fail(Code::E104, span, "a unit of more than " + std::to_string(kMostUnits) + " factors");
    return {make_expr(span, std::move(node)), height};
}

ExprPtr ExpressionParser::expression() {
    nodes_ = 0;
    nesting_ = 0;
    waiting_.clear();
    in_unit_ = false;
    return binary(kLowest).expr;
}

ExprPtr ExpressionParser::whole_expression() {
    auto expr = expression();
    const Token next = stream_.peek();
    const std::string before(expr->span.text());
    if (is_operand_start(next.kind)) {
        const bool is_product = std::holds_alternative<Number>(expr->node) && next.kind == Kind::name;
        stream_.fail_expected("an operator", is_product ? "write " + before + '*' + stream_.text(next) : "");
    }
    if (next.kind == Kind::word_if)
        stream_.fail_expected("an operator", "for 'a if c else b' write int(c)*a + int(not c)*b");
    if (next.kind == Kind::assign) stream_.fail_expected("an operator", "'==' compares");
    return expr;
}

void ExpressionParser::refuse_nesting() {
    stream_.fail(Code::E104, stream_.span(stream_.peek()),
                 "nested deeper than " + std::to_string(kMostNesting) + " levels",
                 "give a part a name of its own");
}

void ExpressionParser::refuse_not() { stream_.fail_expected("a value", "put the 'not' in brackets"); }

void ExpressionParser::refuse_operand() { stream_.fail_expected(in_unit_ ? "a unit" : "a value"); }

void ExpressionParser::close_bracket(bool of_call) {
    stream_.close_bracket(of_call ? "an operator, ',' or ')'" : "an operator or ')'");
}

ExpressionParser::Tree ExpressionParser::binary(int lowest) {
    const std::size_t outer = waiting_.size();
    auto begin = stream_.peek().begin;
    Tree operand = prefix(lowest);
    while (true) {
        const auto op = binary_op(stream_.peek().kind);
        // Powers belong to power(). What binds less than `lowest` ends the expression, as its end does.
        const int found = op && *op != BinaryOp::power ? precedence_of(*op) : -1;
        const int precedence = found < lowest ? -1 : found;
        while (waiting_.size() > outer && precedence_of(waiting_.back().op) >= precedence) {
            begin = waiting_.back().begin;
            operand = reduced(std::move(waiting_.back()), std::move(operand));
            waiting_.pop_back();
        }
        if (precedence < 0) return operand;
        waiting_.push_back({begin, std::move(operand), *op});
        stream_.next();
        begin = stream_.peek().begin;
        operand = prefix(precedence + 1);
    }
}

ExpressionParser::Tree ExpressionParser::reduced(Waiting waiting, Tree right) {
    const int height = std::max(waiting.left.height, right.height) + 1;
    Tree tree =
        make(waiting.begin, height, Binary{waiting.op, std::move(waiting.left.expr), std::move(right.expr)});
    if (precedence_of(waiting.op) == kCompare) check_chain(tree.expr);
    return tree;
}

void ExpressionParser::check_chain(const ExprPtr& comparison) {
    const Token next = stream_.peek();
    const auto op = binary_op(next.kind);
    if (!op || precedence_of(*op) != kCompare) return;
    std::string hint = "join two comparisons with 'and'";
    const auto& right = std::get<Binary>(comparison->node).right->span;
    constexpr std::size_t longest = 40;
    if (comparison->span.text().size() <= longest)
        hint += ": " + std::string(comparison->span.text()) + " and " + std::string(right.text()) + ' ' +
                stream_.text(next) + " ...";
    stream_.fail(Code::E105, stream_.span(next), "a comparison cannot be chained", hint);
}

ExpressionParser::Tree ExpressionParser::prefix(int lowest) {
    if (!stream_.at(Kind::word_not)) return signed_operand();
    if (lowest > kNot) refuse_not();
    const Nesting nesting(*this);
    const auto begin = stream_.next().begin;
    Tree operand = binary(kNot);
    return make(begin, operand.height + 1, Unary{UnaryOp::logical_not, std::move(operand.expr)});
}

ExpressionParser::Tree ExpressionParser::signed_operand() {
    if (!stream_.at(Kind::minus) && !stream_.at(Kind::plus)) return power();
    const Nesting nesting(*this);
    const Token sign = stream_.next();
    Tree operand = signed_operand();
    if (sign.kind == Kind::plus) return operand;
    return make(sign.begin, operand.height + 1, Unary{UnaryOp::negate, std::move(operand.expr)});
}

/// Binds tighter than a sign on its left, looser than one on its right; right-associative.
ExpressionParser::Tree ExpressionParser::power() {
    const auto begin = stream_.peek().begin;
    Tree operand = atom();
    if (!stream_.at(Kind::double_star)) return operand;
    const Nesting nesting(*this);
    stream_.next();
    Tree exponent = signed_operand();
    const int height = std::max(operand.height, exponent.height) + 1;
    return make(begin, height, Binary{BinaryOp::power, std::move(operand.expr), std::move(exponent.expr)});
}

ExpressionParser::Tree ExpressionParser::atom() {
    const Token token = stream_.peek();
    switch (token.kind) {
        case Kind::number: stream_.next(); return make(token.begin, 1, Number{token.value, token.is_integer});
        case Kind::word_true:
        case Kind::word_false:
            stream_.next();
            return make(token.begin, 1, Boolean{token.kind == Kind::word_true});
        case Kind::name:
            stream_.next();
            if (!in_unit_ && stream_.at(Kind::left_bracket)) return call(token);
            return make(token.begin, 1, Name{stream_.text(token)});
        case Kind::left_bracket: return bracketed();
        default: refuse_operand();
    }
}

ExpressionParser::Tree ExpressionParser::bracketed() {
    const Nesting nesting(*this);
    stream_.open_bracket();
    Tree inner = binary(kLowest);
    close_bracket(false);
    return inner;
}

ExpressionParser::Tree ExpressionParser::call(const Token& name) {
    const Nesting nesting(*this);
    stream_.open_bracket();
    std::vector<ExprPtr> arguments;
    int height = 0;
    if (!stream_.at(Kind::right_bracket)) {
        do {
            Tree argument = binary(kLowest);
            height = std::max(height, argument.height);
            arguments.push_back(std::move(argument.expr));
        } while (stream_.accept(Kind::comma));
    }
    close_bracket(true);
    return make(name.begin, height + 1, Call{stream_.text(name), stream_.span(name), std::move(arguments)});
}

ExprPtr ExpressionParser::unit() {
    nodes_ = 0;
    nesting_ = 0;
    waiting_.clear();
    in_unit_ = true;
    auto expr = binary(kSum);
    check_unit(*expr.expr);
    return expr.expr;
}

/// Only products, quotients and powers of names and numbers.
void ExpressionParser::check_unit(const Expr& expr) {
    if (const auto* binary = std::get_if<Binary>(&expr.node)) {
        const bool allowed = binary->op == BinaryOp::multiply || binary->op == BinaryOp::divide ||
                             binary->op == BinaryOp::power;
        if (!allowed)
            stream_.fail(Code::E106, expr.span, "a unit is made with '*', '/' and '**' only",
                         "such as siemens/metre**2");
        check_unit(*binary->left);
        if (binary->op != BinaryOp::power) check_unit(*binary->right);
        return;
    }
    if (std::holds_alternative<Name>(expr.node) || std::holds_alternative<Number>(expr.node)) return;
    stream_.fail(Code::E106, expr.span, "this is not a unit",
                 "such as volt, siemens/metre**2, or 1 for a plain number");
}

}  // namespace bouton::lang
