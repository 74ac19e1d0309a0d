// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_network.hpp"

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "io/results_file.hpp"
#include "session/long_run.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace bouton::cli {
namespace {

sim::Options simulation_options(const RunRequest& request, sim::Recorder* recorder) {
    sim::Options options;
    options.backend = request.backend;
    options.threads = static_cast<int>(
        base::usable_threads(static_cast<std::size_t>(std::max(1, request.threads)), request.warn));
    options.memory = request.memory;
    options.native.warn = request.warn;
    options.recorder = recorder;
    options.final_synapses = request.final_synapses;
    options.progress = request.progress;
    return options;
}

/// A run that writes checkpoints or goes on from one.
sim::Summary run_long(const RunRequest& request, codegen::Plan plan, const base::InputFiles& inputs,
                      io::ResultsFile& results, sim::Options options) {
    const auto folder = request.network.text ? request.network.base_folder
                                             : std::filesystem::path(request.network.file).parent_path();
    session::LongRun run(request.checkpoints, session::saved_run(request.network.file, folder, plan, inputs),
                         results, inputs, request.warn);
    run.set_up(options);
    try {
        sim::Simulation simulation(std::move(plan), std::move(options));
        run.attach(simulation);
        return simulation.run();
    } catch (const base::ArchiveError& error) {
        run.refuse_state(error);
    }
}

}  // namespace

sim::Summary run_network(const RunRequest& request) {
    auto [described, plan, inputs] = check_network(request.network, request.warn);
    std::unique_ptr<io::ResultsFile> results;
    if (request.output) {
        inputs.insert(inputs.end(), request.inputs.begin(), request.inputs.end());
        auto others = inputs;
        for (const auto& file : request.checkpoints.files()) others.push_back(file);
        results = std::make_unique<io::ResultsFile>(*request.output, others, request.version);
    }
    try {
        auto options = simulation_options(request, results.get());
        if (results && request.checkpoints.any())
            return run_long(request, std::move(plan), inputs, *results, std::move(options));
        sim::Simulation simulation(std::move(plan), std::move(options));
        return simulation.run();
    } catch (const base::Stopped&) {
        if (results) results->discard();
        throw;
    } catch (const std::exception& failure) {
        if (results) results->fail(failure.what());
        throw;
    }
}

}  // namespace bouton::cli
