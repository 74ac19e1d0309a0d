// SPDX-License-Identifier: BSD-3-Clause
// What the spikes of one end of a synapse group do after their delay.
#pragma once

#include "sim/bind/segments.hpp"
#include "sim/step/neuron_group.hpp"
#include "sim/step/source_values.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bouton::sim {

class Pathway {
public:
    /// One pass: over the synapses of the due spikes, or over the due neurons themselves, whose events may be kept for
    /// later.
    struct Pass {
        RowKernel rows;
        SourceValues sources;              ///< strides, presynaptic spikes: what `rows` read
        std::vector<BoundKernel> neurons;  ///< one, or one for each part of the targets
        /// Keeps events of neurons of a part (after `neurons`, if there is one); returns how many synapses they concern.
        std::function<std::int64_t(const Clock&, std::span<const std::uint32_t>, std::size_t part)> keep;
        bool is_of_rows() const { return neurons.empty() && !keep; }
    };

    codegen::Side side = codegen::Side::pre;
    const NeuronGroup* group = nullptr;  ///< whose spikes
    std::int64_t begin = 0;              ///< its slice
    std::int64_t end = 0;
    Route route;  ///< of all row passes
    bool per_synapse = false;
    std::vector<std::int64_t> delays;  ///< in steps: the one, or all that occur, ascending
    Segments segments;
    std::vector<Pass> passes;
    /// What looks at the synapses once their events of a step have happened, in whole steps.
    std::vector<std::function<void(const Clock&)>> observers;

    /// Runs the passes over what is due. Returns the number of synapses that were met.
    std::int64_t run(const Clock& clock, const state::SynapseStore& store);

    // Several steps at a time (strides.hpp). First, of presynaptic spikes that do anything to their sources or whose rows read what is
    // theirs: what is due in each of the steps, with the passes over the neurons themselves; then the rows of every part, step by step.
    void begin_stride(std::int64_t first_step);
    /// In `count` steps from that of the clock on.
    void take_sources(const Clock& clock, std::int64_t count);
    void end_sources(std::size_t blocks);
    /// Whether run_part can have anything to do.
    bool runs_in_parts() const { return side == codegen::Side::post || has_rows_; }
    /// What the spikes that are due do to the synapses onto one part of the targets. Returns how many they met.
    std::int64_t run_part(const Clock& clock, const state::SynapseStore& store, std::size_t part) {
        if (side == codegen::Side::pre) return run_rows_of_sources(clock, store, part);
        return any_due(clock, part) ? run_targets(clock, store, part) : 0;
    }
    /// Once all passes are there: gets ready for so many parts of the targets.
    void prepare(std::size_t parts);

private:
    /// What is due in several steps: neurons, counted from the start of the slice, and where those of each step and delay end.
    struct Due {
        std::vector<std::uint32_t> neurons;
        std::vector<std::size_t> ends;  ///< by step, then by delay

        void clear() {
            neurons.clear();
            ends.clear();
        }
    };
    /// Buffers of a part, on lines of the cache that no other part touches.
    struct alignas(base::kCacheLineBytes) Part {
        std::vector<bn_segment> segments;  ///< in strides of presynaptic spikes: those of all steps
        std::vector<std::size_t> begins;   ///< by step of the stride: its first segment; then the end of all
        std::vector<std::size_t> places;   ///< by event of the stride: its segment; then the end of all
        std::vector<std::uint32_t> due;
        Due due_in_stride;  ///< where sources do nothing
    };

    /// Whether any neuron of a part has spiked so long ago as one of the delays.
    bool any_due(const Clock& clock, std::size_t part) const {
        for (const std::int64_t steps : delays)
            if (group->any_spikes(clock.step - steps, part)) return true;
        return false;
    }
    void collect(std::span<const std::uint32_t> spikes, std::vector<std::uint32_t>& due) const;
    std::int64_t run_rows_of_sources(const Clock& clock, const state::SynapseStore& store, std::size_t part);
    std::int64_t run_targets(const Clock& clock, const state::SynapseStore& store, std::size_t part);
    /// Adds what is due in these steps.
    void add_due(std::int64_t first_step, std::int64_t end_step, Due& due) const;
    /// Sets the steps of events from number `event` on, the first one that of list number `list` of those that are due.
    void set_steps(std::int64_t step, std::size_t event, std::size_t list);
    /// Lists the rows of the whole stride. Returns how many synapses they have.
    std::int64_t list_rows(const state::SynapseStore& store, std::size_t part);
    /// Passes of events number `first` to `last` of the stride, at different sources.
    void take(const Clock& clock, std::size_t first, std::size_t last);

    /// What happens to the sources of a stride: one thread takes it down, others read.
    struct alignas(base::kCacheLineBytes) Stride {
        std::int64_t first_step = 0;
        std::int64_t count = 0;               ///< steps that have been taken
        Due due;                              ///< in these
        std::vector<std::int64_t> steps;      ///< the step of each event, if any pass runs over the neurons
        std::vector<std::uint32_t> taken_in;  ///< by source: the last batch of different ones that it was in
        std::uint32_t batch = 0;
    };

    Stride stride_;
    std::vector<Part> of_parts_;
    std::vector<Pass*> row_passes_;
    bool is_whole_ = false;  ///< the slice is the group
    bool has_rows_ = false;  ///< among the passes
    bool only_rows_ = true;
    bool takes_sources_ =
        false;  ///< some pass runs over sources or reads what is theirs; else rows are all there is to a spike
};

}  // namespace bouton::sim
