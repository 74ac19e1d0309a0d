// SPDX-License-Identifier: BSD-3-Clause
// One neuron group: its equations, threshold, reset and refractoriness.
#include "analysis/check.hpp"
#include "analysis/names.hpp"
#include "analysis/statements.hpp"

#include <cfloat>

namespace bouton::analysis {

using base::Code;
using base::Dimension;
using model::ArrayValue;
using model::InputSpec;
using model::ModelText;
using model::NeuronSpec;
using model::ScalarValue;
using model::SignalSpec;
using model::Value;

void CheckedVariables::add(CheckedVariable variable) {
    if (!variable.hidden) by_name_[variable.name] = list_.size();
    by_key_[variable.key] = list_.size();
    list_.push_back(std::move(variable));
}

std::vector<std::string> CheckedVariables::names() const {
    std::vector<std::string> names;
    for (const auto& variable : list_)
        if (!variable.hidden) names.push_back(variable.name);
    return names;
}

std::vector<std::string> CheckedVariables::keys() const {
    std::vector<std::string> keys;
    for (const auto& variable : list_)
        if (!variable.hidden) keys.push_back(variable.key);
    return keys;
}

TermPtr Surroundings::find_signal(const std::string& name) const {
    const auto found = index->signals.find(name);
    if (found == index->signals.end()) return nullptr;
    const SignalSpec& signal = *found->second;
    auto term = std::make_shared<Term>(*leaf(TermKind::signal, ValueType::real, signal.dimension, name));
    term->number = static_cast<double>(signal.columns);
    return term;
}

TermPtr neuron_name(const CheckedNeurons& neurons, const std::string& name, End end, std::int64_t offset) {
    const auto second = Dimension::of(Dimension::time);
    if (neurons.spike_source) return nullptr;
    if (name == "lastspike") return variable(end, name, ValueType::real, second);
    if (name == "not_refractory") return variable(end, name, ValueType::boolean, {});
    const CheckedVariable* found = neurons.variables.named(name);
    if (!found) return nullptr;
    if (found->kind != lang::EquationKind::subexpression || found->constant_over_dt)
        return variable(end, found->key, found->type, found->dimension);
    if (!found->expr || end == End::own) return found->expr;
    return substitute(found->expr, [&](const Term& term) -> TermPtr {
        if (term.kind == TermKind::variable && term.end == End::own)
            return variable(end, term.name, term.type, term.dimension);
        if (term.kind == TermKind::index_i) {
            const auto kind = end == End::pre ? TermKind::index_i : TermKind::index_j;
            const auto index = leaf(kind, ValueType::integer, {});
            return offset == 0 ? index
                               : binary(lang::BinaryOp::add, index, integer(static_cast<double>(offset)));
        }
        return nullptr;
    });
}

namespace {

class NeuronCheck {
public:
    NeuronCheck(const NeuronSpec& spec, const std::set<std::string>& written, const Surroundings& around)
        : spec_(spec),
          written_(written),
          dt_(around.spec->dt),
          around_(around),
          diagnostics_(*around.diagnostics),
          table_(spec.name + ".", TextKind::neurons, *around.diagnostics) {
        table_.scope = make_scope(around);
    }

    CheckedNeurons operator()(CheckedNetwork& network) {
        const ModelText& model = spec_.model;
        table_.declare(model.equations, nullptr);
        table_.expect(model, nullptr);
        table_.add_parameters(model.default_parameters, model.parameters);
        table_.add_initial(model.default_initial, model.initial);
        CheckedNeurons result;
        result.group = spec_.name;
        result.size = spec_.size;
        result.method = model.method;
        result.method_span = model.method_span;
        table_.resolve_values();
        if (model.threshold) result.threshold = condition(*model.threshold, "a threshold");
        result.reset = statements(model.reset);
        if (model.refractory) result.refractory = refractory(*model.refractory);
        check_dependent_texts();
        for (const std::size_t k : around_.index->inputs_to(spec_.name))
            network.inputs[k] = input(around_.spec->inputs[k]);
        for (const std::size_t k : around_.index->regular_of(spec_.name))
            network.regular[k].statements = statements(around_.spec->regular[k].statements);
        if (around_.spec->lost_texts) table_.use_all();
        table_.finish();
        if (const Query* query = around_.query_of(spec_.name, false))
            network.query = check_query(*query, table_.scope, diagnostics_);
        for (auto& variable : table_.variables()) {
            variable.written =
                written_.count(variable.name) > 0 || variable.kind == lang::EquationKind::differential;
            result.variables.add(variable);
        }
        result.initial = table_.initialisers();
        result.ranges = table_.ranges();
        result.broken = table_.broken();
        return result;
    }

private:
    Scope make_scope(const Surroundings& around) {
        Scope scope;
        scope.find = [this](const std::string& name, const base::Span&, bool* reported) -> TermPtr {
            if (name == "lastspike")
                return analysis::variable(End::own, name, ValueType::real, Dimension::of(Dimension::time));
            if (name == "not_refractory") return analysis::variable(End::own, name, ValueType::boolean, {});
            if (TermPtr term = table_.find_variable(name, reported)) return term;
            return *reported ? nullptr : table_.find_constant(name, reported);
        };
        const Surroundings context = around;
        scope.find_signal = [context](const std::string& name) { return context.find_signal(name); };
        scope.names = [this] { return table_.known_names(); };
        scope.prefix = spec_.name + ".";
        scope.size = static_cast<double>(spec_.size);
        scope.state = &state_;
        return scope;
    }

    TermPtr condition(const lang::Expr& expr, const char* what) {
        TermPtr term = resolve(expr, table_.scope, diagnostics_);
        if (!term || term->type == ValueType::boolean) return term;
        diagnostics_.error(Code::E206, expr.span, std::string(what) + " is a condition, this is a number",
                           "compare it, as in 'v > V_th'");
        return nullptr;
    }

    std::vector<CheckedStatement> statements(const std::vector<lang::Statement>& list) {
        const auto target = [this](const std::string& name) {
            if (const auto* variable = table_.variable(name)) return target_of(*variable, End::own);
            return table_.is_broken(name) ? broken_target()
                                          : target_of_other(name, table_.names_constant(name));
        };
        return check_statements(list, table_.scope, target, {}, diagnostics_);
    }

    TermPtr value(const Value& given, const base::Dimension& wanted, const std::string& what) {
        if (model::is_unread(given)) return nullptr;
        if (const auto* quantity = std::get_if<ScalarValue>(&given.value)) {
            auto term = std::make_shared<Term>(
                *scalar(table_.scope.prefix + what, quantity->value, ValueType::real, quantity->dimension));
            term->span = given.span;
            return check_dimension(term, wanted, "'" + what + "'", given.span, Code::E203, diagnostics_)
                       ? term
                       : nullptr;
        }
        if (std::holds_alternative<ArrayValue>(given.value)) {
            diagnostics_.error(Code::E217, given.span,
                               "'" + what + "' of an input is a value or an expression",
                               "put a value per neuron into a parameter of the neurons and name it here");
            return nullptr;
        }
        const auto& expr = *std::get<lang::ExprPtr>(given.value);
        const TermPtr term = resolve(expr, table_.scope, diagnostics_);
        if (!term || !check_dimension(term, wanted, "'" + what + "'", expr.span, Code::E203, diagnostics_))
            return nullptr;
        return check_number(term, "'" + what + "'", expr.span, diagnostics_) ? term : nullptr;
    }

    CheckedInput input(const InputSpec& spec) {
        CheckedInput result;
        result.target = spec.target;
        const auto* variable = table_.variable(spec.target);
        if (table_.is_broken(spec.target)) return result;
        if (!variable) {
            const auto near =
                diagnostics_.suggestions().nearest(spec.target, [this] { return table_.known_names(); });
            diagnostics_.error(
                Code::E201, spec.target_span, "'" + spec_.name + "' has no variable '" + spec.target + "'",
                near.empty() ? "name the variable that receives the input" : "did you mean '" + near + "'?");
            return result;
        }
        const Target target = target_of(*variable, End::own);
        if (target.kind == Target::Kind::refused)
            diagnostics_.error(Code::E207, spec.target_span, target.refusal, target.hint);
        result.unless_refractory = variable->unless_refractory;
        const auto second = Dimension::of(Dimension::time);
        const std::string prefix = table_.scope.prefix;
        table_.scope.prefix = "input." + spec.name + ".";
        table_.scope.reach = static_cast<double>(spec.to.size());
        result.rate = value(spec.rate, Dimension() / second, "rate");
        result.weight = value(spec.weight, variable->dimension, "weight");
        constexpr double kMostEvents = 0x1p53;  // up to here every count is a number of its own
        if (result.rate)
            check_known(result.rate, 0.0, kMostEvents / dt_, "'rate'", spec.rate.span,
                        "a rate is at least 0, and no step holds more than 2^53 events", diagnostics_);
        if (result.weight)
            check_known(result.weight, -DBL_MAX, DBL_MAX, "'weight'", spec.weight.span, "", diagnostics_);
        table_.scope.prefix = prefix;
        table_.scope.reach.reset();
        return result;
    }

    TermPtr refractory(const lang::Expr& expr) {
        TermPtr term = resolve(expr, table_.scope, diagnostics_);
        if (!term || term->type == ValueType::boolean || is_zero(term)) return term;
        if (term->dimension == Dimension::of(Dimension::time)) return term;
        diagnostics_.error(
            Code::E203, expr.span,
            "a refractory period is a time, but this has the dimension " + in_brackets(term->dimension),
            "give a duration such as 5*ms, or a condition");
        return nullptr;
    }

    void check_dependent_texts() {
        if (!spec_.model.reset.empty() && !spec_.model.threshold)
            diagnostics_.error(Code::E217, spec_.model.reset.front().span,
                               "a reset without a threshold never happens", "add 'threshold'");
        if (spec_.model.refractory && !spec_.model.threshold)
            diagnostics_.error(Code::E217, spec_.model.refractory->span,
                               "a refractory period without a threshold never begins", "add 'threshold'");
    }

    const NeuronSpec& spec_;
    const std::set<std::string>& written_;
    const double dt_;
    const Surroundings& around_;
    base::Diagnostics& diagnostics_;
    NameTable table_;
    ScopeState state_;
};

/// Neurons whose spike times are given have no variables for others to change.
void refuse_code_of_source(const NeuronSpec& spec, const Surroundings& around) {
    for (const std::size_t k : around.index->inputs_to(spec.name)) {
        const auto& input = around.spec->inputs[k];
        around.diagnostics->error(Code::E201, input.target_span,
                                  "'" + spec.name + "' has no variable '" + input.target + "'",
                                  "its spike times are given");
    }
    for (const std::size_t k : around.index->regular_of(spec.name))
        around.diagnostics->error(
            Code::E217, around.spec->regular[k].span,
            "the neurons '" + spec.name + "' have given spike times and no variables to change",
            "remove this run_regularly");
    if (const Query* query = around.query_of(spec.name, false))
        around.diagnostics->error(Code::E201, query->expr->span,
                                  "the neurons '" + spec.name + "' have given spike times and no variables");
}

}  // namespace

CheckedNeurons check_neurons(const NeuronSpec& spec, const std::set<std::string>& written,
                             const Surroundings& around, CheckedNetwork& network) {
    if (spec.spike_times) {
        CheckedNeurons result;
        result.group = spec.name;
        result.size = spec.size;
        result.spike_source = true;
        refuse_code_of_source(spec, around);
        return result;
    }
    return NeuronCheck(spec, written, around)(network);
}

}  // namespace bouton::analysis
