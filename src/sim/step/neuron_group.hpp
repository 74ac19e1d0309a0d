// SPDX-License-Identifier: BSD-3-Clause
// A neuron group at work: its state, its kernels, its spikes. It is one part, or several that go through steps each on
// its own (strides.hpp).
#pragma once

#include "sim/build/setup.hpp"
#include "state/neuron_state.hpp"

#include <optional>
#include <span>
#include <vector>

namespace bouton::sim {

class NeuronGroup {
public:
    /// Spec, plan and state must outlive the group.
    NeuronGroup(const codegen::NeuronPlan& plan, state::NeuronState& state, Context& context);

    /// Scalars, parameters and initial values, coefficients of exact integration.
    void initialise();
    /// Divides the group at `bounds` (the first one 0, the last one its size), before the first step. Spikes of `steps` steps
    /// may wait until they are gathered.
    void divide(const std::vector<std::int64_t>& bounds, std::int64_t steps);
    void bind();

    /// What is evaluated once, at the start of the step.
    void begin(const Clock& clock, std::size_t part) {
        if (parts_[part].at_begin) run(parts_[part].at_begin, clock, part);
    }
    void integrate(const Clock& clock, std::size_t part);
    /// Gathers the spikes of this step and what they tell of themselves: lastspike, refractoriness.
    void emit(const Clock& clock, std::size_t part);
    /// Of a group that only emits: the spikes of `count` steps from that of the clock on.
    void emit_alone(const Clock& clock, std::int64_t count);
    void reset(const Clock& clock, std::size_t part) {
        Part& own = parts_[part];
        if (!own.reset) return;
        const auto now = only_emits_ ? spikes(clock.step, part) : own.now;
        if (now.empty()) return;
        own.reset.run_listed(clock, now.data(), static_cast<std::int64_t>(now.size()));
    }
    /// Runs a kernel over the elements of a part.
    void run(BoundKernel& kernel, const Clock& clock, std::size_t part) const {
        const Part& own = parts_[part];
        if (whole_ && clock.pool != nullptr)
            kernel.run_elements(clock, own.end);
        else if (own.begin < own.end)
            kernel.run_part(clock, own.begin, own.end);
    }
    /// Where those of a part begin and end in an ascending list of neurons.
    std::pair<std::int64_t, std::int64_t> among(std::span<const std::uint32_t> neurons,
                                                std::size_t part) const;
    /// Lets the whole group know the spikes of its parts in these steps.
    void gather(std::int64_t first, std::int64_t end) {
        if (!whole_ && !only_emits_) gather_parts(first, end);
    }

    std::size_t parts() const { return parts_.size(); }
    /// How often a neuron can spike in so many steps at most.
    std::int64_t most_spikes(std::int64_t steps) const {
        return refractory_steps_ > 1 ? (steps + refractory_steps_ - 1) / refractory_steps_ : steps;
    }
    /// Its spikes do not depend on any state, and nothing but them happens to it.
    bool only_emits() const { return only_emits_; }
    /// The spikes of all parts, in a step that is gathered.
    std::span<const std::uint32_t> spikes(std::int64_t step) const { return history.at(step); }
    std::span<const std::uint32_t> spikes(std::int64_t step, std::size_t part) const {
        return whole_ ? history.at(step) : spikes_of_part(step, part);
    }
    bool any_spikes(std::int64_t step, std::size_t part) const {
        return whole_ ? history.any(step) : !spikes_of_part(step, part).empty();
    }
    Scope scope();
    /// Throws if a variable is not finite any more.
    void check_finite(const Clock& clock) const;
    /// Whether all variables are, in a part.
    bool is_finite(std::size_t part) const;
    std::size_t bytes() const;

    const codegen::NeuronPlan& plan;
    state::NeuronStore& store;
    ScalarTable scalars;
    state::SpikeHistory& history;

    /// Brings everything to the start of the present step: what is stored is what there is.
    void rebase(const Clock& clock);
    /// See Simulation::add_spikes.
    void add_spikes(const Clock& clock, std::span<const std::int64_t> neurons,
                    std::span<const std::int64_t> steps);
    /// Throws for the first neuron whose value of that name is out of range.
    void check_ranges(const std::string& variable);
    /// Once constants on which exact integration depends have changed.
    void run_propagators() {
        for (const auto& propagator : plan.propagators) run_propagator(propagator);
    }
    /// Evaluates constants that are no draws anew, but for those of which `keep` holds, and what exact integration derives.
    void evaluate_constants(const std::function<bool(const std::string&)>& keep);
    /// Of Poisson sources of one rate that has changed: draws the gap to the next spike anew.
    void draw_gaps_anew() {
        if (state_.chance) state_.chance->begin_anew();
    }
    /// Writes the state down or reads it back. Kernels are to be bound after reading.
    void archive(base::Archive& archive);

private:
    void run_initialiser(const codegen::Initialiser& initialiser);
    void check_range(const codegen::RangePlan& range);
    void run_propagator(const codegen::Propagator& propagator);
    void read_spike_times();
    /// Spikes of `count` steps: to `emitted_`, and how many in each.
    void emit_drawn(std::int64_t count);
    void emit_given(std::int64_t step, std::int64_t count);
    void gather_parts(std::int64_t first, std::int64_t end);
    std::span<const std::uint32_t> spikes_of_part(std::int64_t step, std::size_t part) const;
    void make_refractory(std::span<const std::uint32_t> spikes, const Clock& clock, std::size_t part);
    void release(const Clock& clock, std::size_t part);

    /// Neurons begin to end, which is a multiple of BN_LANES at the end of the group.
    struct Part {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        BoundKernel at_begin;
        BoundKernel update;
        BoundKernel reset;
        std::span<const std::uint32_t> now;  ///< the spikes of this step, unless the group only emits
        base::CacheLineVector<std::uint32_t> spikes;  ///< of steps to gather, one after the other
        base::CacheLineVector<std::uint32_t> ends;    ///< by step

        std::span<const std::uint32_t> of_step(std::size_t k) const {
            const std::size_t first = k == 0 ? 0 : ends[k - 1];
            return std::span(spikes).subspan(first, ends[k] - first);
        }
        void add_step(std::span<const std::uint32_t> more) {
            spikes.insert(spikes.end(), more.begin(), more.end());
            ends.push_back(static_cast<std::uint32_t>(spikes.size()));
        }
        void clear() {
            spikes.clear();
            ends.clear();
        }
    };

    void check_rate(const Clock& clock, const Part& part) const;

    state::NeuronState& state_;
    Context& context_;
    std::vector<Part> parts_;
    bool whole_ = true;  ///< there is one part
    const std::uint8_t* rate_too_high_ = nullptr;
    state::StateArray* lastspike_ =
        nullptr;  ///< these two: none if there is no such variable, or not for us to set
    std::uint8_t* active_ = nullptr;
    std::int64_t refractory_steps_ = 0;
    std::vector<state::StateArray*> padded_;  ///< what the update kernel writes, if there is padding
    bool only_emits_ = false;
    std::vector<std::uint32_t> emitted_;     ///< of a group that only emits: the spikes of the steps at hand
    std::vector<std::uint32_t> emitted_in_;  ///< how many in each step, then up to its end
};

}  // namespace bouton::sim
