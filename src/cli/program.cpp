// SPDX-License-Identifier: BSD-3-Clause
#include "cli/program.hpp"

#include "base/diagnostics.hpp"
#include "cli/command.hpp"
#include "cli/messages.hpp"
#include "cli/signals.hpp"
#include "cli/standard_streams.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <sstream>
#include <stdexcept>

namespace bouton::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  bouton run net.toml                            results in net.h5\n"
    "  bouton run net.toml -o a.h5 --set simulation.duration='2 s' --seed 7\n"
    "  bouton check net.toml                          what would run, and how much memory it takes\n"
    "  bouton models                                  the model library\n"
    "  bouton models stdp_pair                        one model in full\n"
    "  bouton emit net.toml                           the C++ that would be compiled\n"
    "  bouton train --mask dropconnect --data mnist -o model.h5\n"
    "  bouton evaluate model.h5 --data mnist --inference gaussian\n"
    "\n"
    "Exit status: 0 done, 1 failed while running or stopped, 2 the input is wrong.";

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

/// The word in the place of a command, if no command has that name.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return {};
    for (const auto& name : command_names(app)) {
        if (name == argv[1]) return {};
    }
    return argv[1];
}

int tell_unknown_command(const CLI::App& app, const std::string& word) {
    const auto names = command_names(app);
    const std::string near = base::nearest(word, names);
    const std::string hint = near.empty() ? fmt::format("the commands are {}", fmt::join(names, ", "))
                                          : fmt::format("did you mean '{}'?", near);
    tell_error(fmt::format("unknown command '{}': {}", base::escape(word), hint));
    return 2;
}

int act(const std::function<int()>& action) {
    const StopSignals signals;
    try {
        return action();
    } catch (const base::DiagnosticError& error) {
        tell_diagnostics(error.what());
        return error.status();
    } catch (const base::Error& error) {
        tell_error(error.what());
        return error.status();
    } catch (const std::bad_alloc&) {
        tell_error("not enough memory");
        return 1;
    } catch (const std::length_error&) {
        tell_error("not enough memory");
        return 1;
    } catch (const std::exception& error) {
        tell_error(error.what());
        return 1;
    }
}

/// --help, --version
int tell_what_was_asked(const CLI::App& app, const CLI::Success& wanted) {
    std::ostringstream text;
    app.exit(wanted, text, text);
    print_text(text.str());
    return end_output(Product::text, 0);
}

}  // namespace

int run_program(int argc, char** argv, const std::string& version) {
    prepare_standard_streams();
    CLI::App app("Simulates and trains networks with plastic, unreliable synapses.", "bouton");
    app.set_version_flag("--version", "bouton " + version, "Print the version and leave");
    app.set_help_flag("-h,--help", "Print this help and leave");
    app.footer(kExamples);
    app.require_subcommand(1);

    Chosen chosen{version, {}, Product::text};
    add_run(app, chosen);
    add_check(app, chosen);
    add_models(app, chosen);
    add_emit(app, chosen);
    add_train(app, chosen);
    add_evaluate(app, chosen);

    if (argc == 1) {
        print_error_text(app.help());
        return 2;
    }
    if (const auto word = unknown_command(app, argc, argv); !word.empty())
        return tell_unknown_command(app, word);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help, --version
        return tell_what_was_asked(app, wanted);
    } catch (const CLI::ParseError& error) {
        tell_error(base::escape(error.what()) + " (bouton COMMAND --help lists what can be given)");
        return 2;
    }
    return end_output(chosen.product, act(chosen.action));
}

}  // namespace bouton::cli
