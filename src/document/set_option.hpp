// SPDX-License-Identifier: BSD-3-Clause
// `--set a.b.c=VALUE` and `--seed N`: changes of the tree before anything reads it.
#pragma once

#include "base/diagnostics.hpp"
#include "document/tree.hpp"

#include <cstdint>
#include <string>

namespace bouton::document {

/// Sets one value; tables that are missing on the way are made, a list is entered by number (record.0.every).
/// What it sets lies in a source named `--set`, so that complaints about the value point there.
void apply_set(Table& document, const std::string& argument, base::Diagnostics& diagnostics);

/// The same as `--set simulation.seed=N`, under the name `--seed`.
void apply_seed(Table& document, std::uint64_t seed, base::Diagnostics& diagnostics);

}  // namespace bouton::document
