// SPDX-License-Identifier: BSD-3-Clause
// Thresholds that are chance alone: rand() < probability.
#pragma once

#include "analysis/term.hpp"
#include "codegen/plan/plan.hpp"

namespace bouton::codegen {

/// The probability in `rand() < probability`; null: the threshold is another.
analysis::TermPtr chance(const analysis::TermPtr& threshold);

/// The value of a term of steps dt and of the owner's parameters that are the same everywhere at all times; else none.
std::optional<double> known_value(const analysis::TermPtr& term, const std::vector<Variable>& variables,
                                  double dt);

/// Whether drawing the gaps between spikes takes less time than asking every neuron at every step, and can tell the gaps apart.
bool prefers_geometric_gaps(double probability);

}  // namespace bouton::codegen
