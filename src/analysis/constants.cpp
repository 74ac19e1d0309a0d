// SPDX-License-Identifier: BSD-3-Clause
// What `parameters` gives without declaring it: one number, a number for each element, or an expression that moves with time.
#include "analysis/names.hpp"

#include <cmath>

namespace bouton::analysis {

using base::Code;
using model::ArrayValue;
using model::Assignment;
using model::ScalarValue;
using model::Value;

TermPtr NameTable::find_constant(const std::string& name, bool* reported) {
    const auto it = constants_.find(name);
    if (it == constants_.end()) return nullptr;
    Constant& constant = it->second;
    constant.used = true;
    if (constant.busy) {
        diagnostics_.error(Code::E212, constant.assignment->name_span,
                           "'" + name + "' is defined through itself", "break the circle of parameters");
        *reported = true;
        return nullptr;
    }
    if (!constant.done) {
        constant.busy = true;
        constant.term = classify(name, constant);
        constant.busy = false;
        constant.done = true;
    }
    if (!constant.term) *reported = true;
    return constant.term;
}

namespace {

bool moves_with_time(const TermPtr& term) {
    return any_of(
        term, [](const Term& node) { return node.kind == TermKind::time || node.kind == TermKind::signal; });
}

}  // namespace

/// The value of a parameter that depends on t: it is computed anew wherever it is used, around numbers that each element draws when
/// the network is built. They are kept in variables whose names no text can write.
TermPtr NameTable::with_numbers_drawn_once(const std::string& name, const Assignment& assignment,
                                           const TermPtr& term) {
    bool good = true;
    int count = 0;
    const TermPtr result = substitute(term, [&](const Term& node) -> TermPtr {
        if (node.kind != TermKind::call || !function(node.function).random) return nullptr;
        const auto draw = std::make_shared<Term>(node);
        if (moves_with_time(draw)) {
            diagnostics_.error(Code::E211, node.span,
                               "a random number in a parameter is drawn once, so nothing in '" +
                                   std::string(function(node.function).name) + "' can depend on time",
                               "draw it in an equation or a statement, where it is drawn anew at each use");
            good = false;
        }
        CheckedVariable drawn;
        drawn.name = name + "#" + std::to_string(++count);
        drawn.key = key_prefix + drawn.name;
        drawn.span = assignment.name_span;
        drawn.dimension = node.dimension;
        drawn.type = node.type;
        drawn.constant = drawn.implicit = drawn.hidden = true;
        declare(drawn);
        values_[drawn.name] = &assignment;
        value_terms_[drawn.name] = draw;
        return analysis::variable(End::own, drawn.key, node.type, node.dimension);
    });
    return good ? result : nullptr;
}

TermPtr NameTable::classify(const std::string& name, Constant& constant) {
    const Value& value = constant.assignment->value;
    const auto element = [&](base::Dimension dimension, ValueType type) {
        CheckedVariable variable;
        variable.name = name;
        variable.key = key_prefix + name;
        variable.span = constant.assignment->name_span;
        variable.dimension = dimension;
        variable.type = type;
        variable.constant = variable.implicit = true;
        declare(variable);
        values_[name] = constant.assignment;
        return analysis::variable(End::own, key_prefix + name, type, dimension);
    };
    const auto wanted = wanted_dimension(name, constant);
    TermPtr term;
    if (const auto* quantity = std::get_if<ScalarValue>(&value.value)) {
        const bool zero = quantity->value == 0.0 && quantity->dimension.is_dimensionless();
        term = scalar(prefix_ + name, quantity->value, ValueType::real,
                      zero && wanted ? *wanted : quantity->dimension);
    } else if (const auto* array = std::get_if<ArrayValue>(&value.value)) {
        term = element(array->unitless_column && wanted ? *wanted : array->dimension, ValueType::real);
    } else {
        const auto& expr = *std::get<lang::ExprPtr>(value.value);
        resolve_needed(expr);
        term = resolve(expr, scope, diagnostics_);
        if (!term) return nullptr;
        const auto known = evaluate(term);
        if (known && term->type == ValueType::integer && !(std::fabs(*known) <= 0x1p53)) {
            diagnostics_.error(
                Code::E206, value.span,
                "'" + name + "' is a whole number of more than 2^53, which no double holds exactly",
                "make it a real number, as in 1e20 or 10.0**20");
            return nullptr;
        }
        if (known) {
            term = scalar(prefix_ + name, *known, term->type, term->dimension);
        } else if (!moves_with_time(term)) {
            value_terms_[name] = term;
            term = element(term->dimension, term->type);
        } else {
            term = with_numbers_drawn_once(name, *constant.assignment, term);
            if (!term) return nullptr;
        }
    }
    if (wanted && !check_wanted(name, term, *wanted, value.span)) return nullptr;
    return term;
}

}  // namespace bouton::analysis
