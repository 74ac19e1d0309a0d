// SPDX-License-Identifier: BSD-3-Clause
// `bouton check`: reads and analyses a network and says what would run.
#include "cli/describe_network.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/standard_streams.hpp"

#include <fmt/format.h>

#include <memory>

namespace bouton::cli {
namespace {

int show_check(const NetworkSource& source) {
    const auto network = check_network(source, tell_diagnostics);
    print_text(describe_network(network.spec, network.plan));
    return 0;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("check", "Say what would run, without building the network");
    const auto arguments = std::make_shared<NetworkSource>();
    add_network_arguments(*command, *arguments);
    command->callback(
        [&chosen, arguments] { chosen.action = [arguments] { return show_check(*arguments); }; });
}

}  // namespace bouton::cli
