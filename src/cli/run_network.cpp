// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_network.hpp"

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "io/results_file.hpp"
#include "model/loader.hpp"
#include "sim/build/misfits.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace bouton::cli {
namespace {

model::LoadOptions load_options(const NetworkSource& source) {
    model::LoadOptions options;
    options.sets = source.sets;
    options.seed = source.seed;
    options.base_directory = source.base_folder;
    return options;
}

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

}  // namespace

CheckedNetwork check_network(const NetworkSource& source, const Warn& warn) {
    base::Diagnostics diagnostics;
    CheckedNetwork result;
    auto options = load_options(source);
    options.opened = &result.files;
    result.spec = source.text ? model::load_text(source.file, *source.text, options, diagnostics)
                              : model::load_file(source.file, options, diagnostics);
    result.plan = codegen::make_plan(result.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    sim::find_misfits(result.spec, result.plan, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    if (warn && !diagnostics.all().empty()) warn(diagnostics.render());
    return result;
}

sim::Summary run_network(const RunRequest& request) {
    auto [spec, plan, inputs] = check_network(request.network, request.warn);
    std::unique_ptr<io::ResultsFile> results;
    if (request.output) {
        inputs.insert(inputs.end(), request.inputs.begin(), request.inputs.end());
        results = std::make_unique<io::ResultsFile>(*request.output, inputs, request.version);
    }
    try {
        sim::Simulation simulation(std::move(spec), std::move(plan),
                                   simulation_options(request, results.get()));
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
