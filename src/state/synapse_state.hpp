// SPDX-License-Identifier: BSD-3-Clause
// What a synapse group is between two steps: everything on which the steps to come depend. The group itself holds kernels
// that are bound to this.
#pragma once

#include "state/deferred_events.hpp"
#include "state/synapse_store.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace bouton::state {

struct SynapseState {
    SynapseState(const codegen::SynapsePlan& plan, codegen::Precision precision, std::int64_t sources,
                 const std::vector<std::int64_t>& target_bounds)
        : store(plan, precision, sources, target_bounds) {}

    SynapseStore store;
    StateArray ring;  ///< rows of padded targets: delayed input by the step in which it arrives
    std::int64_t ring_rows = 0;
    std::unique_ptr<DeferredEvents> deferred;  ///< null: postsynaptic events do not wait
    std::int64_t counted_from = 0;             ///< Role::counted_from
    std::int64_t epoch = -1;                   ///< the step from which the steps of kept events count

    void archive(base::Archive& archive);
};

}  // namespace bouton::state
