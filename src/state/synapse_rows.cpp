// SPDX-License-Identifier: BSD-3-Clause
// Order within the blocks of a synapse group: sorted rows, indices from the other end.
#include "base/diagnostics.hpp"
#include "base/stop.hpp"
#include "state/synapse_store.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouton::state {

using codegen::Side;

namespace {

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

void SynapseStore::sort_rows(SynapseBlock& block, std::size_t first_row, std::size_t last_row) {
    std::vector<std::uint32_t> from;
    for (std::size_t i = first_row; i < last_row; ++i) {
        base::check_stop();
        const std::int64_t begin = block.row_begin[i];
        const std::uint32_t* target = block.target.data() + begin;
        from.resize(static_cast<std::size_t>(block.end_of(i) - begin));
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

RowFinder::RowFinder(const SynapseBlock& block) : block_(&block) {
    if (!block.has_gaps()) return;
    for (std::uint32_t i = 0; i < block.row_end.size(); ++i)
        if (block.row_begin[i] < block.row_end[i]) by_begin_.push_back(i);
    const auto less = [&](std::uint32_t x, std::uint32_t y) {
        return block.row_begin[x] < block.row_begin[y];
    };
    if (!std::is_sorted(by_begin_.begin(), by_begin_.end(), less))
        std::sort(by_begin_.begin(), by_begin_.end(), less);
}

std::size_t RowFinder::row_of(std::int64_t position) {
    const auto& begin = block_->row_begin;
    const auto row = [&](std::size_t k) { return block_->has_gaps() ? by_begin_[k] : k; };
    if (position >= begin[row(last_)] && position < block_->end_of(row(last_))) return row(last_);
    std::size_t low = 0, high = block_->has_gaps() ? by_begin_.size() : begin.size() - 1;
    while (high - low > 1) {  // begin[row(low)] <= position < begin[row(high)]
        const std::size_t middle = (low + high) / 2;
        (begin[row(middle)] <= position ? low : high) = middle;
    }
    last_ = low;
    return row(low);
}

std::vector<RowRange> row_ranges(const SynapseStore& store, std::int64_t most) {
    std::vector<RowRange> ranges;
    const auto rows = static_cast<std::size_t>(store.sources);
    std::size_t first = 0;
    std::int64_t size = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        std::int64_t row = 0;
        for (const SynapseBlock& block : store.blocks) row += block.end_of(i) - block.row_begin[i];
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
        std::fill(block.source.begin() + block.row_begin[i], block.source.begin() + block.end_of(i),
                  static_cast<std::uint32_t>(i));
    }
}

void SynapseStore::build_index(SynapseBlock& block, OrderedIndex& index) const {
    if (block.target.size() > std::numeric_limits<std::uint32_t>::max())
        throw base::InternalError("a block with more synapses than an index can number");
    const std::size_t rows = block.row_begin.size() - 1;
    index.order.resize(static_cast<std::size_t>(block.size()));
    base::StopCheck stop(1 << 6);
    if (index.side == Side::pre) {
        index.begin.assign(rows + 1, 0);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::int64_t length = block.end_of(i) - block.row_begin[i];
            index.begin[i + 1] = index.begin[i] + length;
            std::iota(index.order.begin() + index.begin[i], index.order.begin() + index.begin[i + 1],
                      static_cast<std::uint32_t>(block.row_begin[i]));
        }
    } else {
        index.begin.assign(block.target_end - block.target_begin + 1, 0);
        const auto each = [&](const auto& function) {  // in the order of sources, wherever their rows lie
            for (std::size_t i = 0; i < rows; ++i) {
                stop.turn();
                for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p)
                    function(static_cast<std::size_t>(p));
            }
        };
        each([&](std::size_t p) { ++index.begin[block.target[p] - block.target_begin + 1]; });
        std::partial_sum(index.begin.begin(), index.begin.end(), index.begin.begin());
        std::vector<std::int64_t> next(index.begin.begin(), index.begin.end() - 1);
        each([&](std::size_t p) {
            const auto at = static_cast<std::size_t>(next[block.target[p] - block.target_begin]++);
            index.order[at] = static_cast<std::uint32_t>(p);
        });
    }
    if (index.delay < 0) return;
    const auto& steps = block.delay_steps[static_cast<std::size_t>(index.delay)];
    for (std::size_t n = 0; n + 1 < index.begin.size(); ++n) {
        stop.turn();
        sort_by_steps(index.order.data() + index.begin[n], index.order.data() + index.begin[n + 1],
                      [&](std::uint32_t p) { return steps[p]; });
    }
}

std::pair<std::int64_t, std::int64_t> find_range(const SynapseBlock& block, const OrderedIndex* index,
                                                 int delay, std::uint32_t n, std::int64_t steps) {
    const bool post = index != nullptr && index->side == Side::post;
    if (post && (n < block.target_begin || n >= block.target_end)) return {0, 0};
    const std::size_t row = post ? n - block.target_begin : n;
    const std::int64_t begin = index != nullptr ? index->begin[row] : block.row_begin[row];
    const std::int64_t end = index != nullptr ? index->begin[row + 1] : block.end_of(row);
    if (delay < 0) return {begin, end};
    const auto& of = block.delay_steps[static_cast<std::size_t>(delay)];
    if (index == nullptr) {
        const auto [first, last] =
            std::equal_range(of.begin() + begin, of.begin() + end, static_cast<std::uint16_t>(steps));
        return {first - of.begin(), last - of.begin()};
    }
    const auto first = index->order.begin() + begin;
    const auto last = index->order.begin() + end;
    const auto low = std::partition_point(first, last, [&](std::uint32_t p) { return of[p] < steps; });
    const auto high = std::partition_point(low, last, [&](std::uint32_t p) { return of[p] == steps; });
    return {low - index->order.begin(), high - index->order.begin()};
}

}  // namespace bouton::state
