// SPDX-License-Identifier: BSD-3-Clause
// An open session: a network that runs as far as it is told, is looked at and changed between two steps, whose state is kept, gone
// back to, copied and saved. Everything that runs networks is a face of this class.
// One thread at a time may use a session; several sessions are independent of each other.
#pragma once

#include "codegen/lower/query.hpp"
#include "session/network.hpp"
#include "session/records.hpp"
#include "sim/simulation.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bouton::session {

struct Options {
    sim::Backend backend = sim::Backend::automatic;
    int threads = 1;               ///< at most so many, and no more than the machine runs at once
    std::optional<double> memory;  ///< bytes that the network may take; unset: what is free
    Warn warn;
};

/// A variable or parameter of a group.
struct VariableInfo {
    std::string name;
    base::Dimension dimension;
    codegen::Stored stored = codegen::Stored::real;
    bool constant = false;  ///< a parameter
    bool shared = false;    ///< one value for the whole group
};

struct GroupInfo {
    std::string name;
    bool of_synapses = false;
    std::int64_t size = 0;       ///< neurons, or synapses at present
    std::string source, target;  ///< of synapses: the neuron groups at their ends
    std::vector<VariableInfo> variables;
};

class Session {
public:
    /// Builds the network. Throws what sim::Simulation does.
    Session(const CheckedNetwork& network, const NetworkSource& source, Options options);
    /// Goes on with a saved session, with any number of threads and either back end. Throws base::Error (status 2) for a file that
    /// is damaged or of a later version, or whose network reads files that have changed since.
    static std::unique_ptr<Session> resume(const std::filesystem::path& path, Options options);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    double dt() const;  ///< s
    double t() const;   ///< s, the start of the next step
    std::int64_t step() const { return simulation_->now(); }
    /// Steps of the duration that the network asks for.
    std::int64_t described_steps() const { return simulation_->steps(); }
    const std::string& backend() const { return backend_; }

    /// So many steps, or fewer after a request to stop (base/stop.hpp). Returns how many. `progress` is told about ten times a second.
    std::int64_t run(std::int64_t steps, std::function<void(const sim::Progress&)> progress = {});
    /// Does the head of the present step, what run_regularly does in it too, but for what is recorded; the next run goes on from there.
    void begin_step();
    /// Throws base::Error (status 2) if there is no run of so many steps.
    void refuse_run(std::int64_t steps) const;
    /// After a step that failed the session stands amid it: its values can be read, and restore() goes back to a state that was
    /// stored. Throws base::Error (status 1) then, as every call does that would run or change it.
    void refuse_failed() const;

    std::vector<GroupInfo> groups() const;
    std::int64_t synapse_count(const std::string& group) const { return simulation_->synapse_count(group); }
    /// Present values, one per neuron, of a variable, subexpression or parameter. Throws sim::UnknownName, as every call that names
    /// something does.
    std::vector<double> read_neurons(const std::string& group, const std::string& variable) const;
    /// Present values in the order of results; also "source", "target" (numbers in the whole groups), "delay" and those of other
    /// pathways (s), and "id".
    std::vector<double> read_synapses(const std::string& group, const std::string& variable) const;
    // Expressions mean what they mean in `initial` of the group's models, at the present step. They change nothing; random numbers
    // in them are those of the next write, and nobody else's. All throw base::DiagnosticError for what is wrong in the text.
    /// What a text is as value of a variable: one number for a quantity, one per neuron or synapse for an expression.
    std::vector<double> evaluate(bool of_synapses, const std::string& group, const std::string& variable,
                                 const std::string& text) const;
    /// The neurons or synapses for which a condition holds.
    std::vector<std::int64_t> choose(bool of_synapses, const std::string& group,
                                     const std::string& condition) const;
    /// Whether a condition on the whole group holds, such as "sum(v > 0*mV) > 10".
    bool holds(bool of_synapses, const std::string& group, const std::string& condition) const;
    /// See sim/record/writing.hpp.
    void write_neurons(const std::string& group, const std::string& variable, const sim::Chosen& chosen,
                       std::span<const double> values);
    void write_synapses(const std::string& group, const std::string& variable, const sim::Chosen& chosen,
                        std::span<const double> values);
    /// Changes a parameter from the next step on, as if the network had said so from there: `key` is its place in the network file
    /// ("neurons.cells.parameters.tau", "synapses.exc.plasticity.parameters.A_plus", "input.drive.rate"), `value` what --set takes.
    /// Nothing is compiled anew; whatever was derived from it is derived anew. Costs reading the network and two copies of its
    /// state. Throws base::DiagnosticError for a value that cannot be, base::Error (status 2) for another key and for a value
    /// with which the network would be stored in another way.
    void change(const std::string& key, const std::string& value);
    /// See sim::Simulation.
    std::vector<std::int64_t> add_synapses(const std::string& group, const sim::NewSynapses& wanted) {
        return between_steps().add_synapses(group, wanted);
    }
    void remove_synapses(const std::string& group, std::span<const std::int64_t> ids) {
        between_steps().remove_synapses(group, ids);
    }
    /// The signals, in the order of the network.
    struct SignalInfo {
        std::string name;
        base::Dimension dimension;
        double dt = 0.0;  ///< s
        std::int64_t columns = 1;
    };
    std::vector<SignalInfo> signals() const;
    sim::Simulation::Signal signal(const std::string& name) const { return simulation_->signal(name); }
    /// New samples, row by row, of which the first one is for the present step; see sim::Simulation.
    void set_signal(const std::string& name, std::span<const double> values) {
        between_steps().set_signal(name, values);
    }
    /// Lets the plasticity and the structure of a chain stand still, or go on, from the next step on: its weight `w` is changed by no
    /// spike and no synapse comes or goes; release, traces and all other variables go on. Compiles the kernels of the group for it.
    /// Throws sim::UnknownName, or base::Error (status 2) for a synapse that is written whole and for a weight with an equation.
    void set_plastic(const std::string& group, bool plastic);
    bool is_plastic(const std::string& group) const;
    /// Spikes to come of a spike_times group, at steps from the present one on.
    void add_spikes(const std::string& group, std::span<const std::int64_t> neurons,
                    std::span<const std::int64_t> steps);

    const Records& records() const { return records_; }
    void clear_records() { records_.clear(); }

    /// Keeps the state under a name, in place of an older one of that name. Throws base::OutOfMemory, and keeps nothing, if it would
    /// take more than the memory that is allowed or free.
    void store(const std::string& name);
    /// Goes back to a state that was kept; what was recorded since is forgotten. Throws sim::UnknownName.
    void restore(const std::string& name);
    /// An independent session in the same state, with the same records.
    std::unique_ptr<Session> copy() const;
    /// See write_state_file.
    void save(const std::filesystem::path& path) const;

private:
    /// Throws what refuse_failed() does.
    sim::Simulation& between_steps() const {
        refuse_failed();
        return *simulation_;
    }
    void refuse_no_room(const std::string& name) const;
    /// Does steps, and notes if they fail.
    template <class Steps>
    auto attempt(const Steps& steps);

    struct Kept {
        std::vector<std::byte> state;
        Records::Mark mark;
        NetworkSource source;  ///< with the parameters of that time
        std::vector<std::string> written;
    };
    Session(const CheckedNetwork& network, const NetworkSource& source, Options options,
            base::Archive* state);
    void note_written(const std::string& name);
    /// Makes the network anew with another value at this place of its file, in the present state.
    void replace(const std::string& key, const std::string& value);
    /// The same for another network with the same storage; `what` is what messages say was asked for.
    void replace(NetworkSource source, const std::string& what);
    /// Writes a constant that all elements share. False: it is none.
    template <class Plans>
    bool write_shared(const Plans& plans, const std::string& group, const std::string& variable,
                      const sim::Chosen& chosen, std::span<const double> values);
    const std::vector<codegen::Variable>& variables_of(bool of_synapses, const std::string& group) const;
    std::shared_ptr<const codegen::QueryPlan> query(const std::string& key,
                                                    const codegen::QuerySpec& spec) const;
    /// A subexpression or parameter; null if there is none of that name.
    std::shared_ptr<const codegen::QueryPlan> named(bool of_synapses, const std::string& group,
                                                    const std::string& name) const;
    std::int64_t element_count(const codegen::NeuronPlan& plan) const;
    std::int64_t element_count(const codegen::SynapsePlan& plan) const;
    sim::Options simulation_options(base::Archive* state);

    CheckedNetwork network_;
    NetworkSource source_;
    Options options_;
    Records records_;
    std::function<void(const sim::Progress&)> progress_;
    std::unique_ptr<sim::Simulation> simulation_;
    std::string failure_;  ///< why the last steps failed
    std::string backend_;
    std::map<std::string, Kept> kept_;
    mutable std::map<std::string, std::shared_ptr<const codegen::QueryPlan>>
        asked_;  ///< of the present network
    std::vector<std::string>
        written_;  ///< "GROUP.VARIABLE" that were written: what the network says of them counts no more
};

}  // namespace bouton::session
