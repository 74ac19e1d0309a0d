// SPDX-License-Identifier: BSD-3-Clause
// Connections that are written down pair by pair, inline or in a CSV file.
#pragma once

#include "analysis/spec.hpp"
#include "network/load/context.hpp"
#include "network/load/tree.hpp"

#include <optional>

namespace bouton::network {

/// pairs = [[i, j], ...], counted from the first neuron of each slice.
void read_pairs(const Context& context, const Node& node, const std::optional<analysis::GroupRef>& from,
                const std::optional<analysis::GroupRef>& to, analysis::ConnectSpec& connect);

/// file = "x.csv" with the header source,target[,NAME...].
void read_pairs_file(const Context& context, const Node& node, const std::optional<analysis::GroupRef>& from,
                     const std::optional<analysis::GroupRef>& to, analysis::ConnectSpec& connect);

}  // namespace bouton::network
