// SPDX-License-Identifier: BSD-3-Clause
// A neuron group at work: its state, its kernels, its spikes.
#pragma once

#include "analysis/spec.hpp"
#include "network/draw.hpp"
#include "sim/setup.hpp"
#include "sim/spike_history.hpp"

#include <optional>
#include <span>
#include <vector>

namespace bouton::sim {

class NeuronGroup {
public:
    /// Allocates the state; spec and plan must outlive the group.
    NeuronGroup(const analysis::NeuronSpec& spec, const codegen::NeuronPlan& plan, Context& context);

    /// Scalars, parameters and initial values, coefficients of exact integration.
    void initialise();
    /// Names the kernels that run in steps.
    void want(std::size_t module);
    void bind();

    /// What is evaluated once, at the start of the step.
    void begin(const Clock& clock);
    void integrate(const Clock& clock);
    /// Gathers the spikes of this step and what they tell of themselves: lastspike, refractoriness.
    void emit(const Clock& clock);
    void reset(const Clock& clock);

    std::span<const std::uint32_t> spikes(std::int64_t step) const { return history.at(step); }
    Scope scope();
    /// Throws if a variable is not finite any more.
    void check_finite(const Clock& clock) const;
    std::size_t bytes() const;

    const analysis::NeuronSpec& spec;
    const codegen::NeuronPlan& plan;
    network::NeuronStore store;
    ScalarTable scalars;
    SpikeHistory history;

private:
    void run_initialiser(const codegen::Initialiser& initialiser);
    void run_propagator(const codegen::Propagator& propagator);
    void read_spike_times();
    void check_rate(const Clock& clock) const;
    void rest(std::span<const std::uint32_t> spikes, const Clock& clock);
    void wake(const Clock& clock);

    Context& context_;
    BoundKernel begin_;
    BoundKernel update_;
    BoundKernel reset_;
    const std::uint8_t* spiked_ = nullptr;
    const std::uint8_t* rate_too_high_ = nullptr;
    network::StateArray* lastspike_ = nullptr;  ///< these three: none if there is no such variable
    network::StateArray* awake_ = nullptr;
    std::uint8_t* active_ = nullptr;
    std::int64_t rest_steps_ = 0;
    std::vector<network::StateArray*> padded_;  ///< what the update kernel writes, if there is padding
    /// Given spikes in order of (step, neuron), and the next one.
    std::vector<std::pair<std::int64_t, std::uint32_t>> given_;
    std::size_t next_given_ = 0;
    std::optional<network::HitSequence> chance_;  ///< spikes as hits among steps times neurons
};

}  // namespace bouton::sim
