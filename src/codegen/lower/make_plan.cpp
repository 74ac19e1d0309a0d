// SPDX-License-Identifier: BSD-3-Clause
// Description to plan: analysis, then the lowering of each part, one line each.
#include "analysis/check.hpp"
#include "codegen/lower/lower.hpp"

#include <algorithm>

namespace bouton::codegen {

namespace {

/// Whether a run_regularly reads a variable that synapses sum into. It runs before the sums of its step are taken.
bool is_sum_read_regularly(const analysis::CheckedNetwork& network) {
    const auto is_sum = [&](const analysis::CheckedNeurons* group, const std::string& key) {
        return std::any_of(
            network.synapses.begin(), network.synapses.end(), [&](const analysis::CheckedSynapses& synapses) {
                return std::any_of(
                    synapses.summed.begin(), synapses.summed.end(), [&](const analysis::CheckedSummed& sum) {
                        const auto* of = sum.end == analysis::End::post ? synapses.post : synapses.pre;
                        return of == group && sum.variable == key;
                    });
            });
    };
    for (const auto& regular : network.regular) {
        const auto owner = [&](analysis::End end) -> const analysis::CheckedNeurons* {
            if (!regular.of_synapses) return &network.neurons[regular.group];
            if (end == analysis::End::own) return nullptr;
            const auto& synapses = network.synapses[regular.group];
            return end == analysis::End::post ? synapses.post : synapses.pre;
        };
        const auto reads = [&](const analysis::TermPtr& term) {
            return term && analysis::any_of(term, [&](const analysis::Term& node) {
                       return node.kind == analysis::TermKind::variable && is_sum(owner(node.end), node.name);
                   });
        };
        for (const auto& statement : regular.statements)
            if (reads(statement.value)) return true;
        for (const auto& reduction : regular.reductions)
            if (reads(reduction.expr)) return true;
    }
    return false;
}

ConnectPlan plan_connections(const model::ConnectSpec& spec) {
    ConnectPlan plan{spec.span, spec.rule, spec.autapses, spec.multapses, spec.condition != nullptr,
                     spec.n,    1.0,       spec.pairs};
    if (!spec.p) return plan;
    const auto* scalar = std::get_if<model::ScalarValue>(&spec.p->value);
    plan.p = scalar ? std::optional(scalar->value) : std::nullopt;
    return plan;
}

/// What needs no lowering.
void take_over(const model::NetworkSpec& spec, Plan& plan) {
    plan.file = spec.file;
    plan.resolved = spec.resolved;
    plan.duration = spec.duration;
    plan.dt = spec.dt;
    plan.seed = spec.seed;
    plan.signals = spec.signals;
    plan.recorded = spec.records;
    for (std::size_t k = 0; k < spec.neurons.size(); ++k) {
        plan.neurons[k].span = spec.neurons[k].span;
        plan.neurons[k].spike_times = spec.neurons[k].spike_times;
    }
    for (std::size_t k = 0; k < spec.synapses.size(); ++k) {
        plan.synapses[k].span = spec.synapses[k].span;
        plan.synapses[k].from = spec.synapses[k].from;
        plan.synapses[k].to = spec.synapses[k].to;
        plan.synapses[k].connect = plan_connections(spec.synapses[k].connect);
    }
}

}  // namespace

Plan make_plan(const model::NetworkSpec& spec, base::Diagnostics& diagnostics) {
    Plan plan;
    plan.precision = spec.precision == model::PrecisionChoice::f32 ? Precision::f32 : Precision::f64;
    const auto network = analysis::check_network(spec, diagnostics);
    if (diagnostics.has_errors()) return plan;
    const Lowering in{&spec, &network, &diagnostics};
    plan.neurons.reserve(spec.neurons.size());
    for (std::size_t k = 0; k < spec.neurons.size(); ++k) plan.neurons.push_back(lower_neurons(in, k));
    const auto neurons_named = [&](const std::string& name) -> const NeuronPlan& {
        for (const auto& group : plan.neurons)
            if (group.group == name) return group;
        throw base::InternalError("no neuron group '" + name + "'");
    };
    for (std::size_t k = 0; k < spec.inputs.size(); ++k)
        plan.inputs.push_back(lower_input(in, k, neurons_named(spec.inputs[k].to.group)));
    plan.regular.resize(spec.regular.size());
    for (std::size_t k = 0; k < spec.regular.size(); ++k)
        if (!network.regular[k].of_synapses)
            plan.regular[k] = lower_regular_neurons(in, k, plan.neurons[network.regular[k].group]);
    for (const auto& record : network.records)
        if (!record.of_synapses)
            plan.records.push_back(lower_record_neurons(in, record, plan.neurons[record.group]));
    for (std::size_t k = 0; k < spec.synapses.size(); ++k)
        plan.synapses.push_back(lower_synapses(in, k, plan.neurons, plan.regular, plan.records));
    take_over(spec, plan);
    plan.sums_come_first = is_sum_read_regularly(network);
    return plan;
}

}  // namespace bouton::codegen
