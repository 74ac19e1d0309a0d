// SPDX-License-Identifier: BSD-3-Clause
// Divisions by what is the same for all elements become multiplications by its reciprocal, taken once a step: a
// division costs several times a multiplication, in vectors too. It moves the last bit, so it is done only in the
// right-hand sides of differential equations, and not inside what jumps (floor, int, comparisons). For the same reason
// the uniform factors of a right-hand side are multiplied with dt first.
#include "analysis/integrators.hpp"

#include <algorithm>
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
    const auto enter = [](const TermPtr& term) { return !jumps(*term) && !term->arguments.empty(); };
    // Of what was walked through: uniform if its arguments are, so that a long quotient costs its length.
    std::unordered_map<const Term*, bool> uniform;
    walk(root, enter, [&](const TermPtr& term) {
        if (!enter(term)) {
            uniform.emplace(term.get(), is_uniform(term));
            done.emplace(term.get(), term);
            return;
        }
        const bool parts = std::all_of(term->arguments.begin(), term->arguments.end(),
                                       [&](const TermPtr& part) { return uniform.at(part.get()); });
        const bool is_operator = term->kind == TermKind::unary || term->kind == TermKind::binary;
        uniform.emplace(term.get(), parts && (is_operator || is_uniform(term)));
        auto result = std::make_shared<Term>(*term);
        for (auto& argument : result->arguments) argument = done.at(argument.get());
        if (term->kind == TermKind::binary && term->binary == BinaryOp::divide &&
            uniform.at(term->arguments[1].get()) && !uniform.at(term->arguments[0].get())) {
            result->binary = BinaryOp::multiply;
            result->arguments[1] = binary(BinaryOp::divide, number(1.0), result->arguments[1]);
        }
        done.emplace(term.get(), std::move(result));
    });
    return done.at(root.get());
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
