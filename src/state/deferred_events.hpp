// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events of a synapse group that wait until the presynaptic neurons spike: the last ones of each target.
// Layout: bn_deferred in kernel/kernel_abi.h.
#pragma once

#include "base/cache_line.hpp"
#include "codegen/plan/plan.hpp"
#include "kernel/kernel_abi.h"
#include "state/array.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace bouton::state {

class DeferredEvents {
public:
    /// `parts`: of the targets, each with a thread of its own.
    DeferredEvents(codegen::Precision precision, const codegen::DeferredPlan& plan, std::int64_t targets,
                   std::size_t parts);

    /// What kernels see; `processed_until` is theirs to set.
    bn_deferred& view() { return view_; }
    /// Where the kernel that runs over spiking targets leaves the fields, Role::event_field, by target.
    std::vector<std::pair<codegen::Name, StateArray>>& fields() { return fields_; }

    /// Whether any event waits.
    bool any() const {
        return std::any_of(most_.begin(), most_.end(), [](const Most& most) { return most.waiting > 0; });
    }
    /// Whether one more event of each of these targets fits.
    bool has_room(std::span<const std::uint32_t> targets) const;
    /// Whether so many more events of every target fit.
    bool has_room(std::int64_t events) const;
    /// Keeps an event of each target, from its fields. All belong to the part, or there is but one thread.
    void keep(std::span<const std::uint32_t> targets, std::size_t part);
    /// All synapses have met all events.
    void flushed();
    /// Forgets all events, which have been met: what says when they were begins anew.
    void begin_epoch();
    /// What waits; `bounds`: of the targets of the parts.
    void archive(base::Archive& archive, std::span<const std::int64_t> bounds);
    std::size_t bytes() const;
    /// The same, told before anything is built; the in-degrees of the targets included.
    static std::size_t bytes_of(codegen::Precision precision, const codegen::DeferredPlan& plan,
                                std::int64_t targets);

private:
    StateArray values_;
    std::vector<std::pair<codegen::Name, StateArray>> fields_;
    base::CacheLineVector<std::uint8_t> waiting_;  ///< by target: events since all were met
    /// The most of any target of a part, on a line of the cache that no other part touches.
    struct alignas(base::kCacheLineBytes) Most {
        std::uint8_t waiting = 0;
    };
    std::vector<Most> most_;
    double none_;  ///< in place of what says when an event was, if there is none
    bn_deferred view_{};
};

}  // namespace bouton::state
