// SPDX-License-Identifier: BSD-3-Clause
// Writing values into a network between two steps. What is stored in a clever way (relative to an epoch, up to the last event, once
// per neuron) is brought to the present step first, so that what is written is what is read afterwards, to the bit.
// A call that is refused changes nothing.
#pragma once

#include "sim/step/neuron_group.hpp"
#include "sim/step/synapse_group.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bouton::sim {

/// No such group or variable.
class UnknownName : public base::Error {
public:
    explicit UnknownName(const std::string& what) : base::Error(what, 2) {}
};

/// Numbers of elements (neurons, or synapses in the order of results), each once; unset: all.
using Chosen = std::optional<std::vector<std::int64_t>>;

/// One value, or one per chosen element. Throws UnknownName, or base::Error (status 2) that names group, variable and element:
/// another number of values, a number out of range, a value that is not finite, that the type does not hold, or that the model does
/// not allow.
void write_neurons(NeuronGroup& group, const Clock& clock, const std::string& variable, const Chosen& chosen,
                   std::span<const double> values);

/// The same. A variable that is stored once per neuron takes values that agree for all synapses of each neuron.
/// `order`: where the synapses are, in the order of results (state::in_order).
void write_synapses(SynapseGroup& group, const Clock& clock, const std::string& variable,
                    const std::vector<state::Location>& order, const Chosen& chosen,
                    std::span<const double> values);

/// The variables and parameters that can be read and written, in the order of the plan.
std::vector<const codegen::Variable*> open_variables(const std::vector<codegen::Variable>& variables);

/// Throws UnknownName: the group has no such variable; it has those, and the `others` that are none of its variables.
[[noreturn]] void refuse_variable(const std::string& group, const std::string& name,
                                  const std::vector<codegen::Variable>& variables,
                                  const std::vector<std::string>& others = {});

}  // namespace bouton::sim
