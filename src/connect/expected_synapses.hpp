// SPDX-License-Identifier: BSD-3-Clause
// How many synapses a group will have, told from its description alone.
#pragma once

#include "model/spec.hpp"

#include <optional>

namespace bouton::connect {

/// Number of pairs that the two slices make, without the self pairs where these are left out.
double possible_pairs(const model::SynapseSpec& spec);

struct ExpectedSynapses {
    double count = 0.0;
    bool exact = false;  ///< else the mean over seeds
};
/// Nothing where only the evaluation of a condition or of a probability could tell.
std::optional<ExpectedSynapses> expected_synapses(const model::SynapseSpec& spec);

}  // namespace bouton::connect
