// SPDX-License-Identifier: BSD-3-Clause
// What the user asked to record: from the state to the recorder.
#pragma once

#include "sim/record/event_record.hpp"
#include "sim/record/recorder.hpp"
#include "sim/record/sampler.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace bouton::sim {

using FindNeurons = std::function<NeuronGroup*(const std::string&)>;
using FindSynapses = std::function<SynapseGroup*(const std::string&)>;

class Recording {
public:
    /// Everything must outlive it. With a null recorder nothing is recorded.
    Recording(const codegen::Plan& plan, const FindNeurons& neurons, const FindSynapses& synapses,
              Context& context, Recorder* recorder);

    void bind();
    /// Tells the recorder what will come. From then on it hears of columns that are added.
    void begin(const RunInfo& run);

    /// Writes down or reads back what is counted and not recorded yet.
    void archive(base::Archive& archive);

    /// Whether variables are due.
    bool is_due(std::int64_t step) const;
    /// Calls function(steps) with the interval of each sample.
    template <class Function>
    void each_interval(const Function& function) const {
        for (const Sample& sample : samples_) function(sample.stream.every_steps);
    }
    /// Variables that are due, before anything moves.
    void sample(const Clock& clock);
    /// Whether anything is made of spikes.
    bool takes_spikes() const { return !spikes_.empty() || !rates_.empty(); }
    /// Spikes and rates of the steps from `first` to before `end`, once they are known.
    void spikes(std::int64_t first, std::int64_t end);
    /// Rates of the bins in which the run ends, before this step.
    void end(std::int64_t step);

private:
    struct Spikes {
        const NeuronGroup* group;
        SpikeStream stream;
    };
    struct Rate {
        const NeuronGroup* group;
        RateStream stream;
        std::int64_t count = 0;
    };
    struct Sample {
        SampleStream stream;
        base::Span span;
        NeuronGroup* neurons;
        SynapseGroup* synapses;
        std::vector<VariableSampler> variables;
        bool all = false;
        SynapseColumns columns;  ///< unless by rows
        std::vector<std::vector<double>> rows;
        std::vector<std::span<const double>> views;

        /// All synapses in the order of their rows.
        bool by_rows() const {
            return all && synapses != nullptr && !synapses->store.keeps_id && !stream.grows;
        }
    };

    void add_sample(const codegen::Plan& network, const codegen::RecordPlan& plan, const FindNeurons& neurons,
                    const FindSynapses& synapses);
    Streams streams() const;
    void record_rate(std::size_t number, std::int64_t end, std::int64_t steps);
    void find_columns(std::size_t number);
    static void pick_by_rows(Sample& sample, const Clock& clock);

    Context& context_;
    Recorder* recorder_;
    std::vector<Spikes> spikes_;
    std::vector<Rate> rates_;
    std::deque<Sample> samples_;
    std::deque<EventRecord> events_;
    bool begun_ = false;
};

/// The delays of synapses (s) by the name that results give them: "delay", then those of other pathways. The number is that in
/// the plan; below 0: no delay.
std::vector<std::pair<int, std::string>> named_delays(const SynapseGroup& group);
std::vector<double> delay_seconds(const SynapseGroup& group, const SynapseColumns& columns, int delay,
                                  double dt);

/// Hands the final state of a group to the recorder.
void record_state(NeuronGroup& group, Context& context, Recorder& recorder);
void record_synapses(SynapseGroup& group, Context& context, const Clock& clock, Recorder& recorder);

}  // namespace bouton::sim
