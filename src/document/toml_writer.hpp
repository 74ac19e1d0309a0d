// SPDX-License-Identifier: BSD-3-Clause
// Tree to TOML text: what results and checkpoints keep of the network that ran.
#pragma once

#include "document/tree.hpp"

#include <string>

namespace bouton::document {

/// Reads back to an equal tree. Comments are not kept.
std::string write_toml(const Table& document);

}  // namespace bouton::document
