// SPDX-License-Identifier: BSD-3-Clause
// Which targets a source has, and how often.
#pragma once

#include "state/synapse_store.hpp"

#include <cstdint>
#include <vector>

namespace bouton::sim {

class RowCopies {
public:
    /// The store must outlive it.
    explicit RowCopies(const state::SynapseStore& store);

    /// What is asked from now on is about this source.
    void look_at(std::uint32_t source);
    /// The greatest multiplicity of a synapse onto this target; -1: there is none.
    std::int32_t of(std::uint32_t target) const;
    /// The multiplicity of one more; throws if there are too many.
    std::uint16_t next(std::uint32_t target) const;

private:
    std::int32_t multiplicity(const state::SynapseBlock& block, std::int64_t position) const;

    const state::SynapseStore& store_;
    int copy_;
    std::uint32_t source_ = 0;
    std::vector<std::int32_t> known_;  ///< by target, of rows that are not in the order of targets
    std::vector<std::uint32_t> marked_;
};

}  // namespace bouton::sim
