// SPDX-License-Identifier: BSD-3-Clause
// Expressions resolved in a small world: variables x, y (numbers), v (volt), n (integer), b (condition) and the
// constants two = 2, tau = 10 ms, all by name.
#pragma once

#include "analysis/integrators.hpp"
#include "analysis/resolve.hpp"
#include "lang/parser.hpp"

#include <optional>
#include <string>

namespace bouton::test {

/// The resolved expression; null after a mistake, which `mistake`, if given, receives as "E203: message".
analysis::TermPtr resolved(const std::string& text, std::string* mistake = nullptr);

/// The value of a term with x = 3, y = 5, v = 7 V, n = 2, b = true; nothing if more than these decide it.
std::optional<double> value(const analysis::TermPtr& term);

}  // namespace bouton::test
