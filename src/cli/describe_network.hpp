// SPDX-License-Identifier: BSD-3-Clause
// What would run, as text: equations and integrators, storage and bytes per synapse, what was lifted, memory in
// all. From the description and the plan; nothing is built.
#pragma once

#include "codegen/plan/plan.hpp"
#include "model/spec.hpp"

#include <string>

namespace bouton::cli {

std::string describe_network(const model::NetworkSpec& spec, const codegen::Plan& plan);

/// The parts of it, each with the bytes that it adds to `memory`.
std::string describe_neurons(const model::NeuronSpec& spec, const codegen::NeuronPlan& plan,
                             codegen::Precision precision, double& memory);
/// `open` is set if the number of synapses is not known before the network is built.
std::string describe_synapses(const codegen::Plan& network, const model::SynapseSpec& spec,
                              const codegen::SynapsePlan& plan, double& memory, bool& open);

}  // namespace bouton::cli
