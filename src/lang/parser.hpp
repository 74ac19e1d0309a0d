// SPDX-License-Identifier: BSD-3-Clause
// Text to syntax tree. Precedence and associativity are Python's (-x**2, 2**-1, 2**3**2, a/b/c; `not`, `and`,
// `or` lowest). Every function reports its mistakes and returns what it could read; no input crashes it:
// nesting beyond 256 and trees beyond 100,000 nodes are refused.
#pragma once

#include "base/diagnostics.hpp"
#include "base/dimension.hpp"
#include "lang/syntax.hpp"

#include <optional>

namespace bouton::lang {

/// One expression, the whole text. Null after an error.
ExprPtr parse_expression(const base::SourcePtr& text, base::Diagnostics& diagnostics);

/// Statements, separated by newlines or `;`, `#` starts a comment. A bracket lets a statement go on over lines.
std::vector<Statement> parse_statements(const base::SourcePtr& text, base::Diagnostics& diagnostics);

/// Equations, one a line (an open bracket, or a line that begins with an operator or ends with one, continues).
std::vector<Equation> parse_equations(const base::SourcePtr& text, base::Diagnostics& diagnostics);

/// A value of a field: "20 ms", "20*ms", "5", "-70 mV", "1e-3 s", "2 nS/ms": number, then units with * / and
/// powers. Bare SI symbols are units here. The value is in SI base units.
struct Quantity {
    double value = 0.0;
    base::Dimension dimension;
};
std::optional<Quantity> parse_quantity(const base::SourcePtr& text, base::Diagnostics& diagnostics);

/// Whether the text is a quantity, without reporting.
std::optional<Quantity> try_quantity(const base::SourcePtr& text);

}  // namespace bouton::lang
