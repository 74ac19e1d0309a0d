// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_network.hpp"

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "io/results_file.hpp"
#include "network/load/loader.hpp"
#include "network/load/toml_reader.hpp"
#include "sim/misfits.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace bouton::cli {
namespace {

namespace fs = std::filesystem;

network::LoadOptions load_options(const NetworkSource& source) {
    network::LoadOptions options;
    options.sets = source.sets;
    options.seed = source.seed;
    options.base_directory = source.base_folder;
    return options;
}

void refuse_named_files(const fs::path& output, const fs::path& folder, const network::Node& node);

void refuse_named_files(const fs::path& output, const fs::path& folder, const network::Table& table) {
    for (const auto& entry : table) refuse_named_files(output, folder, entry.node);
}

void refuse_named_files(const fs::path& output, const fs::path& folder, const network::Node& node) {
    if (const auto* text = std::get_if<network::Text>(&node.value)) {
        if (!text->source->text.empty())
            io::refuse_same_file(output, folder / text->source->text, "the input file");
    } else if (const auto* array = std::get_if<network::Array>(&node.value)) {
        for (const auto& element : *array) refuse_named_files(output, folder, element);
    } else if (const auto* table = std::get_if<network::Table>(&node.value)) {
        refuse_named_files(output, folder, *table);
    }
}

/// Whatever text of the network names the output file is taken to be an input.
void refuse_inputs_as_output(const RunRequest& request, const analysis::NetworkSpec& spec) {
    fs::path folder = request.network.base_folder;
    if (!request.network.text) {
        io::refuse_same_file(request.output, request.network.file, "the network file");
        folder = fs::path(request.network.file).parent_path();
    }
    base::Diagnostics ignored;
    const auto document = network::read_toml(spec.file, spec.resolved, ignored);
    if (document) refuse_named_files(request.output, folder, *document);
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
    const auto options = load_options(source);
    CheckedNetwork result;
    result.spec = source.text ? network::load_text(source.file, *source.text, options, diagnostics)
                              : network::load_file(source.file, options, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    result.plan = codegen::make_plan(result.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    sim::find_misfits(result.spec, result.plan, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    if (warn && !diagnostics.all().empty()) warn(diagnostics.render());
    return result;
}

sim::Summary run_network(const RunRequest& request) {
    auto [spec, plan] = check_network(request.network, request.warn);
    std::unique_ptr<io::ResultsFile> results;
    if (!request.output.empty()) {
        refuse_inputs_as_output(request, spec);
        results = std::make_unique<io::ResultsFile>(request.output, request.version);
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
