// SPDX-License-Identifier: BSD-3-Clause
// Rows that are drawn source by source: threads draw batches of a few sources, then the batches are laid one behind
// the other. A batch stays in the cache, and nothing is held twice.
#include "base/stop.hpp"
#include "connect/connect.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace bouton::connect {

using state::SynapseBlock;
using state::SynapseStore;

namespace {

/// Synapses of a batch, about.
constexpr double kBatch = 1 << 16;

struct Batch {
    std::vector<std::uint32_t> targets;  ///< row by row
    std::vector<std::int64_t> begin;     ///< by block: the number of its synapses, then where they go
};

// Room for what is expected and five standard deviations; pages that are not needed stay untouched.
void reserve(SynapseStore& store, double p) {
    for (SynapseBlock& block : store.blocks) {
        const double pairs = static_cast<double>(store.sources) * (block.target_end - block.target_begin);
        const double few = std::min(p, 1.0);
        const double expected = pairs * p + 5.0 * std::sqrt(pairs * p * (1.0 - few)) + 64.0;
        block.target.reserve(static_cast<std::size_t>(few < 1.0 ? expected : pairs * p));
    }
}

// Until its targets are copied, row_begin[i + 1] holds how many synapses of source i a block has.
void split(SynapseStore& store, std::size_t source, const std::vector<std::uint32_t>& row, Batch& batch) {
    auto first = row.begin();
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        SynapseBlock& block = store.blocks[b];
        const auto last =
            b + 1 == store.blocks.size() ? row.end() : std::lower_bound(first, row.end(), block.target_end);
        block.row_begin[source + 1] = last - first;
        batch.begin[b] += last - first;
        first = last;
    }
    batch.targets.insert(batch.targets.end(), row.begin(), row.end());
}

void copy(SynapseStore& store, std::size_t first, std::size_t end, Batch& batch) {
    const std::uint32_t* from = batch.targets.data();
    for (std::size_t i = first; i < end; ++i) {
        for (std::size_t b = 0; b < store.blocks.size(); ++b) {
            SynapseBlock& block = store.blocks[b];
            const auto count = static_cast<std::size_t>(block.row_begin[i + 1]);
            if (count > 0) {
                std::memcpy(block.target.data() + batch.begin[b], from, count * sizeof *from);
            }
            from += count;
            batch.begin[b] += block.row_begin[i + 1];
            block.row_begin[i + 1] = batch.begin[b];
        }
    }
}

}  // namespace

void connect_rows(const ConnectTask& task, SynapseStore& store, double p, const RowFunction& draw) {
    if (p > 0.0) reserve(store, p);
    const auto sources = static_cast<std::size_t>(store.sources);
    const double row_length = (p > 0.0 ? p : 1.0) * static_cast<double>(store.targets);
    const auto share = static_cast<std::size_t>(std::clamp(kBatch / row_length, 1.0, kBatch));
    std::int64_t drawn = 0;
    std::vector<Batch> batches(4 * task.threads());
    std::vector<std::vector<std::uint32_t>> rows(task.threads());
    for (std::size_t first = 0; first < sources; first += share * batches.size()) {
        const auto begin = [&](std::size_t k) { return std::min(sources, first + k * share); };
        base::run_tasks(task.pool, batches.size(), [&](std::size_t k, std::size_t thread) {
            Batch& batch = batches[k];
            batch.targets.clear();
            batch.begin.assign(store.blocks.size(), 0);
            for (std::size_t i = begin(k); i < begin(k + 1); ++i) {
                base::check_stop();
                std::vector<std::uint32_t>& row = rows[thread];
                row.clear();
                draw(thread, static_cast<std::uint32_t>(i), row);
                if (task.filter) task.filter(thread, static_cast<std::uint32_t>(i), row);
                split(store, i, row, batch);
            }
        });
        for (std::size_t b = 0; b < store.blocks.size(); ++b) {
            std::int64_t size = store.blocks[b].size();
            for (Batch& batch : batches) size += std::exchange(batch.begin[b], size);
            drawn += size - store.blocks[b].size();
            store.blocks[b].target.resize(static_cast<std::size_t>(size));
        }
        if (task.check_room) task.check_room(drawn);
        base::run_tasks(task.pool, batches.size(),
                        [&](std::size_t k, std::size_t) { copy(store, begin(k), begin(k + 1), batches[k]); });
    }
    for (SynapseBlock& block : store.blocks) block.target.fit();
}

}  // namespace bouton::connect
