// SPDX-License-Identifier: BSD-3-Clause
// `bouton run`: checks, builds and runs a network and writes its results.
#include "base/diagnostics.hpp"
#include "base/numbers.hpp"
#include "base/stop.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/progress.hpp"
#include "cli/run_network.hpp"
#include "cli/standard_streams.hpp"
#include "cli/text_layout.hpp"
#include "lang/parser.hpp"
#include "model/values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

namespace bouton::cli {
namespace {

struct RunArguments {
    NetworkSource network;
    std::string output;
    std::optional<int> threads;
    std::optional<double> memory;
    std::string backend;
    bool no_synapses = false;
    std::string checkpoint;
    std::string every;
    std::string resume;
};

/// A quantity, with or without a blank before its unit: a word of a command line has none.
std::optional<lang::Quantity> read_quantity(const std::string& text) {
    const char* first = text.data();
    const auto number = static_cast<std::size_t>(base::parse_number(first, first + text.size()).end - first);
    return lang::try_quantity(
        base::make_source("--every", text.substr(0, number) + " " + text.substr(number)));
}

session::LongRun::Request read_checkpoints(const RunArguments& arguments) {
    session::LongRun::Request request;
    if (!arguments.resume.empty()) request.resume = arguments.resume;
    if (arguments.checkpoint.empty() != arguments.every.empty())
        throw base::Error(
            arguments.every.empty()
                ? "--checkpoint needs --every, how much simulated time lies between two of them: --every 10s"
                : "--every needs --checkpoint, the file to write: --checkpoint run.bouton",
            2);
    if (arguments.checkpoint.empty()) return request;
    const auto every = read_quantity(arguments.every);
    if (!every || every->dimension != model::dimension_time() || !(every->value > 0.0) ||
        !std::isfinite(every->value))
        throw base::Error(fmt::format("--every: a time above 0 is needed, such as 10s or '500 ms', not '{}'",
                                      base::escape(arguments.every)),
                          2);
    request.checkpoint = arguments.checkpoint;
    request.every = every->value;
    return request;
}

void tell_summary(const sim::Summary& summary, const std::string& output) {
    print(
        "{} steps, {} spikes, {} synaptic events; compile {}, build {}, run {}, write {} ({}); "
        "results in {}\n",
        spell_count(static_cast<double>(summary.steps)), spell_count(static_cast<double>(summary.spikes)),
        spell_count(static_cast<double>(summary.events)), spell_seconds(summary.compile_seconds),
        spell_seconds(summary.build_seconds), spell_seconds(summary.run_seconds),
        spell_seconds(summary.write_seconds), summary.backend, base::escape(output));
}

int run(const RunArguments& arguments, const std::string& version) {
    Progress progress;

    RunRequest request;
    request.checkpoints = read_checkpoints(arguments);
    request.network = arguments.network;
    request.output = arguments.output.empty()
                         ? std::filesystem::path(arguments.network.file).stem().concat(".h5")
                         : std::filesystem::path(arguments.output);
    request.version = version;
    request.threads = arguments.threads.value_or(1);
    request.memory = arguments.memory;
    request.final_synapses = !arguments.no_synapses;
    if (arguments.backend == "compiled") request.backend = sim::Backend::compiled;
    if (arguments.backend == "interpreted") request.backend = sim::Backend::interpreted;
    request.progress = [&progress](const sim::Progress& now) {
        progress.show(now.t, now.fraction, now.real_seconds);
    };
    request.warn = [&progress](const std::string& warning) {
        progress.clear();
        tell_warning(warning);
    };
    const auto way_on = [&file = arguments.checkpoint] {
        return session::is_state_file(file) ? ", and --resume " + base::escape(file) + " goes on" : "";
    };
    try {
        const auto summary = run_network(request);
        progress.clear();
        tell_summary(summary, request.output->string());
        if (summary.stopped)
            tell_error("stopped before the end; what was recorded until then is in the results" + way_on());
        return summary.stopped ? 1 : 0;
    } catch (const base::Stopped&) {
        progress.clear();
        tell_error("stopped before the first step; there are no results");
        return 1;
    } catch (...) {
        progress.clear();
        throw;
    }
}

}  // namespace

void add_run(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("run", "Run a network and write its results");
    const auto arguments = std::make_shared<RunArguments>();
    add_network_arguments(*command, arguments->network);
    add_output(*command, "-o,--output", arguments->output,
               "The results file (default: NET.h5 in this folder)")
        ->type_name("OUT.h5");
    command
        ->add_option("--backend", arguments->backend,
                     "compiled or interpreted (default: compiled where there is a compiler)")
        ->check(CLI::IsMember({"compiled", "interpreted"}))
        ->type_name("NAME");
    add_whole_number<int>(*command, "--threads", arguments->threads, 1, std::numeric_limits<int>::max(),
                          "How many threads to use at most; results do not depend on it (default: 1)");
    add_memory(*command, arguments->memory,
               "How much memory the network may take, e.g. 8GB (default: what is free)");
    command->add_flag("--no-synapses", arguments->no_synapses,
                      "Leave the synapses at the end out of the results");
    add_output(*command, "--checkpoint", arguments->checkpoint,
               "Write the state of the run to FILE at each multiple of --every, and keep the one before as "
               "FILE.previous")
        ->type_name("FILE");
    command
        ->add_option("--every", arguments->every,
                     "How much simulated time lies between checkpoints, e.g. 10s")
        ->type_name("T");
    add_output(*command, "--resume", arguments->resume,
               "Go on from a checkpoint of this run, to the results of a run that was never stopped")
        ->type_name("FILE");
    command->callback([&chosen, arguments] {
        chosen.product = Product::files;
        chosen.action = [arguments, version = chosen.version] { return run(*arguments, version); };
    });
}

}  // namespace bouton::cli
