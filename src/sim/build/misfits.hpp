// SPDX-License-Identifier: BSD-3-Clause
// What a network's description and plan already say cannot be built, so that `bouton check` refuses it as a run does. What is drawn
// or computed for each element is judged when the network is built.
#pragma once

#include "base/diagnostics.hpp"
#include "codegen/plan/plan.hpp"

namespace bouton::sim {

/// Tells of delays out of range, of lists that are longer or shorter than there are synapses or say nothing of those that grow, and
/// of records of synapses that do not exist.
void find_misfits(const codegen::Plan& plan, base::Diagnostics& diagnostics);

}  // namespace bouton::sim
