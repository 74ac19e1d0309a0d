// SPDX-License-Identifier: BSD-3-Clause
// Syntax trees: walking, freeing and comparing them, on stacks of our own.
#include "lang/syntax.hpp"

#include <bit>
#include <cstdint>
#include <utility>

namespace bouton::lang {
namespace {

// Numbers by their bits: 0.0 and -0.0 differ, a NaN equals itself.
bool same_node(const Number& a, const Number& b) {
    return std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value) &&
           a.is_integer == b.is_integer;
}
bool same_node(const Boolean& a, const Boolean& b) { return a.value == b.value; }
bool same_node(const Name& a, const Name& b) { return a.id == b.id; }
bool same_node(const Unary& a, const Unary& b) { return a.op == b.op; }
bool same_node(const Binary& a, const Binary& b) { return a.op == b.op; }
bool same_node(const Call& a, const Call& b) {
    return a.function == b.function && a.arguments.size() == b.arguments.size();
}

/// Equal but for their operands, of which they have as many.
bool same_root(const Expr& a, const Expr& b) {
    return std::visit(
        [](const auto& x, const auto& y) {
            if constexpr (std::is_same_v<decltype(x), decltype(y)>)
                return same_node(x, y);
            else
                return false;
        },
        a.node, b.node);
}

bool is_leaf(const Expr& expr) {
    return std::holds_alternative<Number>(expr.node) || std::holds_alternative<Boolean>(expr.node) ||
           std::holds_alternative<Name>(expr.node);
}

/// Moves the operands that have operands themselves out of a node that is about to go.
void take_operands(Expr& expr, std::vector<ExprPtr>& taken) {
    const auto take = [&](ExprPtr& operand) {
        if (operand && !is_leaf(*operand)) taken.push_back(std::move(operand));
    };
    if (auto* unary = std::get_if<Unary>(&expr.node)) take(unary->operand);
    if (auto* binary = std::get_if<Binary>(&expr.node)) {
        take(binary->left);
        take(binary->right);
    }
    if (auto* call = std::get_if<Call>(&expr.node))
        for (auto& argument : call->arguments) take(argument);
}

}  // namespace

Expr::~Expr() {
    std::vector<ExprPtr> waiting;
    take_operands(*this, waiting);
    while (!waiting.empty()) {
        const ExprPtr next = std::move(waiting.back());
        waiting.pop_back();
        // Nobody else has it, so nobody sees it lose its operands.
        if (next.use_count() == 1) take_operands(const_cast<Expr&>(*next), waiting);
    }
}

std::vector<const ExprPtr*> operands(const Expr& expr) {
    if (const auto* unary = std::get_if<Unary>(&expr.node)) return {&unary->operand};
    if (const auto* binary = std::get_if<Binary>(&expr.node)) return {&binary->left, &binary->right};
    std::vector<const ExprPtr*> list;
    if (const auto* call = std::get_if<Call>(&expr.node))
        for (const auto& argument : call->arguments) list.push_back(&argument);
    return list;
}

void for_each(const Expr& root, const std::function<void(const Expr&)>& visit) {
    std::vector<const Expr*> waiting = {&root};
    while (!waiting.empty()) {
        const Expr* next = waiting.back();
        waiting.pop_back();
        visit(*next);
        const auto below = operands(*next);
        for (auto it = below.rbegin(); it != below.rend(); ++it) waiting.push_back((*it)->get());
    }
}

bool equal(const Expr& a, const Expr& b) {
    std::vector<std::pair<const Expr*, const Expr*>> waiting = {{&a, &b}};
    while (!waiting.empty()) {
        const auto [x, y] = waiting.back();
        waiting.pop_back();
        if (x == y) continue;
        if (!x || !y || !same_root(*x, *y)) return false;
        const auto of_x = operands(*x);
        const auto of_y = operands(*y);
        for (std::size_t k = 0; k < of_x.size(); ++k) waiting.emplace_back(of_x[k]->get(), of_y[k]->get());
    }
    return true;
}

}  // namespace bouton::lang
