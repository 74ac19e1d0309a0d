// SPDX-License-Identifier: BSD-3-Clause
// Values of the variables of one group for a list of columns: what records and the final state are made of.
// A variable is either stored, or evaluated by a kernel for all elements and then picked.
#pragma once

#include "sim/neuron_group.hpp"
#include "sim/synapse_group.hpp"

#include <vector>

namespace bouton::sim {

/// Where the columns of a synapse group lie. A column whose synapse is gone has position -1.
struct SynapseColumns {
    std::vector<network::Location> location;
    std::vector<std::uint32_t> source;  ///< in the slice
    std::vector<std::uint32_t> target;
};
/// All synapses of a group in the order of results.
SynapseColumns all_columns(const network::SynapseStore& store);

class VariableSampler {
public:
    VariableSampler(const codegen::RecordVariable& variable, NeuronGroup* neurons, SynapseGroup* synapses,
                    Context& context);

    void want(std::size_t module);
    void bind();
    /// Evaluates the kernel, if there is one.
    void evaluate(const Clock& clock);
    void pick_neurons(const std::vector<std::int64_t>& neurons, std::vector<double>& out) const;
    void pick_synapses(const SynapseColumns& columns, std::vector<double>& out) const;
    const codegen::RecordVariable& variable() const { return variable_; }

private:
    const network::StateArray& array(std::size_t block) const;
    codegen::Placement placement() const;

    const codegen::RecordVariable& variable_;
    NeuronGroup* neurons_;
    SynapseGroup* synapses_;
    Context& context_;
    std::vector<network::StateArray> out_;  ///< one, or one per block
    BoundKernel elements_;
    RowKernel rows_;
};

}  // namespace bouton::sim
