// SPDX-License-Identifier: BSD-3-Clause
// Order within the blocks of a synapse group: sorted rows, indices from the other end, structural edits.
#include "base/diagnostics.hpp"
#include "network/synapse_store.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouton::network {

using codegen::Side;

namespace {

template <class T>
void gather(std::vector<T>& values, const std::vector<std::int64_t>& from) {
    if (values.empty()) return;
    std::vector<T> result(from.size());
    for (std::size_t k = 0; k < from.size(); ++k) {
        if (from[k] >= 0) result[k] = values[static_cast<std::size_t>(from[k])];
    }
    values = std::move(result);
}

}  // namespace

void SynapseStore::rearrange(SynapseBlock& block, const std::vector<std::int64_t>& from) {
    gather(block.target, from);
    gather(block.source, from);
    gather(block.id, from);
    for (auto& steps : block.delay_steps) gather(steps, from);
    for (std::size_t v = 0; v < block.arrays.size(); ++v) {
        if (variables[v].placement != codegen::Placement::per_synapse) continue;
        block.arrays[v] = block.arrays[v].gathered(from, variables[v].fill);
    }
}

void SynapseStore::sort_rows(SynapseBlock& block) {
    static const std::vector<std::uint16_t> kNone;
    const auto& steps = row_delay < 0 ? kNone : block.delay_steps[static_cast<std::size_t>(row_delay)];
    const auto less = [&](std::int64_t x, std::int64_t y) {
        const auto a = static_cast<std::size_t>(x);
        const auto b = static_cast<std::size_t>(y);
        if (!steps.empty() && steps[a] != steps[b]) return steps[a] < steps[b];
        return block.target[a] < block.target[b];
    };
    std::vector<std::int64_t> from(block.target.size());
    std::iota(from.begin(), from.end(), std::int64_t{0});
    bool moved = false;
    for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i) {
        const auto first = from.begin() + block.row_begin[i];
        const auto last = from.begin() + block.row_begin[i + 1];
        if (std::is_sorted(first, last, less)) continue;
        std::stable_sort(first, last, less);
        moved = true;
    }
    if (moved) rearrange(block, from);
}

void SynapseStore::fill_source(SynapseBlock& block) const {
    if (!keeps_source) return;
    block.source.resize(block.target.size());
    for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i) {
        std::fill(block.source.begin() + block.row_begin[i], block.source.begin() + block.row_begin[i + 1],
                  static_cast<std::uint32_t>(i));
    }
}

void SynapseStore::build_index(SynapseBlock& block, OrderedIndex& index) const {
    if (block.target.size() > std::numeric_limits<std::uint32_t>::max()) {
        throw base::Error(
            "a synapse group with postsynaptic events holds more than 2^32 synapses in one block");
    }
    index.order.resize(block.target.size());
    if (index.side == Side::pre) {
        index.begin = block.row_begin;
        std::iota(index.order.begin(), index.order.end(), std::uint32_t{0});
    } else {
        index.begin.assign(block.target_end - block.target_begin + 1, 0);
        for (const std::uint32_t j : block.target) ++index.begin[j - block.target_begin + 1];
        std::partial_sum(index.begin.begin(), index.begin.end(), index.begin.begin());
        std::vector<std::int64_t> next(index.begin.begin(), index.begin.end() - 1);
        for (std::size_t p = 0; p < block.target.size(); ++p) {
            const auto at = static_cast<std::size_t>(next[block.target[p] - block.target_begin]++);
            index.order[at] = static_cast<std::uint32_t>(p);
        }
    }
    if (index.delay < 0) return;
    const auto& steps = block.delay_steps[static_cast<std::size_t>(index.delay)];
    for (std::size_t n = 0; n + 1 < index.begin.size(); ++n) {
        std::stable_sort(index.order.begin() + index.begin[n], index.order.begin() + index.begin[n + 1],
                         [&](std::uint32_t x, std::uint32_t y) { return steps[x] < steps[y]; });
    }
}

void SynapseStore::edit(SynapseBlock& block, const std::vector<std::uint8_t>& pruned,
                        const std::vector<Grown>& grown) {
    std::vector<std::int64_t> from;
    std::vector<std::int64_t> row_begin(block.row_begin.size(), 0);
    std::vector<std::pair<std::size_t, const Grown*>> added;
    from.reserve(block.target.size() + grown.size());
    auto next = grown.begin();
    for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i) {
        for (std::int64_t p = block.row_begin[i]; p < block.row_begin[i + 1]; ++p) {
            if (pruned.empty() || !pruned[static_cast<std::size_t>(p)]) from.push_back(p);
        }
        for (; next != grown.end() && next->source == i; ++next) {
            added.emplace_back(from.size(), &*next);
            from.push_back(-1);
        }
        row_begin[i + 1] = static_cast<std::int64_t>(from.size());
    }
    const bool was_empty = block.target.empty();
    rearrange(block, from);
    if (was_empty) {
        block.target.resize(from.size());
        if (keeps_id) block.id.resize(from.size());
        for (std::size_t d = 0; d < delays.size(); ++d) {
            if (delays[d].per_synapse) block.delay_steps[d].resize(from.size());
        }
    }
    block.row_begin = std::move(row_begin);
    const int copy = find("_multiplicity");
    for (const auto& [at, synapse] : added) {
        block.target[at] = synapse->target;
        if (keeps_id) block.id[at] = synapse->id;
        if (copy >= 0)
            block.arrays[static_cast<std::size_t>(copy)].set(static_cast<std::int64_t>(at),
                                                             synapse->multiplicity);
    }
}

std::pair<std::int64_t, std::int64_t> find_range(const SynapseBlock& block, const OrderedIndex* index,
                                                 int delay, std::uint32_t n, std::int64_t steps) {
    const bool post = index != nullptr && index->side == Side::post;
    if (post && (n < block.target_begin || n >= block.target_end)) return {0, 0};
    const std::size_t row = post ? n - block.target_begin : n;
    const auto& begin = index != nullptr ? index->begin : block.row_begin;
    if (delay < 0) return {begin[row], begin[row + 1]};
    const auto& of = block.delay_steps[static_cast<std::size_t>(delay)];
    if (index == nullptr) {
        const auto [first, last] = std::equal_range(of.begin() + begin[row], of.begin() + begin[row + 1],
                                                    static_cast<std::uint16_t>(steps));
        return {first - of.begin(), last - of.begin()};
    }
    const auto first = index->order.begin() + begin[row];
    const auto last = index->order.begin() + begin[row + 1];
    const auto low = std::partition_point(first, last, [&](std::uint32_t p) { return of[p] < steps; });
    const auto high = std::partition_point(low, last, [&](std::uint32_t p) { return of[p] == steps; });
    return {low - index->order.begin(), high - index->order.begin()};
}

}  // namespace bouton::network
