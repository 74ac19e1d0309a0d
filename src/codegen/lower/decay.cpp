// SPDX-License-Identifier: BSD-3-Clause
// Variables of neurons that are stored relative to an epoch (DecayPlan): which ones may be, and for how long.
#include "codegen/lower/chance.hpp"
#include "codegen/lower/lower.hpp"
#include "kernel/bouton_math.h"

#include <cmath>

namespace bouton::codegen {

using analysis::CheckedNeurons;
using analysis::CheckedStatement;
using analysis::End;

namespace {

/// Whether that end of the synapses is the group.
bool is_of(const CheckedNeurons& neurons, const analysis::CheckedSynapses& synapses, End end) {
    return (end == End::pre && synapses.pre == &neurons) || (end == End::post && synapses.post == &neurons);
}

}  // namespace

std::int64_t epoch_steps(double factor, Precision precision) {
    // In `float` values up to 1e29 fit into the format with their factor. A few pages of factors.
    const double exponent = precision == Precision::f32 ? 20.0 : 200.0;
    constexpr double kMost = 2048.0, kFewest = 32.0;
    const double steps = std::min(kMost, std::floor(exponent / -std::log(factor)));
    return steps >= kFewest ? static_cast<std::int64_t>(steps) : 0;
}

std::optional<double> decay_factor(const analysis::StateEquation& equation, analysis::Method method,
                                   const std::vector<Variable>& variables, const model::NetworkSpec& spec) {
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
    const bool in_float = spec.precision == model::PrecisionChoice::f32;
    const bool decays = factor > 0.0 && factor < 1.0;
    if (!decays || epoch_steps(factor, in_float ? Precision::f32 : Precision::f64) == 0) return std::nullopt;
    return factor;
}

void check_coefficients(const Lowering& in, const analysis::LinearSystem& system,
                        const std::vector<Variable>& variables, const base::Span& span,
                        const std::string& group) {
    for (const auto& row : system.matrix)
        for (const auto& coefficient : row) {
            const auto known = coefficient ? known_value(coefficient, variables, in.spec->dt) : std::nullopt;
            if (!known || std::isfinite(*known)) continue;
            in.diagnostics->error(
                base::Code::E407, span,
                "a coefficient of the exactly integrated equations of '" + group + "' is not finite",
                "a time constant of 0?");
            return;
        }
}

bool only_gathers(const analysis::CheckedNetwork& network, const CheckedNeurons& neurons,
                  const std::string& key) {
    if (reads_neuron_name(network, neurons, Name::user(key), false)) return false;
    const auto writes = [&](const CheckedStatement& statement, bool of_group) {
        return of_group && !statement.is_local && statement.target == key;
    };
    for (const auto& statement : neurons.reset)
        if (writes(statement, statement.end == End::own)) return false;
    for (const auto& regular : network.regular)
        for (const auto& statement : regular.statements) {
            const auto* synapses = regular.of_synapses ? &network.synapses[regular.group] : nullptr;
            const bool of_group = synapses == nullptr ? &network.neurons[regular.group] == &neurons
                                                      : is_of(neurons, *synapses, statement.end);
            if (writes(statement, of_group)) return false;
        }
    for (const auto& synapses : network.synapses)
        for (const auto& pathway : synapses.pathways)
            for (const auto& statement : pathway.statements) {
                const bool adds =
                    statement.op == lang::AssignOp::add || statement.op == lang::AssignOp::subtract;
                if (writes(statement, is_of(neurons, synapses, statement.end)) &&
                    !(adds && !statement.delayed))
                    return false;
            }
    return true;
}

Place decaying(Place place, const std::vector<DecayPlan>& decays) {
    for (const auto& decay : decays)
        if (Name::user(decay.variable) == place.slot.variable) {
            place.fall = decay.fall();
            place.rise = decay.rise();
        }
    return place;
}

void note_decays(const std::vector<DecayPlan>& decays, std::vector<std::string>& notes) {
    std::string names;
    for (const auto& decay : decays) names += (names.empty() ? "" : ", ") + decay.variable;
    if (!names.empty()) notes.push_back("stored relative to an epoch: " + names);
}

}  // namespace bouton::codegen
