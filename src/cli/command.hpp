// SPDX-License-Identifier: BSD-3-Clause
// What the commands have in common: each adds itself to the command line and leaves behind what to do.
#pragma once

#include "cli/standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace bouton::cli {

/// Filled by the command that the user named; returns the exit status.
struct Chosen {
    std::string version;  ///< of bouton
    std::function<int()> action;
    Product product;  ///< what the action makes
};

void add_run(CLI::App& app, Chosen& chosen);
void add_check(CLI::App& app, Chosen& chosen);
void add_models(CLI::App& app, Chosen& chosen);
void add_emit(CLI::App& app, Chosen& chosen);
void add_train(CLI::App& app, Chosen& chosen);
void add_evaluate(CLI::App& app, Chosen& chosen);

}  // namespace bouton::cli
