// SPDX-License-Identifier: BSD-3-Clause
// Variables of synapses just after events of one pathway: `at` of a [[record]].
#pragma once

#include "sim/record/recorder.hpp"
#include "sim/record/sampler.hpp"

#include <deque>
#include <utility>
#include <vector>

namespace bouton::sim {

class EventRecord {
public:
    /// Everything must outlive it. `number`: of its stream.
    EventRecord(const model::RecordSpec& spec, const codegen::RecordPlan& plan, SynapseGroup& synapses,
                Context& context, Recorder& recorder, std::size_t number);

    EventStream stream() const { return stream_; }
    /// Finds the synapses and watches the pathway; again whenever the group has been bound anew.
    void bind();

private:
    /// A synapse that is recorded.
    struct Entry {
        std::int64_t number;  ///< in the order of results, or its id
        state::Location location;
        std::uint32_t source, target;  ///< in the slices
    };

    std::vector<Entry> chosen() const;
    void observe(const Clock& clock);
    /// Lists the synapses to which something happens in this step, by number.
    void find_due(const Clock& clock);
    void meet_events(const Clock& clock);
    void list_segments();

    const codegen::RecordPlan& plan_;
    const std::vector<std::int64_t>* indices_;  ///< null: all
    base::Span span_;
    SynapseGroup& synapses_;
    Recorder& recorder_;
    std::size_t number_;
    EventStream stream_;
    std::deque<VariableSampler> variables_;
    Pathway* pathway_ = nullptr;
    std::vector<Entry> entries_;       ///< by the neuron that spikes, then by number
    std::vector<std::size_t> begins_;  ///< by that neuron, and the end
    // Of the present step.
    std::vector<const Entry*> due_;
    Segments segments_;
    std::vector<std::int64_t> numbers_;
    std::vector<std::vector<double>> values_;
    std::vector<std::span<const double>> views_;
};

}  // namespace bouton::sim
