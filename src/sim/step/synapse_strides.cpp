// SPDX-License-Identifier: BSD-3-Clause
// A synapse group in a stride (strides.hpp).
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <limits>

namespace bouton::sim {

using codegen::Side;
using state::SynapseBlock;

bool SynapseGroup::may_take_sources_together() const {
    if (!plan.traces_source.empty()) return false;
    std::size_t pathways = 0;
    bool any_over_sources = false;
    for (const auto& pathway : plan.pathways) {
        if (pathway.side != Side::pre) continue;
        ++pathways;
        for (const auto& pass : pathway.passes) {
            any_over_sources |= pass.once_per_neuron;
            if (pass.once_per_neuron && !pass.kernel.signals.empty()) return false;
        }
    }
    return pathways <= 1 || !any_over_sources;
}

void SynapseGroup::begin_stride(const Clock& clock, std::int64_t steps) {
    make_room(clock, steps);
    for (Pathway& pathway : pathways(Side::pre)) pathway.begin_stride(clock.step);
}

void SynapseGroup::take_sources(const Clock& clock, std::int64_t steps, std::int64_t traces_step) {
    const std::int64_t at_once = sources_together_ ? steps : 1;
    Clock now = clock;
    for (; now.step < clock.step + steps; now.step += at_once) {
        if (now.step != traces_step) advance_sources(now);
        for (Pathway& pathway : pathways(Side::pre)) pathway.take_sources(now, at_once);
    }
}

void SynapseGroup::end_sources() {
    for (Pathway& pathway : pathways(Side::pre)) pathway.end_sources(store.blocks.size());
}

std::int64_t SynapseGroup::shortest_delay() const {
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
    for (const auto& pathway : plan.pathways) {
        if (pathway.side != Side::pre || pre.only_emits()) continue;
        if (pathway.delay < 0) return 0;
        const state::Delay& delay = store.delays[static_cast<std::size_t>(pathway.delay)];
        if (!delay.per_synapse) shortest = std::min(shortest, delay.steps);
        if (!delay.per_synapse) continue;
        if (const auto occurring = occurring_delays(pathway.delay); !occurring.empty())
            shortest = std::min(shortest, occurring.front());
    }
    return shortest;
}

}  // namespace bouton::sim
