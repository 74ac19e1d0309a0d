// SPDX-License-Identifier: BSD-3-Clause
// From a network as the user gives it to its results: what the command line and Python have in common. Prints
// nothing; every failure is an exception derived from base::Error.
#pragma once

#include "base/input_file.hpp"
#include "codegen/plan/plan.hpp"
#include "model/spec.hpp"
#include "session/long_run.hpp"
#include "sim/simulation.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouton::cli {

/// Receives warnings, one rendered text each.
using Warn = std::function<void(const std::string&)>;

/// Which network: a file, or a text that stands for one.
struct NetworkSource {
    std::string file;  ///< path; with `text`, the name to show in messages
    std::optional<std::string> text;
    std::filesystem::path base_folder;  ///< with `text`: where the files it names are looked for
    std::vector<std::string> sets;      ///< PATH=VALUE, in order
    std::optional<std::uint64_t> seed;
};

struct CheckedNetwork {
    model::NetworkSpec spec;
    codegen::Plan plan;
    base::InputFiles files;  ///< what was read for it
};

/// Reads and analyses. Throws base::DiagnosticError with everything that is wrong.
CheckedNetwork check_network(const NetworkSource& source, const Warn& warn);

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
