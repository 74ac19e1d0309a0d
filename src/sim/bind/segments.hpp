// SPDX-License-Identifier: BSD-3-Clause
// Which synapses a kernel runs over: segments, in every block, and kernels bound in every block. Beside its segments a block
// keeps the place of their neurons in the order of events, so that a kernel that writes to what blocks share can be run
// in an order that does not depend on the blocks.
#pragma once

#include "sim/bind/binding.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bouton::sim {

/// The order in which synapses are met: rows (index -1) or one of SynapseBlock::indices.
struct Route {
    codegen::Side side = codegen::Side::pre;
    int delay = -1;  ///< the delay that is looked at, or -1 for all synapses of a neuron
    int index = -1;
    bool direct =
        false;  ///< an index, but for a kernel that takes plain positions: a segment per run of them
};

class Segments {
public:
    explicit Segments(std::size_t blocks = 0) : blocks_(blocks), events_of_(blocks) {}

    void clear();
    /// Adds the synapses of one neuron whose delay is `steps`. Returns how many.
    std::int64_t add(const state::SynapseStore& store, const Route& route, std::uint32_t neuron,
                     std::int64_t steps);
    /// Adds positions of one row of a block, as an event of its own.
    void add_range(std::size_t b, std::int64_t begin, std::int64_t end, std::uint32_t neuron);
    const std::vector<bn_segment>& block(std::size_t b) const { return blocks_[b]; }
    /// By segment of a block: the number of its event.
    const std::vector<std::uint32_t>& events(std::size_t b) const { return events_of_[b]; }
    std::int64_t synapses() const { return synapses_; }

private:
    std::vector<std::vector<bn_segment>> blocks_;
    std::vector<std::vector<std::uint32_t>> events_of_;
    std::uint32_t events_ = 0;
    std::int64_t synapses_ = 0;
};

/// Adds the synapses of a block that belong to one neuron and whose delay is `steps`; `at` is for the kernel. Returns how
/// many.
std::int64_t add_segments(std::vector<bn_segment>& segments, const state::SynapseBlock& block,
                          const Route& route, std::uint32_t neuron, std::uint32_t at, std::int64_t steps);

/// The segments of all neurons of one side.
Segments all_segments(const state::SynapseStore& store, const Route& route);

/// A kernel over synapses, bound in every block.
class RowKernel {
public:
    RowKernel() = default;
    /// `scratch` gives the scratch of a block; may be empty.
    using BlockScratch = std::function<Scratch(std::size_t block)>;
    RowKernel(const codegen::Kernel& kernel, const std::shared_ptr<const runtime::Callable>& callable,
              Scope scope, const Route& route, const BlockScratch& scratch);

    const Route& route() const { return route_; }
    /// Blocks are shared out to the clock's threads, unless the kernel writes to what blocks share.
    void run(const Clock& clock, const Segments& segments);
    /// One block on the calling thread, whose targets are the part of that number of their group. `beyond`: so many segments
    /// after these are those of later calls.
    void run_part(const Clock& clock, std::size_t b, std::span<const bn_segment> segments,
                  std::int64_t beyond = 0) {
        if (guards_.empty() || segments.empty()) return run_block(clock, b, segments, beyond);
        save_refractory(b);
        run_block(clock, b, segments, beyond);
        restore_refractory(b);
    }

    BoundKernel& bound(std::size_t b) { return blocks_[b]; }

private:
    void run_block(const Clock& clock, std::size_t b, std::span<const bn_segment> segments,
                   std::int64_t beyond) {
        blocks_[b].run_segments(clock, segments, columns_[b].other, columns_[b].order, beyond);
    }
    void run_all(const Clock& clock, const Segments& segments);
    void save_refractory(std::size_t part);
    void restore_refractory(std::size_t part);

    /// Values of the refractory neurons of a part, on lines of the cache that no other part touches.
    struct alignas(base::kCacheLineBytes) Saved {
        std::vector<double> values;
    };
    /// A neuron variable that the kernel adds to whatever the neuron's state.
    struct Guard {
        const state::NeuronStore* neurons;
        state::StateArray* values;
        std::vector<Saved> saved;  ///< by part
    };

    /// By position: the neuron at the other end; positions in order of the neurons at this end, for indirect kernels.
    struct Columns {
        const std::uint32_t* other;
        const std::uint32_t* order;
    };

    std::vector<BoundKernel> blocks_;
    std::vector<Columns> columns_;  ///< by block
    std::vector<Guard> guards_;
    std::size_t parts_ = 0;  ///< of the neurons that are guarded
    Route route_;
    bool across_ = false;  ///< writes to what blocks share
};

/// The route of a kernel that runs over the synapses of one side with the given delay (or -1); makes an index if
/// none serves yet. The rows must stand.
Route find_route(state::SynapseStore& store, const codegen::Kernel& kernel, codegen::Side side, int delay);

}  // namespace bouton::sim
