// SPDX-License-Identifier: BSD-3-Clause
// How many synapses a group will have and what each of them takes, told from its description alone.
#pragma once

#include "analysis/spec.hpp"
#include "codegen/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bouton::cli {

/// Number of pairs that the two slices make, without the self pairs where these are left out.
double possible_pairs(const analysis::SynapseSpec& spec);

struct ExpectedSynapses {
    double count = 0.0;
    bool exact = false;  ///< else the mean over seeds
};
/// Nothing where only the evaluation of a condition or of a probability could tell.
std::optional<ExpectedSynapses> expected_synapses(const analysis::SynapseSpec& spec);

struct SynapseStorage {
    std::vector<std::pair<std::string, std::size_t>> per_synapse;  ///< what, bytes
    std::size_t shared_bytes = 0;  ///< per source, per target, once: all together

    std::size_t bytes_per_synapse() const;
};
SynapseStorage synapse_storage(const analysis::SynapseSpec& spec, const codegen::SynapsePlan& plan,
                               codegen::Precision precision);

}  // namespace bouton::cli
