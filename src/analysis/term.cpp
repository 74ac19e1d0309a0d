// SPDX-License-Identifier: BSD-3-Clause
// Building, walking and rewriting checked expressions.
#include "analysis/term.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace bouton::analysis {

using lang::BinaryOp;
using lang::UnaryOp;

namespace {

std::shared_ptr<Term> make(TermKind kind, ValueType type, base::Dimension dimension) {
    auto term = std::make_shared<Term>();
    term->kind = kind;
    term->type = type;
    term->dimension = dimension;
    return term;
}

/// The arguments and with them the depth.
void give_arguments(Term& term, std::vector<TermPtr> arguments) {
    term.arguments = std::move(arguments);
    term.depth = 1;
    for (const auto& argument : term.arguments) term.depth = std::max(term.depth, argument->depth + 1);
}

bool is_comparison(BinaryOp op) { return op >= BinaryOp::less && op <= BinaryOp::not_equal; }
bool is_logical(BinaryOp op) { return op == BinaryOp::logical_and || op == BinaryOp::logical_or; }

ValueType result_type(BinaryOp op, const Term& a, const Term& b) {
    if (is_comparison(op) || is_logical(op)) return ValueType::boolean;
    if (op == BinaryOp::divide) return ValueType::real;
    const bool integers = a.type == ValueType::integer && b.type == ValueType::integer;
    if (!integers) return ValueType::real;
    if (op != BinaryOp::power) return ValueType::integer;
    // 2**-1 is 0.5: a whole power stays whole only if it is known not to be negative.
    return b.kind == TermKind::number && b.number >= 0 ? ValueType::integer : ValueType::real;
}

base::Dimension result_dimension(BinaryOp op, const Term& a, const Term& b) {
    switch (op) {
        case BinaryOp::multiply: return a.dimension * b.dimension;
        case BinaryOp::divide:
        case BinaryOp::floor_divide: return a.dimension / b.dimension;
        case BinaryOp::power: {
            if (a.dimension.is_dimensionless()) return {};
            const auto exponent = evaluate(std::make_shared<Term>(b));
            return a.dimension.power(exponent.value_or(1.0)).value_or(base::Dimension{});
        }
        case BinaryOp::add:
        case BinaryOp::subtract:
        case BinaryOp::modulo: return a.dimension;
        default: return {};
    }
}

bool is_number(const TermPtr& a, double value) { return a->kind == TermKind::number && a->number == value; }

}  // namespace

TermPtr number(double value, base::Dimension dimension) {
    auto term = make(TermKind::number, ValueType::real, dimension);
    term->number = value;
    return term;
}

TermPtr integer(double value) {
    auto term = make(TermKind::number, ValueType::integer, {});
    term->number = value;
    return term;
}

TermPtr variable(End end, std::string name, ValueType type, base::Dimension dimension) {
    auto term = make(TermKind::variable, type, dimension);
    term->end = end;
    term->name = std::move(name);
    return term;
}

TermPtr scalar(std::string name, double value, ValueType type, base::Dimension dimension) {
    auto term = make(TermKind::scalar, type, dimension);
    term->name = std::move(name);
    term->number = value;
    return term;
}

TermPtr leaf(TermKind kind, ValueType type, base::Dimension dimension, std::string name) {
    auto term = make(kind, type, dimension);
    term->name = std::move(name);
    return term;
}

TermPtr unary(UnaryOp op, TermPtr a) {
    auto term =
        make(TermKind::unary, op == UnaryOp::logical_not ? ValueType::boolean : a->type, a->dimension);
    term->unary = op;
    give_arguments(*term, {std::move(a)});
    return term;
}

TermPtr binary(BinaryOp op, TermPtr a, TermPtr b) {
    auto term = make(TermKind::binary, result_type(op, *a, *b), result_dimension(op, *a, *b));
    term->binary = op;
    give_arguments(*term, {std::move(a), std::move(b)});
    return term;
}

TermPtr call(Builtin id, std::vector<TermPtr> arguments) {
    const Function& row = function(id);
    auto type = ValueType::real;
    if (id == Builtin::to_int || id == Builtin::poisson || id == Builtin::binomial) type = ValueType::integer;
    if (row.keeps_integer && id != Builtin::to_int) {
        bool integers = !arguments.empty();
        for (const auto& argument : arguments) integers = integers && argument->type == ValueType::integer;
        if (integers) type = ValueType::integer;
    }
    base::Dimension dimension;
    if (row.rule == DimensionRule::same) {
        for (const auto& argument : arguments)
            if (!argument->dimension.is_dimensionless()) dimension = argument->dimension;
    } else if (row.rule == DimensionRule::square_root) {
        dimension = arguments[0]->dimension.power(0.5).value_or(base::Dimension{});
    }
    auto term = make(TermKind::call, type, dimension);
    term->function = id;
    give_arguments(*term, std::move(arguments));
    return term;
}

TermPtr select(TermPtr condition, TermPtr then, TermPtr otherwise) {
    const auto type = then->type == otherwise->type ? then->type : ValueType::real;
    auto term = make(TermKind::select, type, then->dimension);
    give_arguments(*term, {std::move(condition), std::move(then), std::move(otherwise)});
    return term;
}

bool is_zero(const TermPtr& a) { return is_number(a, 0.0); }

TermPtr add(const TermPtr& a, const TermPtr& b) {
    if (is_zero(a)) return b;
    if (is_zero(b)) return a;
    return binary(BinaryOp::add, a, b);
}

TermPtr subtract(const TermPtr& a, const TermPtr& b) {
    if (is_zero(b)) return a;
    if (is_zero(a)) return negate(b);
    return binary(BinaryOp::subtract, a, b);
}

TermPtr multiply(const TermPtr& a, const TermPtr& b) {
    if (is_zero(a) || is_zero(b)) return number(0.0, a->dimension * b->dimension);
    if (is_number(a, 1.0) && a->dimension.is_dimensionless()) return b;
    if (is_number(b, 1.0) && b->dimension.is_dimensionless()) return a;
    return binary(BinaryOp::multiply, a, b);
}

TermPtr divide(const TermPtr& a, const TermPtr& b) {
    if (is_zero(a)) return number(0.0, a->dimension / b->dimension);
    if (is_number(b, 1.0) && b->dimension.is_dimensionless()) return a;
    return binary(BinaryOp::divide, a, b);
}

TermPtr negate(const TermPtr& a) {
    if (a->kind == TermKind::number) return number(-a->number, a->dimension);
    return unary(UnaryOp::negate, a);
}

void for_each(const TermPtr& root, const std::function<void(const Term&)>& visit) {
    std::unordered_set<const Term*> seen;
    const std::function<void(const Term&)> walk = [&](const Term& term) {
        if (!seen.insert(&term).second) return;
        for (const auto& argument : term.arguments) walk(*argument);
        visit(term);
    };
    if (root) walk(*root);
}

bool any_of(const TermPtr& root, const std::function<bool(const Term&)>& test) {
    bool found = false;
    for_each(root, [&](const Term& term) { found = found || test(term); });
    return found;
}

TermPtr substitute(const TermPtr& root, const std::function<TermPtr(const Term&)>& replace) {
    std::unordered_map<const Term*, TermPtr> done;
    const std::function<TermPtr(const TermPtr&)> walk = [&](const TermPtr& term) -> TermPtr {
        if (const auto it = done.find(term.get()); it != done.end()) return it->second;
        TermPtr result = replace(*term);
        if (!result) {
            std::vector<TermPtr> arguments;
            bool changed = false;
            for (const auto& argument : term->arguments) {
                arguments.push_back(walk(argument));
                changed = changed || arguments.back() != argument;
            }
            if (changed) {
                auto copy = std::make_shared<Term>(*term);
                give_arguments(*copy, std::move(arguments));
                result = copy;
            } else {
                result = term;
            }
        }
        done.emplace(term.get(), result);
        return result;
    };
    return walk(root);
}

namespace {

using Unknown = std::function<std::optional<std::string>(const Term&)>;

LinearForm scaled(const LinearForm& form, const std::function<TermPtr(const TermPtr&)>& by) {
    LinearForm result;
    for (const auto& [key, coefficient] : form.coefficients) result.coefficients[key] = by(coefficient);
    result.rest = by(form.rest);
    return result;
}

LinearForm combined(const LinearForm& a, const LinearForm& b, bool minus) {
    LinearForm result = a;
    for (const auto& [key, coefficient] : b.coefficients) {
        auto [it, fresh] = result.coefficients.try_emplace(key, minus ? negate(coefficient) : coefficient);
        if (!fresh) it->second = minus ? subtract(it->second, coefficient) : add(it->second, coefficient);
    }
    result.rest = minus ? subtract(a.rest, b.rest) : add(a.rest, b.rest);
    return result;
}

using LinearMemo = std::unordered_map<const Term*, std::optional<LinearForm>>;

std::optional<LinearForm> linear(const TermPtr& f, const Unknown& unknown, LinearMemo& memo);

std::optional<LinearForm> linear_fresh(const TermPtr& f, const Unknown& unknown, LinearMemo& memo) {
    if (const auto key = unknown(*f)) return LinearForm{{{*key, number(1.0)}}, number(0.0, f->dimension)};
    bool free = true;
    for (const auto& argument : f->arguments) {
        const auto part = linear(argument, unknown, memo);
        free = free && part && part->coefficients.empty();
    }
    if (free) return LinearForm{{}, f};
    if (f->kind == TermKind::unary && f->unary == UnaryOp::negate) {
        const auto a = linear(f->arguments[0], unknown, memo);
        if (!a) return std::nullopt;
        return scaled(*a, [](const TermPtr& term) { return negate(term); });
    }
    if (f->kind != TermKind::binary) return std::nullopt;
    const auto a = linear(f->arguments[0], unknown, memo);
    const auto b = linear(f->arguments[1], unknown, memo);
    if (!a || !b) return std::nullopt;
    switch (f->binary) {
        case BinaryOp::add: return combined(*a, *b, false);
        case BinaryOp::subtract: return combined(*a, *b, true);
        case BinaryOp::multiply:
            if (a->coefficients.empty())
                return scaled(*b, [&](const TermPtr& term) { return multiply(a->rest, term); });
            if (b->coefficients.empty())
                return scaled(*a, [&](const TermPtr& term) { return multiply(term, b->rest); });
            return std::nullopt;
        case BinaryOp::divide:
            if (!b->coefficients.empty()) return std::nullopt;
            return scaled(*a, [&](const TermPtr& term) { return divide(term, b->rest); });
        default: return std::nullopt;
    }
}

std::optional<LinearForm> linear(const TermPtr& f, const Unknown& unknown, LinearMemo& memo) {
    if (const auto it = memo.find(f.get()); it != memo.end()) return it->second;
    auto form = linear_fresh(f, unknown, memo);
    memo.emplace(f.get(), form);
    return form;
}

}  // namespace

std::optional<LinearForm> linear_form(const TermPtr& f, const Unknown& unknown) {
    LinearMemo memo;
    auto form = linear(f, unknown, memo);
    if (!form) return form;
    // x - x and the like leave zero coefficients that are no coupling.
    std::erase_if(form->coefficients, [](const auto& entry) {
        const auto value = evaluate(entry.second);
        return value && *value == 0.0;
    });
    return form;
}

}  // namespace bouton::analysis
