// SPDX-License-Identifier: BSD-3-Clause
// The arguments that say which network, NET.toml, --set, --seed; and kinds of options that several commands have.
#pragma once

#include "cli/command.hpp"
#include "cli/run_network.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bouton::cli {

void add_network_arguments(CLI::App& command, NetworkSource& network);

/// An option that names a file to write, which an empty name does not.
CLI::Option* add_output(CLI::App& command, const std::string& name, std::string& value,
                        const std::string& help);

/// An option whose value is a whole number from `least` to `most`.
template <class Number>
CLI::Option* add_whole_number(CLI::App& command, const std::string& name, std::optional<Number>& value,
                              Number least, Number most, const std::string& help);

/// --memory SIZE, in bytes.
void add_memory(CLI::App& command, std::optional<double>& memory, const std::string& help);

}  // namespace bouton::cli
