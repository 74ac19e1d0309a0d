// SPDX-License-Identifier: BSD-3-Clause
// A network at work. Building it connects and initialises everything; step() advances it by dt; run() goes to
// the end of the described duration and records. One thread at a time may use a simulation.
#pragma once

#include "base/archive.hpp"
#include "codegen/plan/plan.hpp"
#include "codegen/plan/query.hpp"
#include "sim/bind/callables.hpp"
#include "sim/record/recorder.hpp"
#include "sim/record/writing.hpp"
#include "sim/step/synapse_change.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bouton::sim {

class Pulse;

struct Progress {
    double t = 0.0;             ///< s, simulated
    double fraction = 0.0;      ///< of the duration
    double real_seconds = 0.0;  ///< since the run began
};

struct Options {
    Backend backend = Backend::automatic;
    runtime::NativeOptions native;
    std::optional<double> memory;  ///< bytes that the network may take; unset: what is free (base/memory.hpp)
    int threads = 1;               ///< at most so many at work; results do not depend on it
    int blocks = 0;  ///< target blocks of each synapse group; 0: one per thread. Results do not depend
    Recorder* recorder = nullptr;  ///< borrowed; null: nothing is recorded
    base::Archive* state =
        nullptr;  ///< borrowed while the network is made: the state that it begins in, instead of built
    bool final_synapses = true;                     ///< whether the recorder gets the synapses at the end
    std::function<void(const Progress&)> progress;  ///< called about ten times a second
    std::int64_t pause_steps = 0;  ///< where run() pauses: at the multiples of so many steps; 0: nowhere
    /// Called there, and where run() is stopped, between two steps: everything before is recorded, and the state can be
    /// written down.
    std::function<void()> at_pause;
    // For tests of long runs, which begin near their end.
    std::int64_t first_step = 0;  ///< the clock's at the start; the duration counts from there
    std::int64_t count_anew_every = std::int64_t{1} << 30;  ///< steps that 32 bits of a synapse count
};

struct Summary {
    std::int64_t steps = 0;
    std::int64_t spikes = 0;
    std::int64_t events = 0;    ///< synapses met by presynaptic and postsynaptic spikes
    std::int64_t synapses = 0;  ///< at the end
    std::size_t bytes = 0;      ///< of state, connections, delays and signals
    double compile_seconds = 0.0;
    double build_seconds = 0.0;
    double run_seconds = 0.0;    ///< from the first step to the last
    double write_seconds = 0.0;  ///< handing over the final state
    std::string backend;         ///< "compiled" or "interpreted"
    bool stopped = false;
};

class Simulation {
public:
    /// Throws base::DiagnosticError (status 2) for values that cannot be, base::Stopped after a request to stop
    /// (base/stop.hpp), base::Error for other failures.
    Simulation(codegen::Plan plan, Options options);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// One step of dt, with what it records. Throws base::Error when a variable is not finite any more.
    void step();
    /// Tells the recorder what will come, which run() does by itself.
    void begin_records();
    /// Does what a step does before it records, run_regularly too, once: the step goes on from there. For whoever wants to look at the
    /// network, or to change it, at that moment.
    void begin();
    /// So many steps, or fewer after a request to stop (base/stop.hpp). Returns how many. Calls add up: going a steps and then b
    /// is the same as going a + b.
    std::int64_t go(std::int64_t steps);
    /// Brings all that is stored relative to an earlier step to the present one: no value changes but for rounding.
    void rebase();
    /// After reading the state of a network with other parameters: evaluates what is constant and no draw anew, but for variables
    /// of which keep(group, variable) holds.
    void evaluate_constants(const std::function<bool(const std::string&, const std::string&)>& keep);
    /// After reading the state of a network in which the one rate of these Poisson sources was another one.
    void draw_gaps_anew(const std::string& group);
    /// Writes the state between two steps down, which changes nothing; or reads one of the same network, of any number of
    /// threads and either back end. Throws base::ArchiveError if it is of another one; the simulation is of no use then.
    void archive(base::Archive& archive);
    /// To the end of the duration or until a request to stop; then hands the final state to the recorder. A request before
    /// the first step throws base::Stopped, before the recorder has heard of anything.
    Summary run();
    /// How many bytes of the state each group takes when it is written down.
    std::vector<std::pair<std::string, std::size_t>> state_bytes() const;
    /// The next step, and how many there are.
    std::int64_t now() const;
    std::int64_t steps() const;
    Summary summary() const;

    /// How many steps the parts of the network may go on their own; 0: they need each other within a step.
    std::int64_t longest_stride() const;

    // For tests and inspection; each copies.
    /// Values of a variable, one per neuron. Throws UnknownName for names that do not exist.
    std::vector<double> neurons(const std::string& group, const std::string& variable) const;
    /// Present values of a synaptic variable, or "source", "target" (numbers in the slices), "delay" and those of other pathways
    /// (s), "id"; in the order of results. Throws UnknownName.
    std::vector<double> synapses(const std::string& group, const std::string& variable) const;
    /// What an expression is for every neuron, or for every synapse in the order of results. `anew`: its random numbers are those
    /// of the next write, and no others'; else those that a record would draw. Throws base::Error for what cannot be computed.
    std::vector<double> evaluate(const codegen::QueryPlan& query, bool anew) const;
    /// Whether a condition on a group holds.
    bool holds(const codegen::QueryPlan& query) const;
    /// Gives values to all neurons or synapses, or to those chosen; see sim/record/writing.hpp, also for what is thrown.
    void write_neurons(const std::string& group, const std::string& variable, const Chosen& chosen,
                       std::span<const double> values);
    void write_synapses(const std::string& group, const std::string& variable, const Chosen& chosen,
                        std::span<const double> values);
    std::int64_t synapse_count(const std::string& group) const;
    /// Adds synapses, which act from the next step on, and returns their ids: numbers that stay with a synapse and are never used
    /// again. From then on results tell synapses of the group by their ids; those from the start have their numbers in the order of
    /// results. Throws UnknownName, base::DiagnosticError or base::Error (status 2) for what cannot be, base::OutOfMemory; nothing
    /// is changed then. Costs what the rows concerned take; the first time, and where synapses are found by target, what the group takes.
    std::vector<std::int64_t> add_synapses(const std::string& group, const NewSynapses& wanted);
    /// Removes synapses by their ids. What has crossed them and travels on arrives. Costs a look at all ids.
    void remove_synapses(const std::string& group, std::span<const std::int64_t> ids);
    /// Samples of a signal, row by row, in SI base units, and the time of the first one (s).
    struct Signal {
        std::vector<double> values;
        std::int64_t columns = 1;
        double begin = 0.0;
    };
    /// Throws UnknownName.
    Signal signal(const std::string& name) const;
    /// New samples, row by row, of which the first one is for the present step. Throws UnknownName, or base::Error (status 2) for
    /// none, for rows that are not whole and for values that are not finite.
    void set_signal(const std::string& name, std::span<const double> values);
    /// Spikes to come of a group whose spikes are given, at steps from the present one on. Throws UnknownName, or base::Error
    /// (status 2) for another kind of group, neurons that do not exist, steps that are over and two spikes of a neuron in one step.
    void add_spikes(const std::string& group, std::span<const std::int64_t> neurons,
                    std::span<const std::int64_t> steps);
    /// Neurons that spiked in the step just done.
    std::vector<std::uint32_t> spikes(const std::string& group) const;

    struct State;  ///< simulation_state.hpp

private:
    void edit_synapses(const std::string& group, const std::function<void(SynapseGroup&)>& edit);
    /// `most` steps, or fewer as it suits. Returns how many.
    std::int64_t advance(std::int64_t most);
    /// Until step `end` or a request to stop. Returns whether it came to the end.
    bool go_on(Pulse& pulse, std::int64_t end);
    /// To the end of the duration, with its pauses, or until a request to stop. Returns whether it came to the end.
    bool go_to_end(std::chrono::steady_clock::time_point begin);

    std::unique_ptr<State> state_;
};

}  // namespace bouton::sim
