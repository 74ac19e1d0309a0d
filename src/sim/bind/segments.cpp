// SPDX-License-Identifier: BSD-3-Clause
#include "sim/bind/segments.hpp"

#include "base/thread_pool.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace bouton::sim {

using codegen::Side;
using state::SynapseBlock;
using state::SynapseStore;

namespace {

/// From so many synapses on threads share the events: what a round of them costs, less that every thread meets its own targets'
/// state in its cache.
constexpr std::int64_t kWorthSharing = 200;

}  // namespace

void Segments::clear() {
    for (auto& block : blocks_) block.clear();
    for (auto& events : events_of_) events.clear();
    synapses_ = 0;
    events_ = 0;
}

std::int64_t add_segments(std::vector<bn_segment>& segments, const SynapseBlock& block, const Route& route,
                          std::uint32_t neuron, std::uint32_t at, std::int64_t steps) {
    const auto* index = route.index < 0 ? nullptr : &block.indices[static_cast<std::size_t>(route.index)];
    const auto [begin, end] = find_range(block, index, route.delay, neuron, steps);
    if (begin == end) return 0;
    if (index == nullptr || !route.direct) {
        segments.push_back({begin, end, neuron, at});
        return end - begin;
    }
    for (std::int64_t k = begin; k < end;) {
        const std::int64_t first = index->order[static_cast<std::size_t>(k)];
        std::int64_t last = first + 1;
        for (++k; k < end && index->order[static_cast<std::size_t>(k)] == last; ++k) ++last;
        segments.push_back({first, last, neuron, at});
    }
    return end - begin;
}

std::int64_t Segments::add(const SynapseStore& store, const Route& route, std::uint32_t neuron,
                           std::int64_t steps) {
    std::int64_t count = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        count += add_segments(blocks_[b], store.blocks[b], route, neuron, neuron, steps);
        events_of_[b].resize(blocks_[b].size(), events_);
    }
    ++events_;
    synapses_ += count;
    return count;
}

namespace {

// The rows in the order of (source, delay, target), which is theirs in one block: an event per source and delay.
void add_rows_by_delay(Segments& segments, const SynapseStore& store) {
    const auto delay = static_cast<std::size_t>(store.row_delay);
    std::vector<std::int64_t> next(store.blocks.size());
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(store.sources); ++i) {
        for (std::size_t b = 0; b < next.size(); ++b) next[b] = store.blocks[b].row_begin[i];
        while (true) {
            std::int64_t steps = std::numeric_limits<std::int64_t>::max();
            for (std::size_t b = 0; b < next.size(); ++b) {
                const SynapseBlock& block = store.blocks[b];
                if (next[b] == block.end_of(i)) continue;
                steps = std::min<std::int64_t>(steps,
                                               block.delay_steps[delay][static_cast<std::size_t>(next[b])]);
            }
            if (steps == std::numeric_limits<std::int64_t>::max()) break;
            Route route;
            route.delay = store.row_delay;
            segments.add(store, route, i, steps);
            for (std::size_t b = 0; b < next.size(); ++b) {
                next[b] =
                    std::max(next[b], find_range(store.blocks[b], nullptr, store.row_delay, i, steps).second);
            }
        }
    }
}

}  // namespace

Segments all_segments(const SynapseStore& store, const Route& route) {
    Segments segments(store.blocks.size());
    if (route.side == Side::pre && route.index < 0 && store.row_delay >= 0 && store.blocks.size() > 1) {
        add_rows_by_delay(segments, store);
        return segments;
    }
    Route every = route;
    every.delay = -1;
    const std::int64_t neurons = route.side == Side::pre ? store.sources : store.targets;
    for (std::int64_t n = 0; n < neurons; ++n) segments.add(store, every, static_cast<std::uint32_t>(n), 0);
    return segments;
}

void Segments::add_range(std::size_t b, std::int64_t begin, std::int64_t end, std::uint32_t neuron) {
    blocks_[b].push_back({begin, end, neuron, neuron});
    events_of_[b].push_back(events_++);
    synapses_ += end - begin;
}

RowKernel::RowKernel(const codegen::Kernel& kernel, const std::shared_ptr<const runtime::Callable>& callable,
                     Scope scope, const Route& route, const BlockScratch& scratch)
    : route_(route) {
    for (const auto& slot : kernel.arrays) {
        if (!slot.guarded) continue;
        state::NeuronStore* neurons = slot.owner == codegen::Owner::pre ? scope.pre : scope.post;
        guards_.push_back({neurons, &neurons->arrays[static_cast<std::size_t>(neurons->find(slot.variable))],
                           std::vector<Saved>(neurons->refractory.size())});
        parts_ = neurons->refractory.size();
    }
    across_ = scope.synapses->blocks.size() > 1 && writes_across_blocks(kernel, *scope.synapses);
    for (std::size_t b = 0; b < scope.synapses->blocks.size(); ++b) {
        scope.block = b;
        if (scratch) scope.scratch = scratch(b);
        blocks_.emplace_back(kernel, callable, scope);
        const SynapseBlock& block = scope.synapses->blocks[b];
        const auto& other = route.side == Side::pre ? block.target : block.source;
        columns_.push_back(
            {other.data(),
             kernel.indirect ? block.indices[static_cast<std::size_t>(route.index)].order.data() : nullptr});
    }
}

void RowKernel::save_refractory(std::size_t part) {
    for (Guard& guard : guards_) {
        const auto refractory = guard.neurons->refractory[part].all();
        auto& saved = guard.saved[part].values;
        saved.resize(refractory.size());
        guard.values->visit([&](const auto* values) {
            for (std::size_t k = 0; k < refractory.size(); ++k) saved[k] = values[refractory[k]];
        });
    }
}

void RowKernel::restore_refractory(std::size_t part) {
    for (const Guard& guard : guards_) {
        const auto& saved = guard.saved[part].values;
        guard.values->visit([&](auto* values) {
            using Value = std::remove_reference_t<decltype(*values)>;
            const auto refractory = guard.neurons->refractory[part].all();
            for (std::size_t k = 0; k < refractory.size(); ++k)
                values[refractory[k]] = static_cast<Value>(saved[k]);
        });
    }
}

void RowKernel::run(const Clock& clock, const Segments& segments) {
    if (segments.synapses() == 0) return;
    for (std::size_t part = 0; part < parts_; ++part) save_refractory(part);
    run_all(clock, segments);
    for (std::size_t part = 0; part < parts_; ++part) restore_refractory(part);
}

void RowKernel::run_all(const Clock& clock, const Segments& segments) {
    if (!across_) {
        if (clock.pool != nullptr && blocks_.size() > 1 && segments.synapses() >= kWorthSharing) {
            clock.pool->run(blocks_.size(),
                            [&](std::size_t b, std::size_t) { run_block(clock, b, segments.block(b), 0); });
            return;
        }
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            run_block(clock, b, segments.block(b), 0);
        }
        return;
    }
    // Event by event, each through the blocks, as if there were one block.
    std::vector<std::size_t> next(blocks_.size(), 0);
    while (true) {
        std::uint32_t event = std::numeric_limits<std::uint32_t>::max();
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            if (next[b] < segments.block(b).size()) event = std::min(event, segments.events(b)[next[b]]);
        }
        if (event == std::numeric_limits<std::uint32_t>::max()) return;
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            const auto& list = segments.block(b);
            const std::size_t first = next[b];
            while (next[b] < list.size() && segments.events(b)[next[b]] == event) ++next[b];
            run_block(clock, b, std::span(list).subspan(first, next[b] - first), 0);
        }
    }
}

Route find_route(SynapseStore& store, const codegen::Kernel& kernel, Side side, int delay) {
    const bool per_synapse = delay >= 0 && store.delays[static_cast<std::size_t>(delay)].per_synapse;
    Route route;
    route.side = side;
    route.delay = per_synapse ? delay : -1;
    if (side == Side::post && !store.keeps_source) {
        store.keeps_source = true;
        for (SynapseBlock& block : store.blocks) store.fill_source(block);
    }
    const bool rows_serve = side == Side::pre && (route.delay < 0 || route.delay == store.row_delay);
    if (rows_serve && !kernel.indirect) return route;
    route.direct = !kernel.indirect;
    auto& known = store.blocks.front().indices;
    for (std::size_t k = 0; k < known.size(); ++k) {
        if (known[k].side == side && known[k].delay == route.delay) route.index = static_cast<int>(k);
    }
    if (route.index < 0) {
        route.index = static_cast<int>(known.size());
        for (SynapseBlock& block : store.blocks) {
            block.indices.emplace_back();
            block.indices.back().side = side;
            block.indices.back().delay = route.delay;
            store.build_index(block, block.indices.back());
        }
    }
    return route;
}

}  // namespace bouton::sim
