// SPDX-License-Identifier: BSD-3-Clause
// What runs once over all synapses of a group runs a stretch of positions at a time, on all threads, and keeps what
// it computes for a stretch only.
#include "base/diagnostics.hpp"
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <bit>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using state::StateArray;

namespace {

/// Positions of a stretch at most.
constexpr std::int64_t kMost = 1 << 18;

struct Stretch {
    std::size_t block;
    std::vector<bn_segment> rows;
};

/// Adds a row, or a part of one, to the last stretch or to new ones.
void add(std::vector<Stretch>& stretches, std::size_t block, bn_segment row) {
    while (row.begin < row.end) {
        const bool fits = !stretches.empty() && stretches.back().block == block &&
                          row.begin >= stretches.back().rows.back().end &&
                          row.begin - stretches.back().rows.front().begin < kMost;
        if (!fits) stretches.push_back({block, {}});
        auto& rows = stretches.back().rows;
        bn_segment part = row;
        part.end = std::min(row.end, (rows.empty() ? row.begin : rows.front().begin) + kMost);
        rows.push_back(part);
        row.begin = part.end;
    }
}

std::vector<Stretch> all_stretches(const state::SynapseStore& store, const Segments* chosen) {
    std::vector<Stretch> stretches;
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        if (chosen != nullptr) {
            for (const bn_segment& row : chosen->block(b)) add(stretches, b, row);
            continue;
        }
        const auto& begin = store.blocks[b].row_begin;
        const std::int64_t* end = store.blocks[b].row_ends();
        for (std::uint32_t i = 0; i + 1 < begin.size(); ++i) add(stretches, b, {begin[i], end[i], i, i});
    }
    return stretches;
}

bool stores_out(const codegen::Kernel& kernel) {
    return std::any_of(kernel.arrays.begin(), kernel.arrays.end(), [](const codegen::ArraySlot& slot) {
        return slot.owner == codegen::Owner::scratch && slot.variable == Name::of(Role::out);
    });
}

/// What a kernel, which counts positions from the start of the block, takes for the address of `out` if that holds
/// the values from `begin` on.
void* from_position(StateArray& out, std::int64_t begin) {
    const auto before = static_cast<std::uintptr_t>(begin) * out.element_bytes();
    return std::bit_cast<void*>(std::bit_cast<std::uintptr_t>(out.data()) - before);
}

void check_rows(const codegen::Kernel& kernel, const state::SynapseStore& store) {
    if (kernel.side != codegen::Side::pre || kernel.indirect || writes_across_blocks(kernel, store))
        throw base::InternalError("kernel " + kernel.name + " cannot run over stretches of rows");
}

}  // namespace

void SynapseGroup::run_stretches(const codegen::Kernel& kernel, const Segments* chosen,
                                 const TakeStretch& take, When when) {
    check_rows(kernel, store);
    const bool has_out = stores_out(kernel);
    const auto callable = context_.callables->of(kernel, when);
    const Scope of_group = scope();
    const std::vector<Stretch> stretches = all_stretches(store, chosen);
    base::run_tasks(context_.clock.pool, stretches.size(), [&](std::size_t k, std::size_t) {
        const auto& [block, rows] = stretches[k];
        const std::int64_t begin = rows.front().begin;
        Scope with = of_group;
        with.block = block;
        StateArray out;
        if (has_out) {
            out = make_scratch(kernel, Name::of(Role::out), context_.precision, rows.back().end - begin);
            with.scratch.emplace_back(Name::of(Role::out), from_position(out, begin));
        }
        BoundKernel(kernel, callable, with)
            .run_segments(context_.clock, rows, store.blocks[block].target.data(), nullptr);
        if (!take) return;
        for (const bn_segment& row : rows) take(block, row, out, row.begin - begin);
    });
}

void SynapseGroup::run_rows(const codegen::Kernel& kernel, When when, const Clock& clock,
                            state::RowRange rows, std::vector<StateArray>& out,
                            std::vector<std::int64_t>& out_begin) {
    check_rows(kernel, store);
    out.clear();
    out_begin.clear();
    for (const state::SynapseBlock& block : store.blocks) {
        if (block.has_gaps())
            throw base::InternalError("rows that may lie anywhere are no range of positions");
        const std::int64_t begin = block.row_begin[rows.first];
        out_begin.push_back(begin);
        out.push_back(make_scratch(kernel, Name::of(Role::out), context_.precision,
                                   block.row_begin[rows.second] - begin));
    }
    const auto callable = context_.callables->of(kernel, when);
    const Scope of_group = scope();
    base::run_tasks(clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        const state::SynapseBlock& block = store.blocks[b];
        std::vector<bn_segment> segments;
        for (std::size_t i = rows.first; i < rows.second; ++i) {
            if (block.row_begin[i] < block.row_begin[i + 1])
                segments.push_back({block.row_begin[i], block.row_begin[i + 1], static_cast<std::uint32_t>(i),
                                    static_cast<std::uint32_t>(i)});
        }
        Scope with = of_group;
        with.block = b;
        with.scratch.emplace_back(Name::of(Role::out), from_position(out[b], out_begin[b]));
        BoundKernel(kernel, callable, with).run_segments(clock, segments, block.target.data(), nullptr);
    });
}

}  // namespace bouton::sim
