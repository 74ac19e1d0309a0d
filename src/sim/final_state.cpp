// SPDX-License-Identifier: BSD-3-Clause
// The state at the end of a run, for the recorder.
#include "sim/recording.hpp"

#include <algorithm>
#include <deque>
#include <numeric>

namespace bouton::sim {

using codegen::Placement;

void record_state(NeuronGroup& group, Context& context, Recorder& recorder) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(group.plan.size));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    std::deque<std::vector<double>> values;
    std::vector<FinalArray> arrays;
    std::deque<codegen::RecordVariable> variables;
    for (const codegen::Variable& v : group.plan.variables) {
        if (v.internal) continue;
        const auto& variable =
            variables.emplace_back(codegen::RecordVariable{v.name, v.dimension, v.placement, {}});
        VariableSampler(variable, &group, nullptr, context).pick_neurons(all, values.emplace_back());
        arrays.push_back({v.name, v.dimension, std::span<const double>(values.back())});
    }
    recorder.state(group.plan.group, arrays);
}

namespace {

// The delay that results call `delay`: the first one of a presynaptic pathway.
int axonal_delay(const codegen::SynapsePlan& plan) {
    for (const auto& pathway : plan.pathways) {
        if (pathway.side == codegen::Side::pre && pathway.delay >= 0) return pathway.delay;
    }
    return -1;
}

std::vector<double> delay_seconds(const SynapseGroup& group, const SynapseColumns& columns, int delay,
                                  double dt) {
    std::vector<double> result(columns.location.size(), 0.0);
    if (delay < 0) return result;
    const auto d = static_cast<std::size_t>(delay);
    const network::Delay& of = group.store.delays[d];
    for (std::size_t k = 0; k < result.size(); ++k) {
        const auto& [block, position] = columns.location[k];
        const auto steps = of.per_synapse
                               ? group.store.blocks[block].delay_steps[d][static_cast<std::size_t>(position)]
                               : of.steps;
        result[k] = static_cast<double>(steps) * dt;
    }
    return result;
}

}  // namespace

void record_synapses(SynapseGroup& group, Context& context, const Clock& clock, Recorder& recorder) {
    SynapseColumns columns = all_columns(group.store);
    FinalSynapses result;
    result.name = group.plan.name;
    std::deque<std::vector<double>> values;
    std::deque<codegen::RecordVariable> variables;
    const auto add = [&](const codegen::RecordVariable& variable) {
        VariableSampler sampler(variable, nullptr, &group, context);
        sampler.bind();
        sampler.evaluate(clock);
        sampler.pick_synapses(columns, values.emplace_back());
        result.variables.push_back(
            {variable.name, variable.dimension, std::span<const double>(values.back())});
    };
    for (const auto& variable : group.plan.final_values) add(variable);
    for (const codegen::Variable& v : group.plan.variables) {
        const bool known = std::any_of(result.variables.begin(), result.variables.end(),
                                       [&](const FinalArray& array) { return array.name == v.name; });
        if (v.internal || known) continue;
        add(variables.emplace_back(codegen::RecordVariable{v.name, v.dimension, v.placement, {}}));
    }
    const int axonal = axonal_delay(group.plan);
    const std::vector<double> delay = delay_seconds(group, columns, axonal, clock.dt);
    result.delay = delay;
    for (std::size_t d = 0; d < group.plan.delays.size(); ++d) {
        if (static_cast<int>(d) == axonal || group.store.delays[d].max_steps == 0) continue;
        const std::string& name = group.plan.delays[d].name;
        values.push_back(delay_seconds(group, columns, static_cast<int>(d), clock.dt));
        result.variables.push_back({name == "dendritic_delay" ? name : "delay_" + name,
                                    base::Dimension::of(base::Dimension::time),
                                    std::span<const double>(values.back())});
    }
    std::vector<std::int64_t> id;
    if (group.plan.structure) {
        for (const auto& [block, position] : columns.location) {
            id.push_back(group.store.blocks[block].id[static_cast<std::size_t>(position)]);
        }
        result.id = id;
    }
    for (auto& source : columns.source) source += static_cast<std::uint32_t>(group.spec.from.begin);
    for (auto& target : columns.target) target += static_cast<std::uint32_t>(group.spec.to.begin);
    result.source = columns.source;
    result.target = columns.target;
    recorder.synapses(result);
}

}  // namespace bouton::sim
