// SPDX-License-Identifier: BSD-3-Clause
// From a network as the user gives it to its results: what the command line and Python have in common. Prints
// nothing; every failure is an exception derived from base::Error.
#pragma once

#include "base/input_file.hpp"
#include "session/long_run.hpp"
#include "session/network.hpp"
#include "sim/simulation.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace bouton::cli {

using session::check_network;
using session::CheckedNetwork;
using session::NetworkSource;
using session::Warn;

struct RunRequest {
    NetworkSource network;
    base::InputFiles
        inputs;  ///< files that the caller read: the output is none of them, nor of those that the network names
    std::optional<std::filesystem::path> output;  ///< results file; without one nothing is recorded
    std::string version;                          ///< of bouton, for the results
    sim::Backend backend = sim::Backend::automatic;
    std::optional<double> memory;           ///< bytes that the network may take; unset: what is free
    int threads = 1;                        ///< at most so many, and no more than the machine runs at once
    bool final_synapses = true;             ///< whether the results hold the synapses at the end
    session::LongRun::Request checkpoints;  ///< only with `output`
    std::function<void(const sim::Progress&)> progress;
    Warn warn;
};

/// Checks, builds, runs. A run that was stopped after its first step has its results all the same, and Summary::stopped
/// says so; before that base::Stopped is thrown, and an older results file is as it was.
/// Throws base::OutOfMemory or base::TooLarge where memory does not suffice.
sim::Summary run_network(const RunRequest& request);

}  // namespace bouton::cli
