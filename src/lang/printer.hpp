// SPDX-License-Identifier: BSD-3-Clause
// Syntax tree to text: the fewest brackets that parse back to an equal tree, numbers in their shortest form
// that reads back to the same bits, without the locale.
#pragma once

#include "lang/syntax.hpp"

#include <string>

namespace bouton::lang {

std::string to_string(const Expr& expr);
std::string to_string(const Statement& statement);
std::string to_string(const Equation& equation);

}  // namespace bouton::lang
