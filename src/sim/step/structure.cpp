// SPDX-License-Identifier: BSD-3-Clause
// Structural plasticity: synapses that go and synapses that come, at the end of a step. Both are judged on the
// synapses as they stand, so that a pair pruned now cannot grow again in the same edit. Numbers of synapses are
// given in the order of (source, target) and never used again.
#include "base/diagnostics.hpp"
#include "sim/build/pair_kernels.hpp"
#include "sim/step/synapse_group.hpp"
#include "state/draw.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using state::Grown;
using state::StateArray;
using state::SynapseBlock;

std::vector<std::vector<std::uint8_t>> SynapseGroup::find_pruned(const Clock& clock, std::int64_t& count) {
    std::vector<std::vector<std::uint8_t>> pruned(store.blocks.size());
    count = 0;
    if (!plan.structure->prune) return pruned;
    const codegen::Kernel& kernel = *plan.structure->prune;
    std::vector<StateArray> out;
    for (const SynapseBlock& block : store.blocks) {
        out.push_back(make_scratch(kernel, Name::of(Role::out), context_.precision, block.size()));
    }
    RowKernel rows = bind_rows(kernel, nullptr, [&](std::size_t b) {
        return Scratch{{Name::of(Role::out), out[b].data()}};
    });
    rows.run(clock, all(rows.route()));
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        pruned[b].resize(store.blocks[b].target.size());
        for (std::size_t p = 0; p < pruned[b].size(); ++p) {
            pruned[b][p] = out[b].get(static_cast<std::int64_t>(p)) != 0.0 ? 1 : 0;
            count += pruned[b][p];
        }
    }
    return pruned;
}

std::vector<Grown> SynapseGroup::draw_grown(const Clock& clock) {
    const codegen::StructurePlan& structure = *plan.structure;
    std::vector<Grown> grown;
    if (!structure.grow && !structure.grow_probability) return grown;
    const auto epoch = static_cast<std::uint64_t>(clock.step) + 1;
    const bn::Key key = state::draw_key(clock.seed, plan.name, "grow");
    const std::optional<codegen::Kernel> none;
    PairKernels pairs(structure.grow_condition, structure.grow_probability ? none : structure.grow, scope(),
                      context_, store.targets, state::draw_key(clock.seed, plan.name, "grow p"),
                      When::in_steps);
    const int copy = store.find(Name::of(Role::multiplicity));
    std::vector<std::int32_t> copies(static_cast<std::size_t>(store.targets),
                                     -1);  // of this row; -1: no synapse
    std::vector<std::uint32_t> targets;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(store.sources); ++i) {
        const auto each = [&](auto&& function) {
            for (const SynapseBlock& block : store.blocks) {
                for (std::int64_t p = block.row_begin[i]; p < block.row_begin[i + 1]; ++p) function(block, p);
            }
        };
        each([&](const SynapseBlock& block, std::int64_t p) {
            const double number = copy < 0 ? 0.0 : block.arrays[static_cast<std::size_t>(copy)].get(p);
            auto& known = copies[block.target[static_cast<std::size_t>(p)]];
            known = std::max(known, static_cast<std::int32_t>(number));
        });
        targets.clear();
        state::draw_each(key, i, epoch, store.targets, structure.grow_probability.value_or(1.0), targets);
        const bool same = plan.from.group == plan.to.group && !plan.connect.autapses;
        const std::int64_t self = same ? plan.from.begin + i - plan.to.begin : -1;
        std::erase_if(targets, [&](std::uint32_t j) {
            return j == self || (!plan.connect.multapses && copies[j] >= 0);
        });
        pairs.keep(clock, epoch, i, targets);
        for (const std::uint32_t j : targets) {
            if (copies[j] >= 0xFFFF) throw base::Error("a pair of neurons with more than 65536 synapses");
            grown.push_back({i, j, static_cast<std::uint16_t>(copies[j] + 1), store.next_id++});
        }
        check_room(store.size() + std::ssize(grown));
        each([&](const SynapseBlock& block, std::int64_t p) {
            copies[block.target[static_cast<std::size_t>(p)]] = -1;
        });
    }
    return grown;
}

Segments SynapseGroup::grown_segments(std::int64_t first_id) const {
    Segments segments(store.blocks.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(store.sources); ++i) {
        for (std::size_t b = 0; b < store.blocks.size(); ++b) {
            const SynapseBlock& block = store.blocks[b];
            // grown synapses stand at the end of their row
            std::int64_t p = block.row_begin[i + 1];
            while (p > block.row_begin[i] && block.id[static_cast<std::size_t>(p) - 1] >= first_id) --p;
            if (p < block.row_begin[i + 1])
                segments.add_range(b, p, block.row_begin[i + 1], static_cast<std::uint32_t>(i));
        }
    }
    return segments;
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

// First values and delays of new synapses. What is wrong with them turns up while running: the error's status says so.
void SynapseGroup::start_grown(const Segments& grown, std::int64_t step) {
    set_last_update(grown, step);
    try {
        for (const auto& initialiser : plan.initialisers) run_initialiser(initialiser, &grown);
        for (const auto& range : plan.ranges) check_range(range, &grown);
        evaluate_delays(&grown);
    } catch (const base::DiagnosticError& error) {
        throw base::Error(std::string("a synapse that grew has no place in the network\n") + error.what());
    }
}

bool SynapseGroup::edit(const Clock& clock) {
    if (!plan.structure) return false;
    flush(clock.step + 1);
    std::int64_t gone = 0;
    const std::int64_t first_id = store.next_id;
    const auto pruned = find_pruned(clock, gone);
    const std::vector<Grown> grown = draw_grown(clock);
    if (gone == 0 && grown.empty()) return false;
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        SynapseBlock& block = store.blocks[b];
        std::vector<Grown> mine;
        for (const Grown& synapse : grown) {
            if (synapse.target >= block.target_begin && synapse.target < block.target_end)
                mine.push_back(synapse);
        }
        store.edit(block, pruned[b], mine);
    }
    check_numbers(true);
    all_.clear();
    if (!grown.empty()) {
        context_.clock.step = clock.step;
        start_grown(grown_segments(first_id), clock.step + 1);
    }
    store.sort_rows(clock.pool);
    build_indices();
    run_propagators();
    count_in_degrees();
    lengthen_ring(clock);
    keep_history();
    return true;
}

}  // namespace bouton::sim
