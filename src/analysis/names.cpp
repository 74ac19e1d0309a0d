// SPDX-License-Identifier: BSD-3-Clause
// Declared variables and given constants of one text, resolved on first use.
#include "analysis/names.hpp"

namespace bouton::analysis {

using base::Code;
using lang::EquationKind;

NameTable::NameTable(std::string prefix, TextKind kind, base::Diagnostics& diagnostics)
    : prefix_(std::move(prefix)), kind_(kind), diagnostics_(diagnostics) {}

void NameTable::declare(const std::vector<lang::Equation>& equations, const base::Dimension* target_unit,
                        bool target_is_broken) {
    for (const auto& equation : equations) {
        const bool silent = target_is_broken && names_target_unit(*equation.unit);
        if (!silent && declare_one(equation, target_unit)) continue;
        if (!declares(equation.name)) broken_.insert(equation.name);
        if (equation.expr) broken_equations_.push_back(&equation);
    }
}

void NameTable::declare(const CheckedVariable& variable) {
    index_[variable.name] = variables_.size();
    variables_.push_back(variable);
    pending_.push_back({nullptr, false, true});
}

bool NameTable::declare_one(const lang::Equation& equation, const base::Dimension* target_unit) {
    const auto refuse = [&](Code code, std::string message, std::string hint) {
        diagnostics_.error(code, equation.name_span, std::move(message), std::move(hint));
        return false;
    };
    if (is_reserved(equation.name))
        return refuse(Code::E202, "'" + equation.name + "' is a reserved name", "choose another name");
    if (find_function(equation.name))
        return refuse(Code::E202, "'" + equation.name + "' is a function", "choose another name");
    if (base::find_unit(equation.name))
        return refuse(Code::E202, "'" + equation.name + "' is a unit", "choose another name");
    if (index_.count(equation.name))
        return refuse(Code::E202, "'" + equation.name + "' is defined twice", "each name has one equation");
    CheckedVariable variable;
    variable.name = equation.name;
    variable.key = equation.name;
    variable.span = equation.name_span;
    variable.kind = equation.kind;
    if (!set_flags(equation, variable)) return false;
    const bool suffixed = equation.name.ends_with("_pre") || equation.name.ends_with("_post");
    if (suffixed && !variable.summed)
        return refuse(Code::E202, "a variable's name cannot end in _pre or _post",
                      "these endings name the neurons of a synapse");
    const auto unit = resolve_unit(*equation.unit, target_unit, diagnostics_);
    if (!unit) return false;
    variable.type = unit->type;
    variable.dimension = unit->dimension;
    if (variable.kind == EquationKind::differential && variable.type != ValueType::real)
        return refuse(Code::E206, "only a real number has a differential equation",
                      "declare its unit, for example 1");
    index_[variable.name] = variables_.size();
    variables_.push_back(std::move(variable));
    pending_.push_back({equation.expr ? &equation : nullptr, false, !equation.expr});
    return true;
}

bool NameTable::set_flags(const lang::Equation& equation, CheckedVariable& variable) {
    bool good = true;
    std::set<std::string> earlier;
    for (const auto& flag : equation.flags) {
        const auto refuse = [&](const char* hint) {
            diagnostics_.error(Code::E208, flag.span, "'" + flag.text + "' does not fit here", hint);
            good = false;
        };
        for (const auto& [one, other] : {std::pair("event-driven", "clock-driven"), {"summed", "shared"}})
            if ((flag.text == one && earlier.contains(other)) ||
                (flag.text == other && earlier.contains(one)))
                refuse("it contradicts an earlier flag of this equation: leave one of them out");
        if (!earlier.insert(flag.text).second) refuse("it stands here twice");
        const bool differential = equation.kind == EquationKind::differential;
        if (flag.text == "event-driven" || flag.text == "clock-driven") {
            if (kind_ != TextKind::synapses || !differential)
                refuse("it belongs to differential equations of synapses");
            (flag.text == "event-driven" ? variable.event_driven : variable.clock_driven) = true;
        } else if (flag.text == "summed") {
            if (kind_ != TextKind::synapses || equation.kind != EquationKind::subexpression)
                refuse("write it in a synapse: x_post = expression : unit (summed)");
            else if (!equation.name.ends_with("_pre") && !equation.name.ends_with("_post"))
                refuse("a summed variable belongs to a neuron: its name ends in _post or _pre");
            variable.summed = true;
        } else if (flag.text == "constant") {
            if (equation.kind != EquationKind::parameter) refuse("it belongs to 'x : unit'");
            variable.constant = true;
        } else if (flag.text == "constant over dt") {
            if (kind_ != TextKind::neurons || equation.kind != EquationKind::subexpression)
                refuse("it belongs to 'x = expression : unit' of neurons");
            variable.constant_over_dt = true;
        } else if (flag.text == "shared") {
            if (differential) refuse("it belongs to parameters and subexpressions");
            variable.shared = true;
        } else if (flag.text == "unless refractory") {
            if (kind_ != TextKind::neurons || !differential)
                refuse("it belongs to differential equations of neurons");
            variable.unless_refractory = true;
        }
    }
    return good;
}

CheckedVariable* NameTable::variable(const std::string& name) {
    const auto it = index_.find(name);
    return it == index_.end() ? nullptr : &variables_[it->second];
}

const CheckedVariable* NameTable::with_key(const std::string& key) const {
    const auto of = [&](const std::string& name) -> const CheckedVariable* {
        const auto it = index_.find(name);
        return it != index_.end() && variables_[it->second].key == key ? &variables_[it->second] : nullptr;
    };
    // A key is the name, or the name behind the prefix.
    if (const auto* variable = of(key)) return variable;
    return key.starts_with(key_prefix) ? of(key.substr(key_prefix.size())) : nullptr;
}

std::vector<std::string> NameTable::known_names() const {
    std::vector<std::string> names;
    for (const auto& [name, index] : index_)
        if (!variables_[index].hidden) names.push_back(name);
    for (const auto& [name, constant] : constants_) names.push_back(name);
    for (const auto& [name, declared] : declared_) names.push_back(name);
    return names;
}

TermPtr NameTable::find_variable(const std::string& name, bool* reported) {
    const auto it = index_.find(name);
    if (it == index_.end()) {
        if (is_broken(name)) *reported = true;
        return nullptr;
    }
    CheckedVariable& variable = variables_[it->second];
    if (variable.summed)
        return nullptr;  // the equation says what is summed; its name is the neuron's variable
    if (variable.kind != EquationKind::subexpression || variable.constant_over_dt)
        return analysis::variable(End::own, variable.key, variable.type, variable.dimension);
    Pending& pending = pending_[it->second];
    if (pending.busy) {
        diagnostics_.error(Code::E212, variable.span, "'" + name + "' is defined through itself",
                           "break the circle of subexpressions");
        *reported = true;
        return nullptr;
    }
    resolve_equation(it->second);
    if (!variable.expr) *reported = true;
    return variable.expr;
}

/// What `expr` names and is not resolved yet, on which it waits.
std::vector<NameTable::Definition> NameTable::needed_by(const lang::Expr& expr) {
    std::vector<Definition> needed;
    lang::for_each(expr, [&](const lang::Expr& node) {
        const auto* name = std::get_if<lang::Name>(&node.node);
        if (!name) return;
        if (const auto it = index_.find(name->id); it != index_.end()) {
            const bool inlined = variables_[it->second].kind == EquationKind::subexpression &&
                                 !variables_[it->second].constant_over_dt;
            const Pending& pending = pending_[it->second];
            if (inlined && pending.equation && !pending.done && !pending.busy)
                needed.push_back({it->second, nullptr, pending.equation->expr.get()});
        } else if (const auto constant = constants_.find(name->id); constant != constants_.end()) {
            const auto* value = std::get_if<lang::ExprPtr>(&constant->second.assignment->value.value);
            if (value && *value && !constant->second.done && !constant->second.busy)
                needed.push_back({0, &constant->first, value->get()});
        }
    });
    return needed;
}

/// Resolves what `expr` builds on before `expr` itself, on a stack of our own: definitions may follow each other in a
/// chain as long as the text. A circle is left to whoever resolves its last member. The first kNested definitions within
/// definitions are resolved where they are met, which numbers their random draws in the order of reading.
void NameTable::resolve_needed(const lang::Expr& expr) {
    constexpr std::uint32_t kNested = 16;
    if (scope.state->depth < kNested) return;
    struct Waiting {
        Definition definition;
        std::vector<Definition> needed;
        std::size_t next = 0;
    };
    std::vector<Waiting> waiting;
    waiting.push_back({{}, needed_by(expr)});
    std::set<const lang::Expr*> begun = {&expr};
    while (!waiting.empty()) {
        Waiting& top = waiting.back();
        if (top.next < top.needed.size()) {
            const Definition next = top.needed[top.next++];
            if (begun.insert(next.expr).second) waiting.push_back({next, needed_by(*next.expr)});
            continue;
        }
        const Definition definition = top.definition;
        waiting.pop_back();
        bool reported = false;
        if (definition.constant)
            find_constant(*definition.constant, &reported);
        else if (definition.expr)
            resolve_equation(definition.index);
    }
}

void NameTable::resolve_equation(std::size_t index) {
    Pending& pending = pending_[index];
    if (pending.done || !pending.equation) return;
    pending.busy = true;
    resolve_needed(*pending.equation->expr);
    CheckedVariable& variable = variables_[index];
    Scope local = scope;
    local.allow_noise = variable.kind == EquationKind::differential;
    const TermPtr term = resolve(*pending.equation->expr, local, diagnostics_);
    pending.busy = false;
    pending.done = true;
    if (!term) return;
    const bool differential = variable.kind == EquationKind::differential;
    const auto wanted =
        differential ? variable.dimension / base::Dimension::of(base::Dimension::time) : variable.dimension;
    const std::string what = differential ? "d" + variable.name + "/dt" : "'" + variable.name + "'";
    if (!check_dimension(term, wanted, what, pending.equation->expr->span, Code::E214, diagnostics_)) return;
    if ((variable.type == ValueType::boolean) != (term->type == ValueType::boolean)) {
        diagnostics_.error(
            Code::E206, pending.equation->expr->span,
            variable.type == ValueType::boolean ? "a boolean variable needs a condition"
                                                : "a number is needed, this is true or false",
            variable.type == ValueType::boolean ? "compare, as in 'x > 0'" : "int(...) gives 1 or 0");
        return;
    }
    if (variable.type == ValueType::integer && term->type == ValueType::real) {
        diagnostics_.error(Code::E206, pending.equation->expr->span,
                           "an integer variable needs a whole number", "int(...) rounds towards zero");
        return;
    }
    if (variable.shared && !check_shared(variable, term, pending.equation->expr->span)) return;
    variable.expr = term;
}

/// What is shared has one value for all: nothing in it may differ between the elements.
bool NameTable::check_shared(const CheckedVariable& variable, const TermPtr& term, const base::Span& span) {
    std::string culprit;
    for_each(term, [&](const Term& node) {
        if (node.kind == TermKind::index_i || node.kind == TermKind::index_j)
            culprit = "the number of the element";
        if (node.kind == TermKind::call && function(node.function).random)
            culprit = "a random number of each element";
        if (node.kind != TermKind::variable) return;
        const auto* other = node.end == End::own ? with_key(node.name) : nullptr;
        if (!other || !other->shared) culprit = "'" + node.name + "', of which each element has its own";
    });
    if (culprit.empty()) return true;
    diagnostics_.error(Code::E208, span, "'" + variable.name + "' is shared, but this reads " + culprit,
                       "remove the flag (shared)");
    return false;
}

void NameTable::use_all() {
    for (auto& [name, constant] : constants_) constant.used = true;
}

void NameTable::finish() {
    for (std::size_t k = 0; k < variables_.size(); ++k)
        if (!pending_[k].done && !pending_[k].busy) resolve_equation(k);
    Scope noisy = scope;
    noisy.allow_noise = true;
    for (const auto* equation : broken_equations_) resolve(*equation->expr, noisy, diagnostics_);
    broken_equations_.clear();
    resolve_values();
    check_ranges();
    report_unused();
}

void NameTable::report_unused() {
    std::vector<std::string> unused;
    for (const auto& [name, constant] : constants_)
        if (!constant.used) unused.push_back(name);
    // What a misspelt name probably meant is not unused.
    for (const auto& unknown : scope.state->unknown) {
        const std::string meant = diagnostics_.suggestions().nearest(unknown, unused);
        if (!meant.empty()) std::erase(unused, meant);
    }
    for (const auto& name : unused) {
        const Constant& constant = constants_.at(name);
        const auto near = diagnostics_.suggestions().nearest(name, [this] { return known_names(); });
        std::string hint = near.empty() || near == name ? "remove it, or check its spelling"
                                                        : "did you mean '" + near + "'?";
        const auto wanted = diagnostics_.suggestions().nearest(
            name, [this] { return std::vector<std::string>(missing_.begin(), missing_.end()); });
        if (!wanted.empty()) hint = "did you mean '" + wanted + "'?";
        bool reported = false;
        const TermPtr other = scope.find(name, constant.assignment->name_span, &reported);
        if (other && other->kind == TermKind::variable && other->end != End::own)
            hint = "here '" + name + "' means the variable of the neurons: choose another name";
        diagnostics_.error(Code::E215, constant.assignment->name_span,
                           "no text of this group uses the parameter '" + name + "'", hint);
    }
}

}  // namespace bouton::analysis
