// SPDX-License-Identifier: BSD-3-Clause
// The values that files give to the names of one text: which file wins, whether they fit, and in what order they are set.
#include "analysis/names.hpp"

#include <cmath>

namespace bouton::analysis {

using base::Code;
using lang::EquationKind;
using model::ArrayValue;
using model::Assignment;
using model::ScalarValue;
using model::Value;

void NameTable::add_parameters(const std::vector<Assignment>& defaults,
                               const std::vector<Assignment>& given) {
    std::set<std::string> seen;
    std::map<std::string, const Assignment*> fallbacks;
    for (const auto& fallback : defaults) fallbacks[fallback.name] = &fallback;
    for (const auto& assignment : given) {
        seen.insert(assignment.name);
        if (is_broken(assignment.name)) continue;
        if (declares(assignment.name)) {
            set_value(assignment, "parameters");
            continue;
        }
        if (model::is_unread(assignment.value)) {
            mark_broken(assignment.name);
            continue;
        }
        Constant constant;
        constant.assignment = &assignment;
        if (const auto it = fallbacks.find(assignment.name); it != fallbacks.end())
            constant.fallback = it->second;
        if (is_reserved(assignment.name) || find_function(assignment.name) ||
            base::find_unit(assignment.name)) {
            const char* what = is_reserved(assignment.name)     ? "' is a reserved name"
                               : find_function(assignment.name) ? "' is a function"
                                                                : "' is a unit";
            diagnostics_.error(Code::E202, assignment.name_span, "'" + assignment.name + what,
                               "choose another name");
            continue;
        }
        constants_[assignment.name] = constant;
    }
    for (const auto& assignment : defaults) {
        if (seen.count(assignment.name)) continue;
        if (is_broken(assignment.name)) continue;
        if (declares(assignment.name)) {
            set_value(assignment, "parameters");
            continue;
        }
        if (model::is_unread(assignment.value)) {
            mark_broken(assignment.name);
            continue;
        }
        Constant constant;
        constant.assignment = &assignment;
        constant.used = true;  // a library's spare constant is no mistake of the user's
        constants_[assignment.name] = constant;
    }
    require_parameters(given);
}

void NameTable::add_initial(const std::vector<Assignment>& defaults, const std::vector<Assignment>& given) {
    std::set<std::string> seen;
    for (const auto& assignment : given) {
        seen.insert(assignment.name);
        const auto old = values_.find(assignment.name);
        const bool by_default =
            old != values_.end() && old->second->name_span.source != assignment.name_span.source;
        if (old != values_.end() && !by_default) {
            diagnostics_.error(Code::E202, assignment.name_span,
                               "'" + assignment.name + "' has a value in 'parameters' as well",
                               "give it in one of the two");
            continue;
        }
        set_value(assignment, "initial");
    }
    for (const auto& assignment : defaults)
        if (!seen.count(assignment.name) && !values_.count(assignment.name)) set_value(assignment, "initial");
}

void NameTable::set_value(const Assignment& assignment, const char* table) {
    const auto* variable = this->variable(assignment.name);
    if (is_broken(assignment.name)) return;
    if (!variable) {
        const auto near =
            diagnostics_.suggestions().nearest(assignment.name, [this] { return known_names(); });
        std::string hint =
            near.empty() ? "declare it in the equations, as in 'x : 1'" : "did you mean '" + near + "'?";
        if (constants_.count(assignment.name)) hint = "it is a constant: give it in 'parameters'";
        diagnostics_.error(Code::E201, assignment.name_span,
                           "'" + assignment.name + "' is no variable of this group", hint);
        return;
    }
    if (variable->kind == EquationKind::subexpression) {
        diagnostics_.error(Code::E207, assignment.name_span,
                           "'" + assignment.name + "' follows from its equation",
                           "a subexpression has no initial value");
        return;
    }
    if (variable->kind == EquationKind::differential && std::string(table) == "parameters") {
        diagnostics_.error(Code::E207, assignment.name_span,
                           "'" + assignment.name + "' has a differential equation",
                           "give its start in 'initial'");
        return;
    }
    if (!model::is_unread(assignment.value)) values_[assignment.name] = &assignment;
}

void NameTable::refuse_dimension(const CheckedVariable& variable, const base::Dimension& found,
                                 const base::Span& span) {
    diagnostics_.error(
        Code::E214, span,
        "'" + variable.name + "' has the dimension " + in_brackets(variable.dimension) +
            ", but this value has " + in_brackets(found),
        variable.dimension.is_dimensionless() ? "give it without a unit" : "give its unit, as in \"5 mV\"");
}

void NameTable::check_value(const CheckedVariable& variable, const Assignment& assignment) {
    if (!checked_values_.insert(variable.name).second) return;
    const Value& value = assignment.value;
    if (const auto* quantity = std::get_if<ScalarValue>(&value.value))
        check_quantity(variable, *quantity, value.span);
    else if (const auto* array = std::get_if<ArrayValue>(&value.value))
        check_array(variable, *array, value.span);
    else if (!value_terms_.count(variable.name))
        check_expression(variable, std::get<lang::ExprPtr>(value.value), value.span);
}

namespace {

/// A whole number that is exact in a double.
bool is_whole(double x) { return x == std::floor(x) && std::fabs(x) <= 0x1p53; }

}  // namespace

void NameTable::check_quantity(const CheckedVariable& variable, const ScalarValue& quantity,
                               const base::Span& span) {
    if (quantity.dimension != variable.dimension && quantity.value != 0.0)
        return refuse_dimension(variable, quantity.dimension, span);
    if (variable.type == ValueType::boolean)
        return diagnostics_.error(Code::E206, span, "'" + variable.name + "' is a boolean",
                                  "give true or false");
    if (variable.type == ValueType::integer && !is_whole(quantity.value))
        return diagnostics_.error(Code::E206, span, "'" + variable.name + "' is an integer",
                                  "give a whole number, of at most 2^53");
    auto term = std::make_shared<Term>(*number(quantity.value, variable.dimension));
    term->type = variable.type;
    value_terms_[variable.name] = term;
}

void NameTable::check_array(const CheckedVariable& variable, const ArrayValue& array,
                            const base::Span& span) {
    if (array.dimension != variable.dimension && !array.unitless_column)
        return refuse_dimension(variable, array.dimension, span);
    if (variable.shared)
        return diagnostics_.error(Code::E208, span, "'" + variable.name + "' is shared: it has one value",
                                  "remove the flag (shared)");
    if (variable.type == ValueType::real) return;
    const bool boolean = variable.type == ValueType::boolean;
    for (const double x : *array.values)
        if (!is_whole(x) || (boolean && x != 0.0 && x != 1.0))
            return diagnostics_.error(Code::E206, span,
                                      "'" + variable.name + (boolean ? "' is a boolean" : "' is an integer"),
                                      boolean ? "give only 0 and 1" : "give only whole numbers");
}

void NameTable::check_expression(const CheckedVariable& variable, const lang::ExprPtr& expr,
                                 const base::Span& span) {
    const TermPtr term = resolve(*expr, scope, diagnostics_);
    if (!term) return;
    if (term->dimension != variable.dimension && !is_zero(term))
        return refuse_dimension(variable, term->dimension, span);
    if ((variable.type == ValueType::boolean) != (term->type == ValueType::boolean)) {
        const bool boolean = variable.type == ValueType::boolean;
        return diagnostics_.error(Code::E206, span,
                                  "'" + variable.name + (boolean ? "' is a boolean" : "' is a number"),
                                  boolean ? "give true, false or a condition" : "int(...) gives 1 or 0");
    }
    const auto known = evaluate(term);
    const bool whole =
        term->type == ValueType::integer ? !known || std::fabs(*known) < 0x1p63 : known && is_whole(*known);
    if (variable.type == ValueType::integer && !whole)
        return diagnostics_.error(Code::E206, span,
                                  "'" + variable.name + "' is an integer, this is a real number",
                                  "int(...) rounds towards zero");
    if (variable.shared && !check_shared(variable, term, span)) return;
    value_terms_[variable.name] = term;
}

void NameTable::resolve_values() {
    const auto declared = values_;  // classify may add to values_
    for (const auto& [name, assignment] : declared)
        if (CheckedVariable* variable = this->variable(name)) check_value(*variable, *assignment);
}

CheckedInitial NameTable::initial_of(const std::string& name, const Value& value) const {
    CheckedInitial initial;
    initial.key = variables_[index_.at(name)].key;
    initial.span = value.span;
    if (const auto* array = std::get_if<ArrayValue>(&value.value)) {
        initial.values = *array;
    } else if (const auto term = value_terms_.find(name); term != value_terms_.end()) {
        // A subexpression that is kept over a step has no value yet: its expression stands in its place.
        initial.term = substitute(term->second, [&](const Term& node) -> TermPtr {
            if (node.kind != TermKind::variable || node.end != End::own) return nullptr;
            const auto* other = with_key(node.name);
            return other && other->constant_over_dt ? other->expr : nullptr;
        });
    }
    return initial;
}

std::vector<CheckedInitial> NameTable::initialisers() {
    std::vector<CheckedInitial> result;
    std::map<std::string, int> state;  // 1 busy, 2 done
    struct Waiting {                   // for the initial values that it needs
        std::string name;
        CheckedInitial initial;
        std::vector<std::string> needs;
        std::size_t next = 0;
    };
    std::vector<Waiting> waiting;  // a stack of our own: values may need each other in a long chain
    const auto begin = [&](const std::string& name) {
        const auto assigned = values_.find(name);
        if (assigned == values_.end() || state[name] == 2) return;
        if (state[name] == 1) {
            diagnostics_.error(Code::E212, assigned->second->name_span, "'" + name + "' starts from itself",
                               "break the circle of initial values");
            return;
        }
        state[name] = 1;
        waiting.push_back({name, initial_of(name, assigned->second->value), {}});
        for_each(waiting.back().initial.term, [&](const Term& node) {
            const bool own = node.kind == TermKind::variable && node.end == End::own;
            if (const auto* other = own ? with_key(node.name) : nullptr)
                waiting.back().needs.push_back(other->name);
        });
    };
    const auto place = [&](const std::string& name) {
        begin(name);
        while (!waiting.empty()) {
            Waiting& top = waiting.back();
            if (top.next < top.needs.size()) {
                begin(std::string(top.needs[top.next++]));
                continue;
            }
            if (top.initial.term || top.initial.values) result.push_back(std::move(top.initial));
            state[top.name] = 2;
            waiting.pop_back();
        }
    };
    for (const auto& [name, assignment] : values_) place(name);
    return result;
}

}  // namespace bouton::analysis
