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
    term->arguments = {std::move(a)};
    return term;
}

TermPtr binary(BinaryOp op, TermPtr a, TermPtr b) {
    auto term = make(TermKind::binary, result_type(op, *a, *b), result_dimension(op, *a, *b));
    term->binary = op;
    term->arguments = {std::move(a), std::move(b)};
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
    term->arguments = std::move(arguments);
    return term;
}

TermPtr select(TermPtr condition, TermPtr then, TermPtr otherwise) {
    const auto type = then->type == otherwise->type ? then->type : ValueType::real;
    auto term = make(TermKind::select, type, then->dimension);
    term->arguments = {std::move(condition), std::move(then), std::move(otherwise)};
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

Term::~Term() {
    std::vector<TermPtr> waiting;
    const auto take = [&waiting](std::vector<TermPtr>& taken) {
        for (TermPtr& argument : taken)
            if (argument && !argument->arguments.empty()) waiting.push_back(std::move(argument));
    };
    take(arguments);
    while (!waiting.empty()) {
        const TermPtr next = std::move(waiting.back());
        waiting.pop_back();
        // Nobody else has it, so nobody sees it lose its arguments.
        if (next.use_count() == 1) take(const_cast<Term&>(*next).arguments);
    }
}

void walk(const TermPtr& root, const std::function<bool(const TermPtr&)>& enter,
          const std::function<void(const TermPtr&)>& leave) {
    struct Open {
        const TermPtr* term;
        std::size_t next;  // of its arguments
    };
    std::vector<Open> open;
    std::unordered_set<const Term*> seen;
    const auto begin = [&](const TermPtr& term) {
        if (!seen.insert(term.get()).second) return;
        open.push_back({&term, enter && !enter(term) ? term->arguments.size() : 0});
    };
    if (root) begin(root);
    while (!open.empty()) {
        Open& top = open.back();
        const TermPtr& term = *top.term;
        if (top.next < term->arguments.size()) {
            begin(term->arguments[top.next++]);
            continue;
        }
        open.pop_back();
        leave(term);
    }
}

void for_each(const TermPtr& root, const std::function<void(const Term&)>& visit) {
    walk(root, nullptr, [&](const TermPtr& term) { visit(*term); });
}

bool any_of(const TermPtr& root, const std::function<bool(const Term&)>& test) {
    bool found = false;
    const auto enter = [&](const TermPtr& term) {
        found = found || test(*term);
        return !found;
    };
    walk(root, enter, [](const TermPtr&) {});
    return found;
}

TermPtr substitute(const TermPtr& root, const std::function<TermPtr(const Term&)>& replace) {
    if (!root) return root;
    std::unordered_map<const Term*, TermPtr> done;
    const auto enter = [&](const TermPtr& term) {
        TermPtr other = replace(*term);
        if (other) done.emplace(term.get(), std::move(other));
        return !done.contains(term.get());
    };
    walk(root, enter, [&](const TermPtr& term) {
        if (done.contains(term.get())) return;
        std::vector<TermPtr> arguments;
        bool changed = false;
        for (const auto& argument : term->arguments) {
            arguments.push_back(done.at(argument.get()));
            changed = changed || arguments.back() != argument;
        }
        if (!changed) {
            done.emplace(term.get(), term);
            return;
        }
        auto copy = std::make_shared<Term>(*term);
        copy->arguments = std::move(arguments);
        done.emplace(term.get(), std::move(copy));
    });
    return done.at(root.get());
}

namespace {

using Unknown = std::function<std::optional<std::string>(const Term&)>;

using Form = std::optional<LinearForm>;

Form scaled(Form form, const std::function<TermPtr(const TermPtr&)>& by) {
    for (auto& [key, coefficient] : form->coefficients) coefficient = by(coefficient);
    form->rest = by(form->rest);
    return form;
}

/// a + b or a - b; costs the coefficients of b, so that a long sum costs its length.
Form combined(Form a, const LinearForm& b, bool minus) {
    for (const auto& [key, coefficient] : b.coefficients) {
        auto [it, fresh] = a->coefficients.try_emplace(key, minus ? negate(coefficient) : coefficient);
        if (!fresh) it->second = minus ? subtract(it->second, coefficient) : add(it->second, coefficient);
    }
    a->rest = minus ? subtract(a->rest, b.rest) : add(a->rest, b.rest);
    return a;
}

/// The forms of the terms below, each kept until the last term that needs it has taken it.
class LinearForms {
public:
    LinearForms(const TermPtr& root, const Unknown& unknown) : unknown_(unknown) {
        for_each(root, [this](const Term& term) {
            for (const auto& argument : term.arguments) ++takers_[argument.get()];
        });
        ++takers_[root.get()];
        walk(
            root, [this](const TermPtr& term) { return enter(*term); },
            [this](const TermPtr& term) {
                if (!forms_.contains(term.get())) forms_.emplace(term.get(), form_of(term));
            });
    }

    Form take(const TermPtr& term) {
        const auto found = forms_.find(term.get());
        if (--takers_.at(term.get()) > 0) return found->second;
        Form form = std::move(found->second);
        found->second.reset();
        return form;
    }

private:
    bool enter(const Term& term) {
        const auto key = unknown_(term);
        if (key) forms_.emplace(&term, LinearForm{{{*key, number(1.0)}}, number(0.0, term.dimension)});
        return !key;
    }

    Form form_of(const TermPtr& f) {
        std::vector<Form> parts;
        bool free = true;
        bool linear = true;
        for (const auto& argument : f->arguments) {
            parts.push_back(take(argument));
            linear = linear && parts.back();
            free = free && parts.back() && parts.back()->coefficients.empty();
        }
        if (free) return LinearForm{{}, f};
        if (!linear) return std::nullopt;
        if (f->kind == TermKind::unary && f->unary == UnaryOp::negate)
            return scaled(std::move(parts[0]), [](const TermPtr& term) { return negate(term); });
        if (f->kind != TermKind::binary) return std::nullopt;
        return form_of_binary(f->binary, std::move(parts[0]), std::move(parts[1]));
    }

    static Form form_of_binary(BinaryOp op, Form a, Form b) {
        switch (op) {
            case BinaryOp::add: return combined(std::move(a), *b, false);
            case BinaryOp::subtract: return combined(std::move(a), *b, true);
            case BinaryOp::multiply:
                if (a->coefficients.empty())
                    return scaled(std::move(b), [&](const TermPtr& term) { return multiply(a->rest, term); });
                if (b->coefficients.empty())
                    return scaled(std::move(a), [&](const TermPtr& term) { return multiply(term, b->rest); });
                return std::nullopt;
            case BinaryOp::divide:
                if (!b->coefficients.empty()) return std::nullopt;
                return scaled(std::move(a), [&](const TermPtr& term) { return divide(term, b->rest); });
            default: return std::nullopt;
        }
    }

    const Unknown& unknown_;
    std::unordered_map<const Term*, Form> forms_;
    std::unordered_map<const Term*, std::size_t> takers_;
};

}  // namespace

std::optional<LinearForm> linear_form(const TermPtr& f, const Unknown& unknown) {
    Form form = LinearForms(f, unknown).take(f);
    if (!form) return form;
    // x - x and the like leave zero coefficients that are no coupling.
    std::erase_if(form->coefficients, [](const auto& entry) {
        const auto value = evaluate(entry.second);
        return value && *value == 0.0;
    });
    return form;
}

}  // namespace bouton::analysis
