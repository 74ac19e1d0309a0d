// SPDX-License-Identifier: BSD-3-Clause
// A network that runs as far as it is told, and is looked at and changed between two steps.
#pragma once

#include "bouton/network.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bouton {

enum class Backend {
    automatic,   ///< compiled, or interpreted with a warning where there is no compiler
    compiled,    ///< kernels are compiled for the network and kept in the cache ($BOUTON_CACHE)
    interpreted  ///< slow; the same results to the last bit
};

struct SimulationOptions {
    Backend backend = Backend::automatic;
    int threads = 1;  ///< at most so many, and no more than the machine has; results do not depend on it
    std::optional<double> memory = {};  ///< bytes that the network may take; unset: what is free
    Warn warn = {};                     ///< kept with the simulation and its copies
};

enum class Kind { real, integer, boolean };

/// A variable or parameter of a group. Values are in SI base units.
struct Variable {
    std::string name;
    std::string unit;  ///< "V", "A", "1" where it has none, "kg m^2 s^-3" where the unit has no name
    Kind kind = Kind::real;
    bool is_parameter = false;
};

struct Group {
    std::string name;
    bool is_synapses = false;
    std::int64_t size = 0;  ///< neurons, or synapses at present
    std::vector<Variable> variables;
};

/// What synapses to come begin with: values of a variable, or delays (s) by the name that results give them, "delay". One for all of
/// them, or one for each.
struct SynapseValues {
    std::string name;
    std::vector<double> values;
};

// What was recorded. These are views into the simulation: valid until it is next run, restored, cleared, moved or destroyed.
// A step n begins at n*dt.

/// One element per spike, in the order of time, then of neurons.
struct Spikes {
    std::int64_t size = 0;  ///< neurons of the group
    std::span<const std::int64_t> steps;
    std::span<const std::uint32_t> neurons;
};

/// One element per bin.
struct Rates {
    std::int64_t bin_steps = 1;
    std::span<const std::int64_t> steps;  ///< where each bin begins
    std::span<const double> values;       ///< Hz
};

/// One variable, sampled again and again.
struct Samples {
    std::string unit;                       ///< as in Variable
    std::span<const std::int64_t> steps;    ///< of each sample
    std::span<const std::int64_t> indices;  ///< which neuron, or synapse, each column is
    /// How many columns each sample has: all of them, but in a group whose synapses come and go, where a column is an id.
    std::span<const std::size_t> columns;
    std::span<const double> values;  ///< the samples one after the other; NaN where a synapse does not exist
};

/// One variable of synapses just after events of a pathway: one element per event of each synapse, in the order of time, then of
/// synapses.
struct Events {
    std::string unit;                     ///< as in Variable
    std::string at;                       ///< the pathway: "pre", "post", or its name
    std::span<const std::int64_t> steps;  ///< in which each event happened
    /// To which synapse: its number in the order of results, or its id in a group whose synapses come and go.
    std::span<const std::int64_t> synapses;
    std::span<const double> values;
};

/// One thread at a time may use a simulation, also to read it; only request_stop() may be called at any time. Different simulations are
/// independent of each other. It may be moved, after which the old object can only be destroyed or assigned to.
///
/// Unless said otherwise a function throws UnknownName for a name that does not exist, and Error (status 2) for an argument that cannot
/// be; the simulation is then as it was. Reading never changes what follows.
class BOUTON_API Simulation {
public:
    /// Builds and compiles the network and keeps what it needs of it: the Network may go. Costs memory as `bouton check` tells, and
    /// for a network that was never compiled some seconds. Throws Error: status 2 for values that cannot be or memory that does not
    /// suffice, 1 if the compiler fails.
    explicit Simulation(const Network& network, SimulationOptions options = {});
    /// Goes on with a saved simulation, with any number of threads and either back end. Throws Error (status 2) for a file that is
    /// damaged, or whose network reads files that have changed since. Costs as building does, and reads the file twice.
    static Simulation resume(const std::filesystem::path& file, SimulationOptions options = {});

    Simulation(Simulation&&) noexcept;
    Simulation& operator=(Simulation&&) noexcept;
    ~Simulation();

    double dt() const;          ///< s
    double t() const;           ///< s, where the next step begins
    std::int64_t step() const;  ///< steps done
    /// "compiled" or "interpreted".
    std::string_view backend() const;

    // Running. All return how many steps were done: fewer than asked for after a request to stop. Running in parts gives the bits of
    // running at once. Throws Error (status 1) if a variable is not finite any more, or a model does what it must not: the
    // simulation can then be read, restored or destroyed, but not run on.

    /// So long, rounded to whole steps: run(350ms), run(std::chrono::duration<double>(0.35)).
    std::int64_t run(std::chrono::duration<double> time);
    std::int64_t run_steps(std::int64_t steps);
    /// To the end of the duration that the network asks for; nothing if that is over.
    std::int64_t run_to_end();
    /// Any thread, any signal handler: the run that is going on, or else the next one, ends between two steps. The simulation is whole
    /// and can be run on.
    void request_stop() noexcept;

    // Looking and changing. Values are in SI base units; integers and booleans are given as numbers.

    /// All groups, in the order of the network file.
    std::vector<Group> groups() const;
    /// The present values, one per neuron, or one per synapse in the order of results. Of synapses also "source" and "target", the
    /// numbers of the neurons, "delay" (s) and "id". A copy; takes time in proportion.
    std::vector<double> read(std::string_view group, std::string_view variable) const;
    /// Gives one value to all, or one value to each. What is read afterwards is what was written. Throws Error (status 2) for another
    /// number of values, values that are not finite, that the type cannot hold or that the model does not allow, for
    /// synapses or neurons that share a value and are given different ones. A parameter that all share is changed as by change().
    void write(std::string_view group, std::string_view variable, std::span<const double> values);
    void write(std::string_view group, std::string_view variable, double value);
    /// The same for some neurons or synapses only: one value for all of them, or one value for each. No number may stand twice.
    void write(std::string_view group, std::string_view variable, std::span<const std::int64_t> elements,
               std::span<const double> values);
    /// Changes a parameter from the next step on, as if the network had said so from there: `parameter` is its place in the network
    /// file, "neurons.cells.parameters.tau", "synapses.exc.plasticity.parameters.A_plus" or "input.drive.rate"; `value` as in the file,
    /// "10 ms". Reads the network once more and copies its state. Throws Error (status 2) for other places and for values that
    /// cannot be, and changes nothing then.
    void change(const std::string& parameter, const std::string& value);
    /// Spikes to come of a group whose model is spike_times: neuron neurons[k] spikes in step steps[k], which is the present one or
    /// later. Throws Error (status 2) for steps that are over and for two spikes of one neuron in one step.
    void add_spikes(std::string_view group, std::span<const std::int64_t> neurons,
                    std::span<const std::int64_t> steps);

    /// Adds synapses between these neurons, counted in the whole groups; they act from the next step on, and what is not given begins
    /// as the network says. Returns their ids, numbers that stay with a synapse and are never used again: read(group, "id"). The order
    /// of results is that of the ids. Costs what the neurons' other synapses take. Throws Error (status 2) for neurons that do not exist,
    /// pairs that have a synapse where the group has no repeated ones, values that cannot be, and changes nothing then.
    std::vector<std::int64_t> add_synapses(std::string_view group, std::span<const std::int64_t> sources,
                                           std::span<const std::int64_t> targets,
                                           std::span<const SynapseValues> values = {});
    /// Removes synapses by their ids, each once; of a group whose synapses have neither come nor gone these are their numbers in the
    /// order of results. Costs a look at all ids. Throws Error (status 2) for ids that do not exist, and changes nothing then.
    void remove_synapses(std::string_view group, std::span<const std::int64_t> ids);

    // What the network's [[record]] entries have recorded since the start or the last clear_records(), kept in memory.

    /// `record`: the name of the [[record]], or its group's.
    Spikes spikes(std::string_view record) const;
    Rates rates(std::string_view record) const;
    Samples samples(std::string_view record, std::string_view variable) const;
    /// Of a [[record]] with `at`.
    Events events(std::string_view record, std::string_view variable) const;
    /// Forgets what was recorded, and goes on recording.
    void clear_records();

    // States. A copy, and each state that is stored, takes the memory of all that changes in the network.

    /// Keeps the present state under a name, in place of an older one of that name.
    void store(const std::string& name);
    /// Goes back to a state that was stored, any number of times; what was recorded since then is forgotten.
    void restore(const std::string& name);
    /// An independent simulation in the same state, with the same records and stored states.
    Simulation copy() const;
    /// Writes the state to a file: all that resume() needs, but no records. An older file stays until the new one is whole. Throws
    /// Error: status 2 for a path that cannot be or is one of the network's own files, 1 if it cannot be written.
    void save(const std::filesystem::path& file) const;

    struct State;

private:
    explicit Simulation(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace bouton
