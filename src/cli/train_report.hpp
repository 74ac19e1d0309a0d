// SPDX-License-Identifier: BSD-3-Clause
// What a training says: a line about the network, a line an epoch and a summary on stdout, and on a terminal's
// stderr how far it is.
#pragma once

#include "ann/trainer.hpp"
#include "cli/progress.hpp"

#include <chrono>
#include <string>

namespace bouton::cli {

/// "784-800-800-10, relu, dropconnect p 0.5 in layers 1 and 2"
std::string spell_network(const ann::NetworkSpec& spec);

class TrainReport {
public:
    /// `begin`: the finished epochs from which it goes on.
    TrainReport(std::size_t begin, std::size_t epochs) : begin_(begin), epochs_(epochs) {}

    void head(const ann::TrainingState& state, const std::string& data, std::size_t threads);
    void progress(std::size_t epoch, double share, double loss);
    void epoch(const ann::EpochRecord& record);
    void summary(const ann::TrainingSummary& summary, const ann::TrainingState& state,
                 const std::string& model);
    /// Takes the line on the terminal away.
    void clear() { progress_.clear(); }

private:
    using Clock = std::chrono::steady_clock;

    std::size_t begin_;
    std::size_t epochs_;
    Progress progress_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_;
};

}  // namespace bouton::cli
