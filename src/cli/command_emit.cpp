// SPDX-License-Identifier: BSD-3-Clause
// `bouton emit`: the C++ text that a run would compile, or with --after=lower the form it is printed from.
#include "cli/describe_kernels.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/standard_streams.hpp"

#include <fmt/format.h>

#include <memory>

namespace bouton::cli {
namespace {

struct EmitArguments {
    NetworkSource network;
    std::string after = "emit";
};

int show_emit(const EmitArguments& arguments) {
    const auto network = check_network(arguments.network, tell_diagnostics);
    const Stage stage = arguments.after == "lower" ? Stage::lower : Stage::emit;
    print_text(describe_kernels(network.plan, stage));
    return 0;
}

}  // namespace

void add_emit(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("emit", "Print the C++ that would be compiled");
    const auto arguments = std::make_shared<EmitArguments>();
    add_network_arguments(*command, arguments->network);
    command
        ->add_option("--after", arguments->after,
                     "Print what there is after this step: lower or emit (the C++)")
        ->check(CLI::IsMember({"lower", "emit"}))
        ->type_name("STEP");
    command->callback(
        [&chosen, arguments] { chosen.action = [arguments] { return show_emit(*arguments); }; });
}

}  // namespace bouton::cli
