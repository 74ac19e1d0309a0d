// SPDX-License-Identifier: BSD-3-Clause
// The shape of the loops of one kernel: what is evaluated once a call, once a segment, for each element, or for each
// deferred event of one, and whether the loop over elements is divided so that the part that vectorises stands alone. Results do not change.
#pragma once

#include "codegen/ir/ir.hpp"

#include <set>
#include <vector>

namespace bouton::codegen {

enum class Level : std::uint8_t { call, segment, lane, event };

struct LoopPlan {
    std::vector<Level> levels;       ///< by op
    std::vector<int> stages;         ///< by op of level lane: even stages go one by one, odd ones vectorise
    std::vector<int> stages_in_use;  ///< in order; one alone means one loop
    std::vector<std::set<int>> taken_up;  ///< by op: the later stages that need the value
    std::vector<std::set<int>> remade;    ///< by op: the later stages that load or convert it anew
    std::vector<bool> ahead;  ///< by op: one call computes it for a whole chunk, before the first stage
    std::vector<bool> whole;  ///< by op: one call computes it for a whole chunk, at its stage, an even one
    std::vector<bool>
        flags;  ///< by op: takes up truth values of an earlier stage, which are nearly all false
    std::set<int>
        packs;  ///< stages that are written for several elements at once, and leave nothing but truth values to be listed

    /// More to meet a deferred event than to ask each synapse whether it has any.
    bool events_cost_much = false;

    bool in_chunks() const;
    bool is_kept(ValueId id) const { return !taken_up[id].empty(); }
    bool is_pack(ValueId id) const {
        return levels[id] == Level::lane && !ahead[id] && packs.count(stages[id]) > 0;
    }
};

LoopPlan plan_loops(const Kernel& kernel);

/// Whether different elements have the effects of the stage in different places.
bool are_apart(const Kernel& kernel, const LoopPlan& plan, int stage);

/// Whether no slot that may be a view of the same memory is written.
bool is_read_only(const Kernel& kernel, const ArraySlot& array);

}  // namespace bouton::codegen
