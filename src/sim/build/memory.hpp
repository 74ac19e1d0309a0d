// SPDX-License-Identifier: BSD-3-Clause
// What a network takes, told from its plan: what `bouton check` says, and what Summary::bytes is once the
// number of synapses is known.
#pragma once

#include "codegen/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bouton::sim {

/// State of a neuron group, and the spikes that it is given.
std::size_t memory_of(const codegen::NeuronPlan& plan, codegen::Precision precision);

/// The samples of all signals.
std::size_t memory_of_signals(const codegen::Plan& plan);

/// An order of the synapses beside that of their rows (state::OrderedIndex): by the neurons of one side, and by a delay.
struct Order {
    codegen::Side side = codegen::Side::pre;
    int delay = -1;  ///< index into SynapsePlan::delays, or -1
    friend bool operator==(const Order&, const Order&) = default;
};

/// The delay by which rows are sorted, that of the first presynaptic pathway which has one per synapse and wants plain positions; -1
/// if there is none.
int delay_of_rows(const codegen::SynapsePlan& plan);
/// The orders that events need beside the rows.
std::vector<Order> orders_of(const codegen::SynapsePlan& plan);

class SynapseMemory {
public:
    /// With all targets in one block, as one thread has them.
    SynapseMemory(const codegen::Plan& network, const codegen::SynapsePlan& plan);

    /// What each synapse takes: of what, how many bytes.
    const std::vector<std::pair<std::string, std::size_t>>& per_synapse() const { return per_synapse_; }
    std::size_t bytes_per_synapse() const;
    /// All of a group with so many synapses.
    double bytes(double synapses) const;
    /// Whether it is more by what the longest of the dendritic delays adds, which are drawn.
    bool is_least() const { return is_least_; }

private:
    std::vector<std::pair<std::string, std::size_t>> per_synapse_;
    std::size_t columns_ = 0;              ///< bytes per synapse of those that are not arrays of state
    std::vector<codegen::Stored> arrays_;  ///< per synapse
    std::size_t fixed_ = 0;                ///< whatever the number of synapses
    codegen::Precision precision_;
    bool is_least_ = false;
};

}  // namespace bouton::sim
