// SPDX-License-Identifier: BSD-3-Clause
// Equality of syntax trees, whatever their places.
#include "lang/syntax.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace bouton::lang {
namespace {

bool same(const ExprPtr& a, const ExprPtr& b) { return a == b || (a && b && equal(*a, *b)); }

// Numbers by their bits: 0.0 and -0.0 differ, a NaN equals itself.
bool same_node(const Number& a, const Number& b) {
    return std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value) &&
           a.is_integer == b.is_integer;
}
bool same_node(const Boolean& a, const Boolean& b) { return a.value == b.value; }
bool same_node(const Name& a, const Name& b) { return a.id == b.id; }
bool same_node(const Unary& a, const Unary& b) { return a.op == b.op && same(a.operand, b.operand); }
bool same_node(const Binary& a, const Binary& b) {
    return a.op == b.op && same(a.left, b.left) && same(a.right, b.right);
}
bool same_node(const Call& a, const Call& b) {
    return a.function == b.function &&
           std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(), same);
}

}  // namespace

bool equal(const Expr& a, const Expr& b) {
    return std::visit(
        [](const auto& x, const auto& y) {
            if constexpr (std::is_same_v<decltype(x), decltype(y)>)
                return same_node(x, y);
            else
                return false;
        },
        a.node, b.node);
}

}  // namespace bouton::lang
