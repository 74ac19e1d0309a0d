// SPDX-License-Identifier: BSD-3-Clause
// Simulations from the text of a network file, and a recorder that keeps what it is told.
#pragma once

#include "sim/simulation.hpp"

#include "base/diagnostics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace bouton::test {

std::unique_ptr<sim::Simulation> simulate(const std::string& toml, int blocks = 1,
                                          sim::Recorder* recorder = nullptr,
                                          sim::Backend backend = sim::Backend::interpreted, int threads = 1);

/// With any options.
std::unique_ptr<sim::Simulation> simulate_with(const std::string& toml, sim::Options options);

/// Steps a simulation to the end of its duration.
void finish(sim::Simulation& simulation);

/// Runs a simulation that has to fail, and returns what it says.
std::string failure_of(sim::Simulation& simulation);

struct Spike {
    std::int64_t step;
    std::uint32_t neuron;
    friend bool operator==(const Spike&, const Spike&) = default;
};

class Kept : public sim::Recorder {
public:
    struct Row {
        std::size_t stream;
        std::int64_t step;
        std::vector<std::vector<double>> values;
        std::size_t columns_added = 0;  ///< before it
    };
    /// What happened to one synapse.
    struct Event {
        std::size_t stream;
        std::int64_t step;
        std::int64_t synapse;
        std::vector<double> values;  ///< by variable
        friend bool operator==(const Event&, const Event&) = default;
    };
    struct Synapses {
        std::vector<std::uint32_t> source, target;
        std::vector<double> delay;
        std::vector<std::int64_t> id;
        std::vector<std::pair<std::string, std::vector<double>>> variables;
    };

    sim::RunInfo info;
    sim::Streams streams;
    std::vector<Spike> spiked;
    std::vector<double> rates;
    std::vector<Row> rows;
    std::vector<Event> happened;
    std::vector<std::int64_t> columns_added;
    std::vector<std::pair<std::string, Synapses>> groups;
    bool ended = false;
    std::optional<std::int64_t> stopped_at;

    void begin(const sim::RunInfo& run, const sim::Streams& all) override;
    void spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) override;
    void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) override;
    void sample(std::size_t stream, std::int64_t step,
                std::span<const std::span<const double>> rows) override;
    void events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                std::span<const std::span<const double>> values) override;
    void new_columns(std::size_t stream, std::span<const std::int64_t> indices) override;
    void pulse() override {}
    void state(const std::string&, std::span<const sim::FinalArray>) override {}
    void synapses(const sim::FinalSynapses& part) override;
    void end(std::optional<std::int64_t> stopped_at) override;
};

}  // namespace bouton::test
