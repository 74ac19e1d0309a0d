// SPDX-License-Identifier: BSD-3-Clause
// Rules that do not go source by source: fixed_indegree, fixed_total_number, and lists of pairs.
#include "base/diagnostics.hpp"
#include "network/connect.hpp"
#include "network/draw.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace bouton::network {

namespace {

// Rows from (source, target) pairs of one block whose sources come in any order: a counting sort that keeps the
// order within a source.
void fill_rows(SynapseBlock& block, const std::vector<std::uint32_t>& sources,
               const std::vector<std::uint32_t>& targets, const std::vector<std::int64_t>* ids) {
    for (const std::uint32_t i : sources) ++block.row_begin[i + 1];
    std::partial_sum(block.row_begin.begin(), block.row_begin.end(), block.row_begin.begin());
    std::vector<std::int64_t> next(block.row_begin.begin(), block.row_begin.end() - 1);
    block.target.resize(sources.size());
    if (ids != nullptr) block.id.resize(sources.size());
    for (std::size_t k = 0; k < sources.size(); ++k) {
        const auto at = static_cast<std::size_t>(next[sources[k]]++);
        block.target[at] = targets[k];
        if (ids != nullptr) block.id[at] = (*ids)[k];
    }
}

std::string pair_text(std::uint32_t i, std::uint32_t j) {
    return "(" + std::to_string(i) + ", " + std::to_string(j) + ")";
}

}  // namespace

void connect_indegree(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.spec.connect;
    const bn::Key key = draw_key(task.seed, task.spec.name, "connect");
    SubsetDrawer subsets(store.sources);
    std::vector<std::uint32_t> drawn;
    for (SynapseBlock& block : store.blocks) {
        std::vector<std::uint32_t> sources;
        std::vector<std::uint32_t> targets;
        const auto count = static_cast<std::size_t>(block.target_end - block.target_begin) *
                           static_cast<std::size_t>(connect.n);
        sources.reserve(count);
        targets.reserve(count);
        for (std::uint32_t j = block.target_begin; j < block.target_end; ++j) {
            const std::int64_t self = task.self_source(j);
            const std::int64_t available = store.sources - (self >= 0 ? 1 : 0);
            if (connect.n > available && (!connect.multapses || available == 0)) {
                refuse(base::Code::E402, connect.span,
                       "each target should have " + std::to_string(connect.n) +
                           " different sources, but target " + std::to_string(j) + " has only " +
                           std::to_string(available) + " to choose from",
                       connect.multapses ? "" : "`multapses = true` lets a pair have several synapses");
            }
            DrawSequence sequence(key, j);
            if (connect.multapses) {
                subsets.draw_repeated(sequence, connect.n, self, drawn);
            } else {
                subsets.draw(sequence, connect.n, self, drawn);
            }
            sources.insert(sources.end(), drawn.begin(), drawn.end());
            targets.insert(targets.end(), drawn.size(), j);
        }
        fill_rows(block, sources, targets, nullptr);
    }
}

void connect_total(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.spec.connect;
    std::int64_t selves = 0;
    for (std::int64_t i = 0; i < store.sources; ++i) selves += task.self_target(i) >= 0 ? 1 : 0;
    const std::int64_t all = store.sources * store.targets;
    const std::int64_t available = all - selves;
    if (connect.n > available && (!connect.multapses || available == 0)) {
        refuse(base::Code::E402, connect.span,
               std::to_string(connect.n) + " connections are asked for, but there are only " +
                   std::to_string(available) + " pairs",
               connect.multapses ? "" : "`multapses = true` lets a pair have several synapses");
    }
    const auto is_self = [&](std::uint64_t pair) {
        const auto target = static_cast<std::int64_t>(pair) % store.targets;
        return task.self_target(static_cast<std::int64_t>(pair) / store.targets) == target;
    };
    DrawSequence sequence(draw_key(task.seed, task.spec.name, "connect"), 0);
    const bool complement = !connect.multapses && connect.n > available / 2;
    const auto wanted = static_cast<std::size_t>(complement ? available - connect.n : connect.n);
    std::vector<std::uint64_t> pairs;
    pairs.reserve(wanted);
    while (pairs.size() < wanted) {  // draws until there are enough different ones
        while (pairs.size() < wanted) {
            const std::uint64_t pair = sequence.below(static_cast<std::uint64_t>(all));
            if (!is_self(pair)) pairs.push_back(pair);
        }
        std::sort(pairs.begin(), pairs.end());
        if (!connect.multapses) pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    }
    RowSink sink(store);
    std::vector<std::uint32_t> row;
    auto next = pairs.begin();
    for (std::int64_t i = 0; i < store.sources; ++i) {
        row.clear();
        const auto first = static_cast<std::uint64_t>(i * store.targets);
        const auto end = first + static_cast<std::uint64_t>(store.targets);
        if (complement) {
            const std::int64_t self = task.self_target(i);
            for (std::uint64_t pair = first; pair < end; ++pair) {
                if (next != pairs.end() && *next == pair) {
                    ++next;
                } else if (static_cast<std::int64_t>(pair - first) != self) {
                    row.push_back(static_cast<std::uint32_t>(pair - first));
                }
            }
        } else {
            for (; next != pairs.end() && *next < end; ++next)
                row.push_back(static_cast<std::uint32_t>(*next - first));
        }
        sink.row(row);
    }
}

void connect_pairs(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.spec.connect;
    const auto& pairs = connect.pairs;
    std::vector<std::int64_t> order(pairs.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto at = [&](std::int64_t k) { return pairs[static_cast<std::size_t>(k)]; };
    const bool sorted = std::is_sorted(pairs.begin(), pairs.end());
    if (!sorted) std::stable_sort(order.begin(), order.end(), [&](auto x, auto y) { return at(x) < at(y); });
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto [i, j] = at(order[k]);
        if (i >= store.sources || j >= store.targets) {
            refuse(base::Code::E403, connect.span,
                   "pair " + std::to_string(order[k]) + ", " + pair_text(i, j) + ", lies outside the slices");
        }
        if (task.self_target(i) == j) {
            refuse(
                base::Code::E403, connect.span,
                "pair " + std::to_string(order[k]) + ", " + pair_text(i, j) + ", connects a neuron to itself",
                "`autapses = true` allows it");
        }
        if (!connect.multapses && k > 0 && at(order[k - 1]) == at(order[k])) {
            refuse(base::Code::E403, connect.span,
                   "pair " + std::to_string(order[k]) + ", " + pair_text(i, j) + ", repeats pair " +
                       std::to_string(order[k - 1]),
                   "`multapses = true` allows it");
        }
    }
    store.keeps_id = store.keeps_id || !sorted;
    for (SynapseBlock& block : store.blocks) {
        std::vector<std::uint32_t> sources;
        std::vector<std::uint32_t> targets;
        std::vector<std::int64_t> ids;
        for (const std::int64_t k : order) {
            const auto [i, j] = at(k);
            if (j < block.target_begin || j >= block.target_end) continue;
            sources.push_back(i);
            targets.push_back(j);
            ids.push_back(k);
        }
        fill_rows(block, sources, targets, store.keeps_id ? &ids : nullptr);
    }
}

}  // namespace bouton::network
