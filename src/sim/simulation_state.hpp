// SPDX-License-Identifier: BSD-3-Clause
// What a simulation is made of, and how it is put together.
#pragma once

#include "base/memory.hpp"
#include "base/thread_pool.hpp"
#include "sim/build/least_memory.hpp"
#include "sim/record/recording.hpp"
#include "sim/simulation.hpp"
#include "sim/step/regular.hpp"

#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace bouton::sim {

double seconds_since(std::chrono::steady_clock::time_point begin);

/// Tells every few milliseconds of real time that it is time to report, without asking the clock at every step.
class Pulse {
public:
    explicit Pulse(std::chrono::steady_clock::time_point begin) : begin_(begin), last_(begin) {}
    bool due();
    double real_seconds() const { return std::chrono::duration<double>(last_ - begin_).count(); }
    /// Between the last two times that it was due.
    double since_last_seconds() const { return since_last_; }

private:
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::time_point last_;
    double since_last_ = 0.0;
    int wait_ = 1;  ///< steps between looks at the clock
    int left_ = 1;
};

/// Poisson sources on a neuron group: on all of it, or on the neurons of a list.
struct Input {
    ScalarTable scalars;
    std::vector<BoundKernel> kernels;  ///< by part of the group
    const NeuronGroup* group = nullptr;
    std::vector<std::uint32_t> list;  ///< empty: all

    void run(const Clock& clock, std::size_t part);
};

struct Simulation::State {
    static constexpr std::int64_t kCheckEvery =
        100;  ///< steps from one check for finite values to the next, about

    State(codegen::Plan made, Options chosen);

    codegen::Plan plan;
    Options options;
    std::unique_ptr<base::ThreadPool> pool;
    Callables callables;
    Context context;
    Clock& clock;
    base::MemoryLimit memory;       ///< for the whole network
    std::vector<MemoryPart> least;  ///< what its parts take
    // These change from stride to stride.
    alignas(base::kCacheLineBytes) std::int64_t traces_step =
        0;  ///< the step at which the traces kept in the neurons stand
    std::int64_t event_count =
        0;               ///< with `traces_step` and the clock's step it is part of the state of the run
    bool begun = false;  ///< the head of the present step is done, but for what is recorded
    std::uint64_t write_count = 0;  ///< of values from outside, so that each draws random numbers of its own
    double last_progress = 0.0;
    alignas(base::kCacheLineBytes) std::int64_t steps = 0;
    /// What the groups are between two steps. These alone, the clock and `recording` make the state of a run.
    std::vector<std::unique_ptr<state::NeuronState>> neuron_states;
    std::vector<std::unique_ptr<state::SynapseState>> synapse_states;
    std::vector<std::unique_ptr<NeuronGroup>> neurons;
    std::vector<NeuronGroup*> stateful_groups;  ///< those of them that have a state
    /// What there is to do in a step of a part, beside neurons that have a state; found when kernels are bound.
    struct Round {
        std::vector<SynapseGroup*> traced;  ///< with traces of targets that move on at every step
        /// In the order of a step: of presynaptic spikes, then of postsynaptic ones.
        std::vector<std::pair<Pathway*, const state::SynapseStore*>> pathways;
        std::vector<NeuronGroup*> reset;
    };
    Round round;
    std::vector<std::unique_ptr<SynapseGroup>> synapses;
    std::vector<Input> inputs;
    std::deque<Regular> regular;
    std::unique_ptr<Recording> recording;
    /// Steps whose spikes are known and not recorded yet.
    struct Unrecorded {
        std::int64_t first = 0;
        std::int64_t end = 0;
        bool any() const { return first < end; }
    };
    Unrecorded unrecorded;
    std::vector<state::StateArray*> summed;  ///< cleared before each accumulation
    /// What a part came to in a stride.
    struct alignas(base::kCacheLineBytes) Outcome {
        std::int64_t met = 0;        ///< synapses
        std::exception_ptr failure;  ///< what went wrong
        std::int64_t failed_at = 0;  ///< and in which step
        bool is_finite = true;       ///< as far as values of neurons were looked at
    };
    std::vector<Outcome> outcomes;
    bool strides = false;             ///< whether the plan allows them
    std::int64_t longest_stride = 0;  ///< 0: the parts of the network need each other within a step
    double build_seconds = 0.0;
    double run_seconds = 0.0;
    double write_seconds = 0.0;
    bool stopped = false;

    NeuronGroup* find_neurons(const std::string& name);
    SynapseGroup* find_synapses(const std::string& name);
    void make_groups();
    /// What a synapse group may take, beside all others.
    void make_room(std::size_t group, double others);
    [[noreturn]] void refuse_out_of_memory() const;
    std::size_t bytes() const;
    std::vector<std::int64_t> bounds(const NeuronGroup& group) const;
    std::vector<std::int64_t> target_bounds(const NeuronGroup& group, const model::GroupRef& slice) const;
    void choose_stride();
    void divide();
    /// Writes the state down, or reads it back and binds all kernels.
    void archive(base::Archive& archive);
    std::int64_t structure_steps(const SynapseGroup& group) const;
    void make_inputs();
    /// Binds every kernel; anew when a structural edit has moved arrays.
    void bind();
    void find_round();
    void edit_structure();
    /// Whether anything looks at or changes the whole network at the start of this step.
    bool is_looked_at() const;
    /// How many steps from here the parts may go on their own, `most` at most.
    std::int64_t stride(std::int64_t most) const;
    /// What the sources do in these steps: spikes that depend on nothing, traces, what is due when.
    void run_sources(std::int64_t count);
    /// Whether values of neurons, or of synapses too, are looked at after the steps from `begin` to before `end`: cheap, and
    /// the message still says what and about when.
    static bool are_neurons_checked(std::int64_t begin, std::int64_t end) {
        return begin / kCheckEvery != end / kCheckEvery;
    }
    static bool are_synapses_checked(std::int64_t begin, std::int64_t end) {
        return begin / (100 * kCheckEvery) != end / (100 * kCheckEvery);
    }
    void check_neurons() const;
    void check_synapses() const;
    /// Whether those at the end are part of the results. Then they are looked at once all have met their events.
    bool records_synapses() const { return options.recorder != nullptr && options.final_synapses; }
    RunInfo run_info() const;
    void report(const Pulse& pulse);
    /// Brings the traces kept in the neurons to the present step, once a step.
    void advance_traces();
    void record_end();

    template <class Function>
    void each_group_part(const Function& function) {
        for (auto& group : neurons)
            for (std::size_t part = 0; part < (group->only_emits() ? 1 : group->parts()); ++part)
                function(*group, part);
    }
    template <class Function>
    void each_input_part(const Function& function) {
        for (Input& input : inputs)
            for (std::size_t part = 0; part < input.kernels.size(); ++part) function(input, part);
    }
    void record_spikes();
    /// Lets each part go through `count` steps, shared out to threads where it is worth it, and records the spikes of the
    /// steps before beside them; `function` returns how many synapses were met.
    template <class Function>
    void each_part(std::int64_t count, const Function& function) {
        base::ThreadPool* crew = worth_sharing(count) ? pool.get() : nullptr;
        const auto run = [&](std::size_t task, std::size_t) {
            if (task == outcomes.size()) return record_spikes();
            outcomes[task].met = function(task);
        };
        outcomes.resize(static_cast<std::size_t>(options.blocks));
        base::run_tasks(crew, outcomes.size() + (unrecorded.any() ? 1 : 0), run);
        for (const Outcome& outcome : outcomes) event_count += outcome.met;
    }
    bool worth_sharing(std::int64_t count) const;
    /// Throws what went wrong first in simulated time, whichever thread came to it first.
    void rethrow_first() const;
};

}  // namespace bouton::sim
