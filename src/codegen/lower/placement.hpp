// SPDX-License-Identifier: BSD-3-Clause
// Where each synaptic variable lives. A variable that all synapses of one neuron would hold with equal values
// is kept once per neuron; one that never changes and starts equal everywhere is a single number.
#pragma once

#include "analysis/checked.hpp"
#include "codegen/plan/plan.hpp"

#include <map>

namespace bouton::codegen {

using Placements = std::map<std::string, Placement>;

struct PlacementResult {
    Placements placements;           ///< of every stored variable, by key
    std::vector<std::string> notes;  ///< what was lifted
};

PlacementResult place_synaptic_variables(const analysis::CheckedSynapses& synapses,
                                         const std::vector<const analysis::CheckedRegular*>& regular);

/// Whether a term has one value for all synapses of the neuron at that end. `local` tells it of a local.
bool depends_only_on(const analysis::TermPtr& term, Placement end, const Placements& placements,
                     const std::function<bool(const std::string& local)>& local);

/// Delay of the pathway if it is the same for all synapses.
bool has_one_delay(const analysis::CheckedSynapses& synapses, const analysis::CheckedPathway& pathway);

}  // namespace bouton::codegen
