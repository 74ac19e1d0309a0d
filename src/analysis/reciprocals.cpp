// SPDX-License-Identifier: BSD-3-Clause
// Divisions by what is the same for all elements become multiplications by its reciprocal, taken once a step: a
// division costs several times a multiplication, in vectors too. It moves the last bit, so it is done only in the
// right-hand sides of differential equations, and not inside what jumps (floor, int, comparisons). For the same reason
// the uniform factors of a right-hand side are multiplied with dt first.
#include "analysis/integrators.hpp"

#include <unordered_map>

namespace bouton::analysis {

using lang::BinaryOp;

namespace {

bool jumps(const Term& term) {
    if (term.type != ValueType::real) return true;
    if (term.kind == TermKind::call)
        return term.function == Builtin::floor || term.function == Builtin::ceil ||
               term.function == Builtin::sign || function(term.function).random;
    return term.kind == TermKind::binary &&
           (term.binary == BinaryOp::floor_divide || term.binary == BinaryOp::modulo);
}

}  // namespace

TermPtr with_reciprocals(const TermPtr& root, const std::function<bool(const TermPtr&)>& is_uniform) {
    std::unordered_map<const Term*, TermPtr> done;
    const std::function<TermPtr(const TermPtr&)> walk = [&](const TermPtr& term) -> TermPtr {
        if (jumps(*term) || term->arguments.empty()) return term;
        if (const auto it = done.find(term.get()); it != done.end()) return it->second;
        auto copy = std::make_shared<Term>(*term);
        for (auto& argument : copy->arguments) argument = walk(argument);
        TermPtr result = copy;
        if (term->kind == TermKind::binary && term->binary == BinaryOp::divide &&
            is_uniform(term->arguments[1]) && !is_uniform(term->arguments[0])) {
            auto product = std::make_shared<Term>(*copy);
            product->binary = BinaryOp::multiply;
            product->arguments[1] = binary(BinaryOp::divide, number(1.0), copy->arguments[1]);
            result = product;
        }
        done.emplace(term.get(), result);
        return result;
    };
    return walk(root);
}

TermPtr scaled(const TermPtr& term, const TermPtr& factor,
               const std::function<bool(const TermPtr&)>& is_uniform) {
    if (term->kind == TermKind::binary && term->binary == BinaryOp::multiply && !is_uniform(term)) {
        const TermPtr &a = term->arguments[0], &b = term->arguments[1];
        if (is_uniform(b)) return multiply(a, multiply(b, factor));
        if (is_uniform(a)) return multiply(b, multiply(a, factor));
    }
    return multiply(term, factor);
}

}  // namespace bouton::analysis
