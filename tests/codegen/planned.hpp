// SPDX-License-Identifier: BSD-3-Clause
// The plan of a synapse group, from text, between the neuron groups a and b; of the last, if there are several.
#pragma once

#include "codegen/plan/plan.hpp"

#include <string>

namespace bouton::test {

/// `synapses` goes into [synapses.s], `further` behind it. Both groups hold v and g (numbers) and r, which the
/// file gives. Throws base::DiagnosticError after a mistake.
codegen::SynapsePlan planned(const std::string& synapses, const std::string& further = "");

/// "source", "target", "synapse" or "one": where a variable lives; "absent" if there is none.
std::string place_of(const codegen::SynapsePlan& plan, const std::string& variable);
std::string place_of(const codegen::SynapsePlan& plan, const codegen::Name& variable);

/// The passes of a pathway in order: "neuron" (once per neuron), "synapses", or "one by one".
std::string passes_of(const codegen::PathwayPlan& pathway);

}  // namespace bouton::test
