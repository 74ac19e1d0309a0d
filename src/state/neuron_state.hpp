// SPDX-License-Identifier: BSD-3-Clause
// What a neuron group is between two steps: everything on which the steps to come depend. The group itself holds kernels
// that are bound to this.
#pragma once

#include "state/draw.hpp"
#include "state/neuron_store.hpp"
#include "state/spike_history.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bouton::state {

/// A spike to come of a group whose spikes are given.
struct GivenSpike {
    std::int64_t step = 0;
    std::uint32_t neuron = 0;
    auto operator<=>(const GivenSpike&) const = default;
};

struct NeuronState {
    NeuronState(const codegen::NeuronPlan& plan, codegen::Precision precision) : store(plan, precision) {}

    NeuronStore store;
    SpikeHistory history;
    std::vector<GivenSpike> given;  ///< ascending
    std::size_t next_given = 0;
    std::optional<HitSequence> chance;  ///< spikes as hits among steps times neurons

    /// `bounds`: of the parts of the group.
    void archive(base::Archive& archive, std::span<const std::int64_t> bounds);
};

}  // namespace bouton::state
