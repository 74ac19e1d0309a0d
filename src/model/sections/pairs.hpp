// SPDX-License-Identifier: BSD-3-Clause
// Connections that are written down pair by pair, inline or in a CSV file.
#pragma once

#include "document/context.hpp"
#include "document/tree.hpp"
#include "model/spec.hpp"

#include <optional>

namespace bouton::model {

/// pairs = [[i, j], ...], counted from the first neuron of each slice.
void read_pairs(const document::Context& context, const document::Node& node,
                const std::optional<GroupRef>& from, const std::optional<GroupRef>& to, ConnectSpec& connect);

/// sources = [i, ...], targets = [j, ...], counted likewise; lists, or arrays in memory.
void read_ends(const document::Context& context, const document::Node& sources, const document::Node& targets,
               const std::optional<GroupRef>& from, const std::optional<GroupRef>& to, ConnectSpec& connect);

/// What else stands beside them, a list of values for each: NAME = { values = [...], unit = "nS" }.
void read_columns(const document::Context& context, const std::vector<const document::Entry*>& entries,
                  ConnectSpec& connect);

/// file = "x.csv" with the header source,target[,NAME...].
void read_pairs_file(const document::Context& context, const document::Node& node,
                     const std::optional<GroupRef>& from, const std::optional<GroupRef>& to,
                     ConnectSpec& connect);

}  // namespace bouton::model
