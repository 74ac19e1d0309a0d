// SPDX-License-Identifier: BSD-3-Clause
// Structural plasticity: which synapses go and which come, at the end of a step. Both are judged on the synapses as they
// stand, so that a pair pruned now cannot grow again in the same edit. Numbers of synapses are given in the order of
// (source, target) and never used again.
#include "base/diagnostics.hpp"
#include "sim/build/pair_kernels.hpp"
#include "sim/step/row_copies.hpp"
#include "sim/step/synapse_group.hpp"
#include "state/draw.hpp"

#include <algorithm>
#include <mutex>
#include <tuple>

namespace bouton::sim {

using state::Leaving;
using state::StateArray;

void SynapseGroup::find_pruned(SynapseEdit& edit) {
    if (!plan.structure->prune) return;
    std::mutex lock;
    run_stretches(
        *plan.structure->prune, nullptr,
        [&](std::size_t b, const bn_segment& row, const StateArray& out, std::int64_t first) {
            const auto* holds = static_cast<const std::uint8_t*>(out.data()) + first;
            const std::int64_t count = row.end - row.begin;
            if (std::find_if(holds, holds + count, [](std::uint8_t h) { return h != 0; }) == holds + count)
                return;
            const std::lock_guard guard(lock);
            for (std::int64_t k = 0; k < count; ++k)
                if (holds[k] != 0) edit.leaving[b].push_back({row.id, row.begin + k});
        },
        When::in_steps);
    const auto less = [](const Leaving& x, const Leaving& y) {
        return std::tie(x.source, x.position) < std::tie(y.source, y.position);
    };
    for (auto& leaving : edit.leaving)  // threads share the rows of a block
        if (!std::is_sorted(leaving.begin(), leaving.end(), less))
            std::sort(leaving.begin(), leaving.end(), less);
}

void SynapseGroup::draw_grown(const Clock& clock, SynapseEdit& edit) {
    const codegen::StructurePlan& structure = *plan.structure;
    if (!structure.grow && !structure.grow_probability) return;
    const auto epoch = static_cast<std::uint64_t>(clock.step) + 1;
    const bn::Key key = state::draw_key(clock.seed, plan.name, "grow");
    const std::optional<codegen::Kernel> none;
    PairKernels pairs(structure.grow_condition, structure.grow_probability ? none : structure.grow, scope(),
                      context_, store.targets, state::draw_key(clock.seed, plan.name, "grow p"),
                      When::in_steps);
    RowCopies copies(store);
    const bool same = plan.from.group == plan.to.group && !plan.connect.autapses;
    std::int64_t count = 0;
    std::vector<std::uint32_t> targets;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(store.sources); ++i) {
        targets.clear();
        state::draw_each(key, i, epoch, store.targets, structure.grow_probability.value_or(1.0), targets);
        if (targets.empty()) continue;
        copies.look_at(i);
        const std::int64_t self = same ? plan.from.begin + i - plan.to.begin : -1;
        std::erase_if(targets, [&](std::uint32_t j) {
            return j == self || (!plan.connect.multapses && copies.of(j) >= 0);
        });
        pairs.keep(clock, epoch, i, targets);
        std::size_t b = 0;
        for (const std::uint32_t j : targets) {
            while (j >= store.blocks[b].target_end) ++b;
            edit.coming[b].push_back({i, j, copies.next(j), store.next_id++});
        }
        count += std::ssize(targets);
        check_room(store.size() + count);
    }
}

bool SynapseGroup::edit(const Clock& clock) {
    if (!plan.structure) return false;
    SynapseEdit edit(store.blocks.size());
    const std::int64_t next_id = store.next_id;
    if (plan.structure->prune) flush(clock.step + 1);
    try {
        find_pruned(edit);
        draw_grown(clock, edit);
    } catch (...) {
        store.next_id = next_id;
        throw;
    }
    if (edit.empty()) return false;
    if (!plan.structure->prune) flush(clock.step + 1);  // new synapses meet no event from before
    // What is wrong with the first values of new synapses turns up while running: the error's status says so.
    apply(edit, [&](const Segments& grown) {
        context_.clock.step = clock.step;
        try {
            start_grown(grown, clock.step + 1);
        } catch (const base::DiagnosticError& error) {
            throw base::Error(std::string("a synapse that grew has no place in the network\n") +
                              error.what());
        }
    });
    lengthen_ring(clock.step + 1);
    return true;
}

}  // namespace bouton::sim
