// SPDX-License-Identifier: BSD-3-Clause
// What a synapse of a group takes, told from its description alone.
#pragma once

#include "analysis/spec.hpp"
#include "codegen/plan.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bouton::cli {

struct SynapseStorage {
    std::vector<std::pair<std::string, std::size_t>> per_synapse;  ///< what, bytes
    std::size_t shared_bytes = 0;  ///< per source, per target, once: all together

    std::size_t bytes_per_synapse() const;
};
SynapseStorage synapse_storage(const analysis::SynapseSpec& spec, const codegen::SynapsePlan& plan,
                               codegen::Precision precision);

}  // namespace bouton::cli
