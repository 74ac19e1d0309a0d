// SPDX-License-Identifier: BSD-3-Clause
// How many synapses a group will have, told from its description alone.
#pragma once

#include "codegen/plan/plan.hpp"

#include <optional>

namespace bouton::connect {

/// Number of pairs that the two slices make, without the self pairs where these are left out.
double possible_pairs(const codegen::SynapsePlan& plan);

struct ExpectedSynapses {
    double count = 0.0;
    bool exact = false;  ///< else the mean over seeds
};
/// Nothing where only the evaluation of a condition or of a probability could tell.
std::optional<ExpectedSynapses> expected_synapses(const codegen::SynapsePlan& plan);

}  // namespace bouton::connect
