// SPDX-License-Identifier: BSD-3-Clause
// Values of the variables of one group for a list of columns: what records and the final state are made of.
// A variable is either stored, or evaluated by a kernel for all elements and then picked.
#pragma once

#include "sim/step/neuron_group.hpp"
#include "sim/step/synapse_group.hpp"

#include <span>
#include <vector>

namespace bouton::sim {

/// Where the columns of a synapse group lie. A column whose synapse is gone has position -1.
struct SynapseColumns {
    std::vector<state::Location> location;
    std::vector<std::uint32_t> source;  ///< in the slice
    std::vector<std::uint32_t> target;
};
/// Where the synapses of these numbers lie, in the order of results; position -1 for one that is not there.
std::vector<state::Location> find_synapses(const state::SynapseStore& store,
                                           const std::vector<std::int64_t>& numbers);
SynapseColumns columns_of(const state::SynapseStore& store, std::vector<state::Location> location);

class VariableSampler {
public:
    /// `extra`: scalars that the group has not. All must outlive it.
    VariableSampler(const codegen::RecordVariable& variable, NeuronGroup* neurons, SynapseGroup* synapses,
                    Context& context, When when, const ScalarTable* extra = nullptr);

    void bind();
    /// Evaluates the kernel, if there is one.
    void evaluate(const Clock& clock);
    /// The same for the synapses of some rows, which takes memory for these only and needs no bind. Only they may be
    /// picked then.
    void evaluate(const Clock& clock, state::RowRange rows);
    /// The same for some synapses, by rows; only they may be picked then.
    void evaluate(const Clock& clock, const Segments& synapses);
    void pick_neurons(const std::vector<std::int64_t>& neurons, std::vector<double>& out) const;
    void pick_synapses(const SynapseColumns& columns, std::span<double> out) const;
    /// Stores what was evaluated for all elements as the variable itself.
    void store_back() const;
    const codegen::RecordVariable& variable() const { return variable_; }

private:
    const state::StateArray& array(std::size_t block) const;
    codegen::Placement placement() const;
    template <class Value>
    auto as_present(const Value* values) const;

    const codegen::RecordVariable& variable_;
    codegen::Name name_;
    NeuronGroup* neurons_;
    SynapseGroup* synapses_;
    Context& context_;
    When when_;
    const ScalarTable* extra_;
    std::vector<state::StateArray> out_;   ///< one, or one per block
    std::vector<std::int64_t> out_begin_;  ///< the position in its block at which each begins
    BoundKernel elements_;
    RowKernel rows_;
};

}  // namespace bouton::sim
