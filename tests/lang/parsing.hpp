// SPDX-License-Identifier: BSD-3-Clause
// What the tests of this folder share: parsing from plain strings, and the value of a constant expression.
#pragma once

#include "lang/parser.hpp"
#include "lang/printer.hpp"

#include <string>
#include <vector>

namespace bouton::lang::testing {

/// The expression printed back, or the rendered diagnostics.
std::string reprinted(const std::string& text);
/// Statements or equations printed back, joined by " | "; diagnostics, if any, follow as "E103@line:column".
std::string statements(const std::string& text);
std::string equations(const std::string& text);

/// The codes, places and hints of what parsing reports: "E103@1:5".
std::vector<std::string> expression_errors(const std::string& text);
std::string first_expression_hint(const std::string& text);
std::string first_statement_hint(const std::string& text);
std::string first_equation_hint(const std::string& text);

/// The value of an expression of numbers, booleans (0 and 1) and operators, as Python would have it.
double value_of(const std::string& text);

}  // namespace bouton::lang::testing
