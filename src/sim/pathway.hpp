// SPDX-License-Identifier: BSD-3-Clause
// What the spikes of one end of a synapse group do after their delay.
#pragma once

#include "sim/neuron_group.hpp"
#include "sim/segments.hpp"

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
        BoundKernel neurons;
        /// Keeps events of neurons (after `neurons`, if there is one); returns how many synapses they concern.
        std::function<std::int64_t(const Clock&, std::span<const std::uint32_t>)> keep;
        bool is_of_rows() const { return !neurons && !keep; }
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

    /// Runs the passes over what is due. Returns the number of synapses that were met.
    std::int64_t run(const Clock& clock, const network::SynapseStore& store);

private:
    void collect(std::int64_t step);

    bool has_rows() const;
    std::vector<std::uint32_t> due_;  ///< neurons, counted from the start of the slice
};

}  // namespace bouton::sim
