// SPDX-License-Identifier: BSD-3-Clause
// What a model declares of its names: units that the values of the network file must have, parameters that it must
// give, and ranges. What is known is judged here; the rest becomes conditions for when the values are drawn.
#include "analysis/names.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::analysis {

using base::Code;
using model::Assignment;
using model::Declaration;
using model::ModelText;
using model::ScalarValue;
using model::Value;

namespace {

/// Numbers that were written in two ways (60 pA, 0.06 nA) may differ in their last digits.
constexpr double kSlack = 1e-9;

bool is_within(double value, const std::optional<double>& low, const std::optional<double>& high,
               const Declaration& declaration, bool whole) {
    if (low && declaration.low_excluded && !(value > *low)) return false;
    if (low && !(value >= *low - kSlack * std::fabs(*low))) return false;
    if (high && !(value <= *high + kSlack * std::fabs(*high))) return false;
    return std::isfinite(value) && (!whole || value == std::floor(value));
}

}  // namespace

void NameTable::expect(const ModelText& text, const base::Dimension* target_unit, bool target_is_broken) {
    model_ = &text;
    for (const auto& declaration : text.declarations) {
        Declared declared;
        declared.declaration = &declaration;
        declared.dimension = declaration.dimension;
        const bool unknown = target_is_broken && declaration.unit && names_target_unit(*declaration.unit);
        if (declaration.unit && !unknown)
            if (const auto unit = resolve_unit(*declaration.unit, target_unit, diagnostics_)) {
                declared.dimension = unit->dimension;
                declared.whole = unit->type == ValueType::integer;
            }
        if (declaration.of_variable && !declares(declaration.name) && !is_broken(declaration.name)) {
            std::vector<std::string> names;
            for (const auto& variable : variables_) names.push_back(variable.name);
            const auto near = diagnostics_.suggestions().nearest(declaration.name, names);
            diagnostics_.error(Code::E201, declaration.name_span,
                               "the equations declare no variable '" + declaration.name + "'",
                               near.empty() ? "what is not declared stands in 'parameters'"
                                            : "did you mean '" + near + "'?");
            continue;
        }
        declared_.emplace_back(declaration.name, declared);
    }
}

const NameTable::Declared* NameTable::declared(const std::string& name) const {
    for (const auto& [known, declared] : declared_)
        if (known == name) return &declared;
    return nullptr;
}

std::string NameTable::of_model() const {
    return model_ && !model_->name.empty() ? " of '" + model_->name + "'" : std::string();
}

void NameTable::require_parameters(const std::vector<Assignment>& given) {
    std::set<std::string> present;  // also where the value cannot be read, which has been reported
    for (const auto& assignment : given) present.insert(assignment.name);
    for (const auto& [name, declared] : declared_) {
        const Declaration& declaration = *declared.declaration;
        if (!declaration.required || present.count(name) || constants_.count(name) || values_.count(name))
            continue;
        mark_broken(name);
        missing_.insert(name);
        // A name that is probably this one is told as unused, with the hint that it has.
        bool misspelt = false;
        for (const auto& assignment : given) {
            const bool known = declares(assignment.name) || this->declared(assignment.name);
            misspelt = misspelt || (!known && diagnostics_.suggestions().nearest(
                                                  assignment.name, std::vector<std::string>{name}) == name);
        }
        if (misspelt) continue;
        std::string hint = "give parameters = { " + name + " = ... }";
        const auto* variable = this->variable(name);
        const auto dimension = variable ? std::optional(variable->dimension) : declared.dimension;
        if (dimension && !dimension->is_dimensionless()) hint += " in " + dimension->to_string();
        if (!declaration.about.empty()) hint += ": " + declaration.about;
        diagnostics_.error(Code::E304, model_->named.source ? model_->named : declaration.name_span,
                           "the parameter '" + name + "'" + of_model() + " is missing", hint);
    }
}

/// The dimension that the value of a parameter must have, where the model tells it: by a unit, or by its own value.
std::optional<base::Dimension> NameTable::wanted_dimension(const std::string& name,
                                                           const Constant& constant) const {
    const Declared* said = declared(name);
    if (said && said->dimension) return said->dimension;
    if (!constant.fallback) return std::nullopt;
    const auto* usual = std::get_if<ScalarValue>(&constant.fallback->value.value);
    return usual ? std::optional(usual->dimension) : std::nullopt;
}

bool NameTable::check_wanted(const std::string& name, const TermPtr& term, const base::Dimension& wanted,
                             const base::Span& span) {
    if (term->dimension == wanted || is_zero(term)) return true;
    std::string hint;
    if (term->dimension.is_dimensionless()) hint = "give its unit, as in \"1 " + wanted.to_string() + "\"";
    if (wanted.is_dimensionless()) hint = "give it without a unit";
    diagnostics_.error(Code::E214, span,
                       "'" + name + "'" + of_model() + " has the dimension " + in_brackets(wanted) +
                           ", but " + quoted(span) + " has " + in_brackets(term->dimension),
                       hint);
    return false;
}

TermPtr NameTable::bound(const std::optional<Value>& value, const base::Dimension& wanted) {
    if (!value) return nullptr;
    TermPtr term;
    if (const auto* quantity = std::get_if<ScalarValue>(&value->value)) {
        const bool zero = quantity->value == 0.0;
        auto made = std::make_shared<Term>(*number(quantity->value, zero ? wanted : quantity->dimension));
        made->span = value->span;
        term = made;
    } else if (const auto* expr = std::get_if<lang::ExprPtr>(&value->value); expr && *expr) {
        Scope plain = scope;
        plain.no_random = "a bound is not drawn";
        term = resolve(**expr, plain, diagnostics_);
    }
    if (!term || !check_dimension(term, wanted, "this bound", value->span, Code::E203, diagnostics_))
        return nullptr;
    return term;
}

/// What a declared name starts from: a term, and where its value stands.
std::optional<CheckedRange> NameTable::subject(const std::string& name) {
    CheckedRange range;
    range.name = name;
    range.span = model_->named.source ? model_->named : declared(name)->declaration->name_span;
    if (const auto* variable = this->variable(name)) {
        if (variable->kind == lang::EquationKind::subexpression) {
            diagnostics_.error(Code::E217, declared(name)->declaration->name_span,
                               "'" + name + "' follows from its equation: it cannot have a range",
                               "give the ranges of what it is made of");
            return std::nullopt;
        }
        range.value = analysis::variable(End::own, variable->key, variable->type, variable->dimension);
        const auto assigned = values_.find(name);
        if (assigned == values_.end()) {
            range.start = number(0.0, variable->dimension);
        } else {
            range.span = assigned->second->value.span;
            const auto term = value_terms_.find(name);
            if (term != value_terms_.end()) range.start = term->second;
        }
        return range;
    }
    const auto constant = constants_.find(name);
    if (constant == constants_.end()) return std::nullopt;
    range.span = constant->second.assignment->value.span;
    bool reported = false;
    range.start = range.value = find_constant(name, &reported);
    return range.value ? std::optional(range) : std::nullopt;
}

/// Whether a variable starts from what the model itself says.
bool NameTable::starts_by_default(const std::string& name) const {
    const auto assigned = values_.find(name);
    return assigned != values_.end() &&
           std::any_of(model_->default_initial.begin(), model_->default_initial.end(),
                       [&](const Assignment& usual) { return &usual == assigned->second; });
}

void NameTable::check_ranges() {
    bool refused = false;
    for (const auto& [name, declared] : declared_) {
        const Declaration& declaration = *declared.declaration;
        if ((!declaration.low && !declaration.high && !declared.whole) || is_broken(name)) continue;
        auto range = subject(name);
        if (!range) continue;
        const auto errors = diagnostics_.error_count();
        range->low = bound(declaration.low, range->value->dimension);
        range->high = bound(declaration.high, range->value->dimension);
        if (diagnostics_.error_count() > errors) continue;
        range->low_excluded = declaration.low_excluded;
        range->whole = declared.whole;
        range->words = range_in_words(declaration);
        range->model = of_model();
        range->hint = !declaration.hint.empty() ? declaration.hint : declaration.about;
        const auto known = [](const TermPtr& term) { return term ? evaluate(term) : std::nullopt; };
        const auto value = known(range->start), low = known(range->low), high = known(range->high);
        if (!value || (range->low && !low) || (range->high && !high)) {
            ranges_.push_back(std::move(*range));
        } else if (!is_within(*value, low, high, declaration, declared.whole)) {
            // A parameter out of range takes with it the variables that start from it.
            if (refused && starts_by_default(name)) continue;
            refused = true;
            const bool above =
                high && *value > *high && !(low && *value < *low);  // the hint is for what is too small
            diagnostics_.error(Code::E306, range->span,
                               "'" + name + "'" + range->model + " is " +
                                   base::in_base_units(*value, range->value->dimension) + "; it must be " +
                                   range->words,
                               above ? declaration.about : range->hint);
        }
    }
}

}  // namespace bouton::analysis
