// SPDX-License-Identifier: BSD-3-Clause
// Changes which synapses a group has, in place: what depends on them follows.
#include "sim/step/synapse_group.hpp"

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using state::RowPart;
using state::SynapseBlock;

// Of what is counted by target and by delay: `sign` times this synapse.
void SynapseGroup::count_synapse(const SynapseBlock& block, std::int64_t position, std::int64_t sign) {
    const auto at = static_cast<std::size_t>(position);
    if (state_.deferred) in_degree_[block.target[at]] += sign;
    for (std::size_t d = 0; d < delay_counts_.size(); ++d) {
        if (!store.delays[d].per_synapse) continue;
        const std::uint16_t steps = block.delay_steps[d][at];
        if (delay_counts_[d].size() <= steps) delay_counts_[d].resize(steps + std::size_t{1}, 0);
        delay_counts_[d][steps] += sign;
    }
}

void SynapseGroup::apply(const SynapseEdit& edit, const std::function<void(const Segments&)>& start) {
    for (std::size_t b = 0; b < edit.leaving.size(); ++b)
        for (const state::Leaving& leaving : edit.leaving[b])
            count_synapse(store.blocks[b], leaving.position, -1);
    std::vector<std::vector<RowPart>> appended(store.blocks.size());
    base::run_tasks(context_.clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        store.remove(store.blocks[b], edit.leaving[b]);
        appended[b] = store.append(store.blocks[b], edit.coming[b]);
    });
    all_.clear();
    Segments grown(store.blocks.size());
    for (std::size_t b = 0; b < appended.size(); ++b)
        for (const RowPart& part : appended[b]) grown.add_range(b, part.begin, part.end, part.source);
    const std::vector<state::Delay> delays = store.delays;
    try {
        check_numbers(true);
        if (grown.synapses() > 0) start(grown);
    } catch (...) {
        for (std::size_t b = 0; b < appended.size(); ++b) store.retract(store.blocks[b], appended[b]);
        store.delays = delays;
        build_indices();
        throw;
    }
    for (std::size_t b = 0; b < appended.size(); ++b)
        for (const RowPart& part : appended[b])
            for (std::int64_t p = part.begin; p < part.end; ++p) count_synapse(store.blocks[b], p, 1);
    base::run_tasks(context_.clock.pool, store.blocks.size(),
                    [&](std::size_t b, std::size_t) { store.settle(store.blocks[b], appended[b]); });
    build_indices();
    if (grown.synapses() > 0) run_own_propagators();
}

// Event-driven variables of new synapses count from now.
void SynapseGroup::set_last_update(const Segments& grown, std::int64_t step) {
    const int v = store.find(Name::of(Role::updated_at));
    if (v < 0) return;
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        for (const bn_segment& segment : grown.block(b)) {
            for (std::int64_t p = segment.begin; p < segment.end; ++p)
                store.array(v, b).set(p, static_cast<double>(step - state_.counted_from));
        }
    }
}

// First values and delays of new synapses.
void SynapseGroup::start_grown(const Segments& grown, std::int64_t step) {
    set_last_update(grown, step);
    for (const auto& initialiser : plan.initialisers) run_initialiser(initialiser, &grown);
    for (const auto& range : plan.ranges) check_range(range, &grown);
    evaluate_delays(&grown);
    keep_history();
}

}  // namespace bouton::sim
