// SPDX-License-Identifier: BSD-3-Clause
// `bouton check`: reads and analyses a network and says what would run.
#include "cli/describe_network.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"

#include <fmt/format.h>

#include <memory>

namespace bouton::cli {
namespace {

int check_network(const NetworkArguments& arguments) {
    base::Diagnostics diagnostics;
    const auto spec = load_network(arguments, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    const auto plan = codegen::make_plan(spec, diagnostics);
    settle(diagnostics);
    fmt::print("{}", describe_network(spec, plan));
    return 0;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("check", "Say what would run, without building the network");
    const auto arguments = std::make_shared<NetworkArguments>();
    add_network_arguments(*command, *arguments);
    command->callback(
        [&chosen, arguments] { chosen.action = [arguments] { return check_network(*arguments); }; });
}

}  // namespace bouton::cli
