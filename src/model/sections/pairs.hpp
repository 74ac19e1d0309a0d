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

/// file = "x.csv" with the header source,target[,NAME...].
void read_pairs_file(const document::Context& context, const document::Node& node,
                     const std::optional<GroupRef>& from, const std::optional<GroupRef>& to,
                     ConnectSpec& connect);

}  // namespace bouton::model
