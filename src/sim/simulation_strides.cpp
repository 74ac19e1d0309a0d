// SPDX-License-Identifier: BSD-3-Clause
// How a simulation goes in strides (strides.hpp): where parts begin, how long a stride is, what sources do in it.
#include "sim/simulation_state.hpp"
#include "sim/step/strides.hpp"

#include <algorithm>

namespace bouton::sim {

std::vector<std::int64_t> Simulation::State::bounds(const NeuronGroup& group) const {
    return bounds_for_strides(plan, group.plan.group, options.blocks);
}

// Blocks of synapses are parts of the neurons, if these go through strides.
std::vector<std::int64_t> Simulation::State::target_bounds(const NeuronGroup& group,
                                                           const model::GroupRef& slice) const {
    if (!strides) return state::bounds_of_parts(slice.size(), options.blocks);
    std::vector<std::int64_t> found = bounds(group);
    for (std::int64_t& bound : found) bound = std::clamp(bound - slice.begin, std::int64_t{0}, slice.size());
    return found;
}

// Once all delays are known. A synapse that grew can have a shorter one than any before; if the shortest one goes, nothing changes.
void Simulation::State::choose_stride() {
    for (const auto& group : synapses) longest_stride = std::min(longest_stride, group->shortest_delay());
}

void Simulation::State::divide() {
    if (!strides) return;
    longest_stride = kLongestStride;
    choose_stride();
    if (longest_stride == 0) return;
    for (auto& group : neurons) group->divide(bounds(*group), longest_stride);
}

bool Simulation::State::is_looked_at() const {
    return recording->is_due(clock.step) ||
           std::any_of(regular.begin(), regular.end(), [&](const Regular& r) { return r.due(clock.step); }) ||
           std::any_of(synapses.begin(), synapses.end(),
                       [&](const auto& group) { return group->epoch_ends(clock.step); });
}

std::int64_t Simulation::State::stride(std::int64_t most) const {
    std::int64_t count = std::min(most, longest_stride);
    const auto stop_every = [&](std::int64_t every) { count = std::min(count, every - clock.step % every); };
    for (const Regular& statements : regular) stop_every(statements.every_steps());
    recording->each_interval(stop_every);
    const auto stop_at_epochs = [&](const std::vector<state::Decay>& decays) {
        for (const state::Decay& decay : decays) count = std::min(count, decay.steps_to_epoch(clock.step));
    };
    for (const auto& group : neurons) stop_at_epochs(group->store.decays);
    for (const auto& group : synapses) stop_at_epochs(group->store.decays);
    for (const auto& group : synapses) {
        count = std::min(count, group->steps_to_epoch(clock.step));
        if (group->plan.structure) stop_every(structure_steps(*group));
    }
    return count;
}

void Simulation::State::run_sources(std::int64_t count) {
    for (auto& group : synapses) group->begin_stride(clock, count);
    for (auto& group : neurons)
        if (group->only_emits()) group->emit_alone(clock, count);
    for (auto& group : synapses) {
        group->take_sources(clock, count, traces_step);
        group->end_sources();
    }
}

void Simulation::State::rethrow_first() const {
    const Outcome* first = nullptr;
    for (const Outcome& outcome : outcomes)
        if (outcome.failure && (first == nullptr || outcome.failed_at < first->failed_at)) first = &outcome;
    if (first != nullptr) std::rethrow_exception(first->failure);
}

bool Simulation::State::worth_sharing(std::int64_t count) const {
    // Updates of neurons; what synapses add is not known before.
    constexpr std::int64_t kWorthSharing = 8192;
    std::int64_t work = 0;
    for (const NeuronGroup* group : stateful_groups) work += group->plan.size * count;
    return work >= kWorthSharing;
}

}  // namespace bouton::sim
