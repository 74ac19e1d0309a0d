// SPDX-License-Identifier: BSD-3-Clause
// `bouton check`: reads and analyses a network and says what would run, or says what a checkpoint is.
#include "cli/describe_network.hpp"
#include "cli/describe_state.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/standard_streams.hpp"
#include "sim/build/least_memory.hpp"
#include "sim/build/numbering.hpp"

#include <fmt/format.h>

#include <memory>

namespace bouton::cli {
namespace {

struct CheckArguments {
    NetworkSource network;
    std::optional<double> memory;
};

int show_state(const CheckArguments& arguments) {
    const NetworkSource& given = arguments.network;
    if (!given.sets.empty() || given.seed || arguments.memory)
        throw base::Error(
            "'" + base::escape(given.file) +
                "' is a checkpoint, and is no network: --set, --seed and --memory are for networks",
            2);
    print_text(describe_state(session::StateFile(given.file).run()));
    return 0;
}

int show_check(const CheckArguments& arguments) {
    if (session::is_state_file(arguments.network.file)) return show_state(arguments);
    const auto network = check_network(arguments.network, tell_diagnostics);
    if (arguments.memory) {
        sim::refuse_too_large(sim::least_memory(network.plan), base::memory_limit(arguments.memory));
    }
    sim::refuse_uncountable(network.plan);
    print_text(describe_network(network.spec, network.plan));
    return 0;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand(
        "check", "Say what would run, without building the network, or what a checkpoint is");
    const auto arguments = std::make_shared<CheckArguments>();
    add_network_arguments(*command, arguments->network);
    add_memory(*command, arguments->memory, "Refuse a network that takes more, e.g. 8GB");
    command->callback(
        [&chosen, arguments] { chosen.action = [arguments] { return show_check(*arguments); }; });
}

}  // namespace bouton::cli
