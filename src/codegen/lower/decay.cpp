// SPDX-License-Identifier: BSD-3-Clause
// Variables of neurons that are stored relative to an epoch (DecayPlan): which ones may be, and for how long.
#include "codegen/lower/chance.hpp"
#include "codegen/lower/lower.hpp"
#include "runtime/kernel/bouton_math.h"

#include <cmath>

namespace bouton::codegen {

using analysis::CheckedNeurons;
using analysis::CheckedStatement;
using analysis::End;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;

std::string fall_scalar(const std::string& group, const std::string& variable) {
    return group + "._fall_" + variable;
}

std::string rise_scalar(const std::string& group, const std::string& variable) {
    return group + "._rise_" + variable;
}

std::int64_t epoch_steps(double factor, Precision precision) {
    // In `float` values up to 1e29 fit into the format with their factor. A few pages of factors.
    const double exponent = precision == Precision::f32 ? 20.0 : 200.0;
    constexpr double kMost = 2048.0, kFewest = 32.0;
    const double steps = std::min(kMost, std::floor(exponent / -std::log(factor)));
    return steps >= kFewest ? static_cast<std::int64_t>(steps) : 0;
}

std::optional<double> decay_factor(const analysis::StateEquation& equation, analysis::Method method,
                                   const std::vector<Variable>& variables,
                                   const analysis::NetworkSpec& spec) {
    const auto form = analysis::conditionally_linear(equation);
    if (equation.frozen || !form || !form->a || !analysis::is_zero(form->b)) return std::nullopt;
    const auto rate = known_value(form->a, variables, spec.dt);
    if (!rate) return std::nullopt;
    double factor = 0.0;
    switch (method) {
        case analysis::Method::exact:
        case analysis::Method::exponential_euler: factor = bn::exp(*rate * spec.dt); break;
        case analysis::Method::euler: factor = 1.0 + *rate * spec.dt; break;
        default: return std::nullopt;
    }
    const bool in_float = spec.precision == analysis::PrecisionChoice::f32;
    const bool decays = factor > 0.0 && factor < 1.0;
    if (!decays || epoch_steps(factor, in_float ? Precision::f32 : Precision::f64) == 0) return std::nullopt;
    return factor;
}

bool only_gathers(const analysis::CheckedNetwork& network, const std::vector<analysis::InputSpec>& inputs,
                  const CheckedNeurons& neurons, const std::string& key) {
    using IsOf = std::function<bool(End)>;
    const auto reads = [&](const TermPtr& term, const IsOf& is_of) {
        return term && analysis::any_of(term, [&](const Term& node) {
                   return node.kind == TermKind::variable && node.name == key && is_of(node.end);
               });
    };
    const IsOf own = [](End end) { return end == End::own; };
    const auto touches = [&](const std::vector<CheckedStatement>& statements, const IsOf& is_of) {
        return std::any_of(statements.begin(), statements.end(), [&](const CheckedStatement& statement) {
            const bool writes = !statement.is_local && statement.target == key && is_of(statement.end);
            return writes || reads(statement.value, is_of);
        });
    };
    if (reads(neurons.threshold, own) || reads(neurons.refractory, own) || touches(neurons.reset, own))
        return false;
    for (const auto& regular : network.regular)
        if (!regular.of_synapses && &network.neurons[regular.group] == &neurons &&
            touches(regular.statements, own))
            return false;
    for (std::size_t k = 0; k < network.inputs.size(); ++k)
        if (inputs[k].to.group == neurons.group &&
            (reads(network.inputs[k].rate, own) || reads(network.inputs[k].weight, own)))
            return false;
    for (const auto& synapses : network.synapses) {
        const IsOf end = [&](End which) {
            return (which == End::pre && synapses.pre == &neurons) ||
                   (which == End::post && synapses.post == &neurons);
        };
        for (const auto& variable : synapses.variables)
            if (reads(variable.expr, end)) return false;
        for (const auto* term : {&synapses.prune, &synapses.grow, &synapses.grow_condition})
            if (reads(*term, end)) return false;
        for (const auto& summed : synapses.summed)
            if (reads(summed.expr, end)) return false;
        for (const auto& pathway : synapses.pathways)
            for (const auto& statement : pathway.statements) {
                if (reads(statement.value, end)) return false;
                if (statement.is_local || statement.target != key || !end(statement.end)) continue;
                const bool adds =
                    statement.op == lang::AssignOp::add || statement.op == lang::AssignOp::subtract;
                if (!adds || statement.delayed) return false;
            }
        for (const auto& regular : network.regular) {
            if (!regular.of_synapses || &network.synapses[regular.group] != &synapses) continue;
            if (touches(regular.statements, end)) return false;
            for (const auto& reduction : regular.reductions)
                if (reads(reduction.expr, end)) return false;
        }
    }
    return true;
}

}  // namespace bouton::codegen
