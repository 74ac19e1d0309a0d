// SPDX-License-Identifier: BSD-3-Clause
// Evaluates expressions that are asked of a group between two steps, in the interpreter. Changes nothing.
#pragma once

#include "codegen/plan/query.hpp"
#include "sim/step/neuron_group.hpp"
#include "sim/step/synapse_group.hpp"

#include <vector>

namespace bouton::sim {

/// The expressions of the query for every neuron, or for every synapse in the order of results; one of the groups is null. Random
/// numbers come from `clock`. Precondition: the synapses have met all events (SynapseGroup::flush), traces are those of the step.
std::vector<std::vector<double>> evaluate(const codegen::QueryPlan& query, NeuronGroup* neurons,
                                          SynapseGroup* synapses, Context& context, const Clock& clock);

/// What a gathering makes of these values: of none the sum is 0 and the others are no number.
double gather(codegen::Gathering how, const std::vector<double>& values);

}  // namespace bouton::sim
