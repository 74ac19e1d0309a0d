// SPDX-License-Identifier: BSD-3-Clause
// The syntax tree of expressions, statements and equations: immutable, shared, each node with its place in the
// text. It knows no names, units or neurons; those belong to analysis.
#pragma once

#include "base/source.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace bouton::lang {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

enum class UnaryOp { negate, logical_not };  // a unary plus leaves no node
enum class BinaryOp {
    add,
    subtract,
    multiply,
    divide,
    floor_divide,
    modulo,
    power,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or
};

struct Number {
    double value = 0.0;
    bool is_integer = false;  ///< written without point or exponent, and below 2^53
};
struct Boolean {
    bool value = false;  ///< True / False (also true / false)
};
struct Name {
    std::string id;
};
struct Unary {
    UnaryOp op;
    ExprPtr operand;
};
struct Binary {
    BinaryOp op;
    ExprPtr left;
    ExprPtr right;
};
struct Call {
    std::string function;
    base::Span function_span;
    std::vector<ExprPtr> arguments;
};

/// Sums of ten thousand terms are trees of that height: nothing may walk a tree by calling itself, also not to free it.
struct Expr {
    using Node = std::variant<Number, Boolean, Name, Unary, Binary, Call>;

    template <class What>
    Expr(base::Span place, What what) : span(std::move(place)), node(std::move(what)) {}
    ~Expr();
    Expr(const Expr&) = delete;
    Expr& operator=(const Expr&) = delete;

    base::Span span;
    Node node;
};

template <class Node>
ExprPtr make_expr(base::Span span, Node node) {
    return std::make_shared<Expr>(std::move(span), std::move(node));
}

enum class AssignOp { set, add, subtract, multiply, divide };

struct Statement {
    base::Span span;  ///< the whole statement
    std::string target;
    base::Span target_span;
    AssignOp op = AssignOp::set;
    ExprPtr value;
};

enum class EquationKind {
    differential,   ///< dx/dt = expr : unit
    subexpression,  ///< x = expr : unit
    parameter       ///< x : unit
};

struct Flag {
    std::string text;  ///< words with single blanks: "unless refractory", "event-driven", "constant over dt"
    base::Span span;
};

struct Equation {
    base::Span span;
    EquationKind kind = EquationKind::parameter;
    std::string name;
    base::Span name_span;
    ExprPtr expr;  ///< null for a parameter
    ExprPtr unit;  ///< an expression of unit names; the names `1`, `integer`, `boolean` stand for themselves
    std::vector<Flag> flags;
};

/// Calls `visit` on every node, each before its operands, from left to right.
void for_each(const Expr& root, const std::function<void(const Expr&)>& visit);

/// The operands of a node, from left to right.
std::vector<const ExprPtr*> operands(const Expr& expr);

/// Equal up to spans.
bool equal(const Expr& a, const Expr& b);

}  // namespace bouton::lang
