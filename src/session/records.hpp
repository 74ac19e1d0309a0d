// SPDX-License-Identifier: BSD-3-Clause
// What a session has recorded so far, in memory.
#pragma once

#include "sim/record/recorder.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bouton::session {

class Records : public sim::Recorder {
public:
    struct Spikes {
        std::string name;
        std::int64_t size = 0;  ///< neurons
        std::vector<std::int64_t> steps;
        std::vector<std::uint32_t> neurons;
    };
    struct Rate {
        std::string name;
        std::int64_t bin_steps = 1;
        std::vector<std::int64_t> steps;
        std::vector<double> values;  ///< Hz
    };
    struct Samples {
        sim::SampleStream stream;
        std::vector<std::int64_t> steps;
        std::vector<std::size_t> columns;  ///< by sample: there may come more
        std::vector<std::vector<double>>
            values;  ///< by variable: the rows of all samples, one after the other
    };
    struct Events {
        sim::EventStream stream;
        std::vector<std::int64_t> steps, synapses;  ///< a row for each event of each synapse
        std::vector<std::vector<double>> values;    ///< by variable
    };
    /// How much there was at some time.
    struct Mark {
        std::vector<std::size_t> spikes, rates, samples, events;
    };

    const std::vector<Spikes>& spikes() const { return spikes_; }
    const std::vector<Rate>& rates() const { return rates_; }
    const std::vector<Samples>& samples() const { return samples_; }
    const std::vector<Events>& events() const { return events_; }

    void clear();
    Mark mark() const;
    /// Forgets what came after a mark.
    void go_back(const Mark& mark);

    /// Again for a simulation that goes on where another one was: what was recorded stays.
    void begin(const sim::RunInfo& run, const sim::Streams& streams) override;
    void spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) override;
    void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) override;
    void sample(std::size_t stream, std::int64_t step,
                std::span<const std::span<const double>> rows) override;
    void events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                std::span<const std::span<const double>> values) override;
    void new_columns(std::size_t stream, std::span<const std::int64_t> indices) override;
    void pulse() override {}
    void state(const std::string&, std::span<const sim::FinalArray>) override {}
    void synapses(const sim::FinalSynapses&) override {}
    void end(std::optional<std::int64_t>) override {}

private:
    std::vector<Spikes> spikes_;
    std::vector<Rate> rates_;
    std::vector<Samples> samples_;
    std::vector<Events> events_;
};

}  // namespace bouton::session
