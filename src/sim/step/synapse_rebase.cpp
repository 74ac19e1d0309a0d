// SPDX-License-Identifier: BSD-3-Clause
// Event-driven variables are stored as they were at their last event: here all are brought to the present step.
#include "sim/record/sampler.hpp"
#include "sim/step/synapse_group.hpp"

#include <deque>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;

void SynapseGroup::rebase(const Clock& clock) {
    store.rebase(clock.step);
    if (state_.deferred) move_origin(clock);
    std::deque<VariableSampler> samplers;
    for (const auto& variable : plan.final_values) {
        VariableSampler& sampler = samplers.emplace_back(variable, nullptr, this, context_, When::once);
        sampler.bind();
        sampler.evaluate(clock);
    }
    for (const VariableSampler& sampler : samplers) sampler.store_back();
    for (const Role role : {Role::updated_at, Role::source_updated_at}) {
        const int v = store.find(Name::of(role));
        if (v < 0) continue;
        const auto placement = store.variables[static_cast<std::size_t>(v)].placement;
        const std::size_t arrays = placement == codegen::Placement::per_synapse ? store.blocks.size() : 1;
        for (std::size_t b = 0; b < arrays; ++b)
            store.array(v, b).fill(static_cast<double>(clock.step - state_.counted_from));
    }
    all_.clear();
}

}  // namespace bouton::sim
