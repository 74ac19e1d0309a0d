// SPDX-License-Identifier: BSD-3-Clause
// The order of a step stands in Simulation::step, and nowhere else.
#include "sim/simulation.hpp"

#include "base/diagnostics.hpp"
#include "sim/simulation_state.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

using codegen::Side;

Simulation::Simulation(analysis::NetworkSpec spec, codegen::Plan plan, Options options)
    : state_(std::make_unique<State>(std::move(spec), std::move(plan), std::move(options))) {}

Simulation::~Simulation() = default;

std::int64_t Simulation::now() const { return state_->clock.step; }
std::int64_t Simulation::steps() const { return state_->steps; }

void Simulation::step() {
    State& s = *state_;
    const Clock& clock = s.clock;
    s.advance_traces();
    for (auto& group : s.synapses) group->begin_step(clock);
    for (auto& group : s.neurons) group->begin(clock);
    for (Regular& regular : s.regular) {
        if (regular.due(clock.step)) regular.run(clock);
    }
    s.recording->sample(clock);
    for (network::StateArray* array : s.summed) array->clear();
    for (auto& group : s.synapses) group->accumulate_summed(clock);
    for (auto& group : s.neurons) {
        group->integrate(clock);
        group->emit(clock);
        s.spike_count += static_cast<std::int64_t>(group->spikes(clock.step).size());
    }
    for (auto& group : s.synapses) group->run_clock_driven(clock);
    s.recording->spikes(clock);
    for (Input& input : s.inputs) input.run(clock);
    for (auto& group : s.synapses) group->run_events(clock, Side::pre);
    for (auto& group : s.synapses) group->deliver(clock);
    for (auto& group : s.synapses) group->run_events(clock, Side::post);
    for (auto& group : s.neurons) group->reset(clock);
    s.edit_structure();
    s.check_finite();
    ++s.clock.step;
}

Summary Simulation::run() {
    State& s = *state_;
    const auto begin = std::chrono::steady_clock::now();
    Recorder* recorder = s.options.recorder;
    if (recorder != nullptr) recorder->begin(s.run_info(), s.recording->streams());
    Pulse pulse(begin);
    while (s.clock.step < s.steps) {
        if (s.options.stop != nullptr && s.options.stop->load(std::memory_order_relaxed)) {
            s.stopped = true;
            break;
        }
        step();
        if (pulse.due()) s.report(pulse);
    }
    s.check_all_finite();
    s.run_seconds = seconds_since(begin);
    if (recorder != nullptr) s.record_end();
    s.write_seconds = seconds_since(begin) - s.run_seconds;
    return summary();
}

Summary Simulation::summary() const {
    const State& s = *state_;
    Summary result;
    result.steps = s.clock.step;
    result.spikes = s.spike_count;
    for (const auto& group : s.neurons) result.bytes += group->bytes();
    for (const auto& group : s.synapses) {
        result.events += group->events();
        result.synapses += group->store.size();
        result.bytes += group->bytes();
    }
    result.compile_seconds = s.callables.compile_seconds();
    result.build_seconds = s.build_seconds;
    result.run_seconds = s.run_seconds;
    result.write_seconds = s.write_seconds;
    result.backend = s.callables.used() == Backend::interpreted ? "interpreted" : "compiled";
    result.stopped = s.stopped;
    return result;
}

std::vector<double> Simulation::neurons(const std::string& group, const std::string& variable) const {
    NeuronGroup* found = state_->find_neurons(group);
    const int v = found == nullptr ? -1 : found->store.find(variable);
    if (v < 0) throw std::out_of_range(group + "." + variable);
    const network::StateArray& array = found->store.arrays[static_cast<std::size_t>(v)];
    std::vector<double> values;
    for (std::int64_t k = 0; k < array.size(); ++k) values.push_back(array.get(k));
    return values;
}

std::vector<double> Simulation::synapses(const std::string& group, const std::string& variable) const {
    SynapseGroup* found = state_->find_synapses(group);
    if (found == nullptr) throw std::out_of_range(group);
    found->settle(state_->clock.step);
    const SynapseColumns columns = columns_of(found->store, network::in_order(found->store));
    if (variable == "source") return {columns.source.begin(), columns.source.end()};
    if (variable == "target") return {columns.target.begin(), columns.target.end()};
    const int v = found->store.find(variable);
    if (v < 0) throw std::out_of_range(group + "." + variable);
    const codegen::RecordVariable stored{
        variable, {}, found->store.variables[static_cast<std::size_t>(v)].placement, {}};
    std::vector<double> values(columns.location.size());
    VariableSampler(stored, nullptr, found, state_->context).pick_synapses(columns, values);
    return values;
}

std::vector<std::uint32_t> Simulation::spikes(const std::string& group) const {
    NeuronGroup* found = state_->find_neurons(group);
    if (found == nullptr) throw std::out_of_range(group);
    const auto last = found->spikes(state_->clock.step - 1);
    return {last.begin(), last.end()};
}

}  // namespace bouton::sim
