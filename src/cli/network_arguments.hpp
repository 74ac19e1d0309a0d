// SPDX-License-Identifier: BSD-3-Clause
// The arguments that say which network: NET.toml, --set, --seed.
#pragma once

#include "analysis/spec.hpp"
#include "base/diagnostics.hpp"
#include "cli/command.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouton::cli {

struct NetworkArguments {
    std::string file;
    std::vector<std::string> sets;
    std::optional<std::uint64_t> seed;
};

void add_network_arguments(CLI::App& command, NetworkArguments& arguments);

/// An option whose value is a whole number from `least` to `most`.
template <class Number>
CLI::Option* add_whole_number(CLI::App& command, const std::string& name, std::optional<Number>& value,
                              Number least, Number most, const std::string& help);

analysis::NetworkSpec load_network(const NetworkArguments& arguments, base::Diagnostics& diagnostics);

}  // namespace bouton::cli
