// SPDX-License-Identifier: BSD-3-Clause
// From description to checked network: the passes over neuron groups, synapse groups, inputs and protocols.
#pragma once

#include "analysis/checked.hpp"
#include "analysis/resolve.hpp"

#include <map>
#include <set>

namespace bouton::analysis {

/// Everything resolved and checked; usable only if no errors were reported. It points into `spec`. `query`: what is asked beside.
CheckedNetwork check_network(const model::NetworkSpec& spec, base::Diagnostics& diagnostics,
                             const Query* query = nullptr);

// The passes, in their order.

/// Which variables of which neuron group some text writes after the start.
using Written = std::map<std::string, std::set<std::string>>;
struct SpecIndex;
Written find_written(const model::NetworkSpec& spec, const SpecIndex& index);

/// Where in the description the things of a name stand, so that nobody walks over all of them to find one.
struct SpecIndex {
    explicit SpecIndex(const model::NetworkSpec& spec);

    using Numbers = std::vector<std::size_t>;
    const Numbers& inputs_to(const std::string& group) const { return numbers(inputs_by_group, group); }
    const Numbers& regular_of(const std::string& group) const { return numbers(regular_by_group, group); }

    std::map<std::string, std::size_t> neurons, synapses;
    std::map<std::string, const model::SignalSpec*> signals;
    std::map<std::string, Numbers> inputs_by_group, regular_by_group;
    std::set<std::string> release_recorded;  ///< groups of which a record names `release`

private:
    static const Numbers& numbers(const std::map<std::string, Numbers>& all, const std::string& group);
};

/// What every text of a network can see beside its own names.
struct Surroundings {
    const model::NetworkSpec* spec = nullptr;
    const SpecIndex* index = nullptr;
    base::Diagnostics* diagnostics = nullptr;
    const Query* query = nullptr;

    const Query* query_of(const std::string& group, bool of_synapses) const {
        return query && query->of == group && query->of_synapses == of_synapses ? query : nullptr;
    }
    TermPtr find_signal(const std::string& name) const;
};

/// Checks one group and what the network says of it: its inputs and run_regularly, which go into
/// `network.inputs` and `network.regular`.
CheckedNeurons check_neurons(const model::NeuronSpec& spec, const std::set<std::string>& written,
                             const Surroundings& around, CheckedNetwork& network);
CheckedSynapses check_synapses(const model::SynapseSpec& spec, const Surroundings& around,
                               CheckedNetwork& network);
CheckedRecord check_record(const model::RecordSpec& spec, std::size_t index, const CheckedNetwork& network,
                           const Surroundings& around);

/// The meaning of a neuron's name seen from `end` of a synapse: variables, subexpressions, lastspike,
/// not_refractory. Null if the group has no such name. `offset` is where the slice begins.
TermPtr neuron_name(const CheckedNeurons& neurons, const std::string& name, End end, std::int64_t offset);

/// Marks the variables that hold moments; the network is without mistakes.
void find_moments(CheckedNetwork& network);

}  // namespace bouton::analysis
