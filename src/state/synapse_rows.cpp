// SPDX-License-Identifier: BSD-3-Clause
// Order within the blocks of a synapse group: sorted rows, indices from the other end, structural edits.
#include "base/diagnostics.hpp"
#include "base/stop.hpp"
#include "state/synapse_store.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouton::state {

using codegen::Side;

namespace {

template <class T>
void gather(Column<T>& values, const std::vector<std::int64_t>& from) {
    if (values.empty()) return;
    Column<T> result(from.size());
    for (std::size_t k = 0; k < from.size(); ++k) {
        result[k] = from[k] >= 0 ? values[static_cast<std::size_t>(from[k])] : T{};
    }
    values = std::move(result);
}

// Element k of the row becomes what element from[k] was.
template <class T>
void permute(T* row, const std::vector<std::uint32_t>& from) {
    const std::vector<T> old(row, row + from.size());
    for (std::size_t k = 0; k < from.size(); ++k) row[k] = old[from[k]];
}

// Sorts numbers by the delay that `steps` knows of each, keeping the order of equals.
template <class Steps>
void sort_by_steps(std::uint32_t* first, std::uint32_t* last, const Steps& steps) {
    const auto less = [&](std::uint32_t x, std::uint32_t y) { return steps(x) < steps(y); };
    if (std::is_sorted(first, last, less)) return;
    const auto [low, high] = std::minmax_element(first, last, less);
    const std::size_t least = steps(*low);
    const std::size_t range = steps(*high) - least + 1;
    if (range > 16 * static_cast<std::size_t>(last - first)) {
        std::stable_sort(first, last, less);
        return;
    }
    std::vector<std::uint32_t> place(range + 1, 0);
    for (const std::uint32_t* k = first; k != last; ++k) ++place[steps(*k) - least + 1];
    std::partial_sum(place.begin(), place.end(), place.begin());
    const std::vector<std::uint32_t> old(first, last);
    for (const std::uint32_t k : old) first[place[steps(k) - least]++] = k;
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

void SynapseStore::sort_rows(SynapseBlock& block, std::size_t first_row, std::size_t last_row) {
    std::vector<std::uint32_t> from;
    for (std::size_t i = first_row; i < last_row; ++i) {
        base::check_stop();
        const std::int64_t begin = block.row_begin[i];
        const std::uint32_t* target = block.target.data() + begin;
        from.resize(static_cast<std::size_t>(block.row_begin[i + 1] - begin));
        std::iota(from.begin(), from.end(), 0U);
        const auto less = [&](std::uint32_t x, std::uint32_t y) { return target[x] < target[y]; };
        if (!std::is_sorted(from.begin(), from.end(), less)) std::stable_sort(from.begin(), from.end(), less);
        if (row_delay >= 0) {
            const std::uint16_t* steps =
                block.delay_steps[static_cast<std::size_t>(row_delay)].data() + begin;
            sort_by_steps(from.data(), from.data() + from.size(), [&](std::uint32_t k) { return steps[k]; });
        }
        if (std::is_sorted(from.begin(), from.end())) continue;
        permute(block.target.data() + begin, from);
        if (!block.source.empty()) permute(block.source.data() + begin, from);
        if (!block.id.empty()) permute(block.id.data() + begin, from);
        for (auto& of : block.delay_steps) {
            if (!of.empty()) permute(of.data() + begin, from);
        }
        for (std::size_t v = 0; v < block.arrays.size(); ++v) {
            if (variables[v].placement != codegen::Placement::per_synapse) continue;
            block.arrays[v].visit([&](auto* values) { permute(values + begin, from); });
        }
    }
}

void SynapseStore::sort_rows(base::ThreadPool* pool) {
    const auto ranges = row_ranges(*this);
    base::run_tasks(pool, ranges.size(), [&](std::size_t k, std::size_t) {
        for (SynapseBlock& block : blocks) sort_rows(block, ranges[k].first, ranges[k].second);
    });
}

std::vector<RowRange> row_ranges(const SynapseStore& store, std::int64_t most) {
    std::vector<RowRange> ranges;
    const auto rows = static_cast<std::size_t>(store.sources);
    std::size_t first = 0;
    std::int64_t size = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        std::int64_t row = 0;
        for (const SynapseBlock& block : store.blocks) row += block.row_begin[i + 1] - block.row_begin[i];
        if (size > 0 && size + row > most) {
            ranges.emplace_back(first, i);
            first = i;
            size = 0;
        }
        size += row;
    }
    if (first < rows) ranges.emplace_back(first, rows);
    return ranges;
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
    if (block.target.size() > std::numeric_limits<std::uint32_t>::max())
        throw base::InternalError("a block with more synapses than an index can number");
    index.order.resize(block.target.size());
    if (index.side == Side::pre) {
        index.begin = block.row_begin;
        std::iota(index.order.begin(), index.order.end(), std::uint32_t{0});
    } else {
        index.begin.assign(block.target_end - block.target_begin + 1, 0);
        for (const std::uint32_t j : block.target) ++index.begin[j - block.target_begin + 1];
        std::partial_sum(index.begin.begin(), index.begin.end(), index.begin.begin());
        std::vector<std::int64_t> next(index.begin.begin(), index.begin.end() - 1);
        base::StopCheck stop(1 << 16);
        for (std::size_t p = 0; p < block.target.size(); ++p) {
            stop.turn();
            const auto at = static_cast<std::size_t>(next[block.target[p] - block.target_begin]++);
            index.order[at] = static_cast<std::uint32_t>(p);
        }
    }
    if (index.delay < 0) return;
    const auto& steps = block.delay_steps[static_cast<std::size_t>(index.delay)];
    base::StopCheck stop(1 << 6);
    for (std::size_t n = 0; n + 1 < index.begin.size(); ++n) {
        stop.turn();
        sort_by_steps(index.order.data() + index.begin[n], index.order.data() + index.begin[n + 1],
                      [&](std::uint32_t p) { return steps[p]; });
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
    const int copy = find(codegen::Name::of(codegen::Role::multiplicity));
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

}  // namespace bouton::state
