// SPDX-License-Identifier: BSD-3-Clause
// Syntax tree to checked expression: every name gets its meaning, every operation its type and dimension.
// Mistakes are reported once, where they are; the result is null then.
#pragma once

#include "analysis/term.hpp"
#include "base/diagnostics.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bouton::analysis {

/// What the texts of one group have in common while they are resolved.
struct ScopeState {
    std::uint64_t draws = 0;        ///< counts the textual random draws
    std::set<std::string> unknown;  ///< names reported as unknown: each is reported once
    std::uint32_t depth = 0;        ///< of definitions that are resolved within definitions
};

/// What the names of one text mean.
struct Scope {
    /// The meaning of a name that is neither reserved nor a unit; null if unknown. May report an error itself
    /// (a circle of subexpressions): then it returns null and sets *reported.
    std::function<TermPtr(const std::string& name, const base::Span& span, bool* reported)> find;
    /// The signal of that name (kind `signal`, dimension set), null if there is none.
    std::function<TermPtr(const std::string& name)> find_signal;
    /// Calls that only this text may make (sum_post in run_regularly); null if it is none of them.
    /// An argument is null where its mistake has been reported.
    std::function<TermPtr(const lang::Call& call, const base::Span& span,
                          const std::vector<TermPtr>& arguments, bool* reported)>
        find_call;
    /// Names to offer in "did you mean".
    std::function<std::vector<std::string>()> names;
    std::string prefix;     ///< before the names of N, N_pre, N_post: the group
    bool synaptic = false;  ///< i is presynaptic, j exists, N is refused in favour of N_pre, N_post
    double size = 0;        ///< N, or N_pre
    double size_post = 0;
    std::optional<double>
        reach;  ///< so many values `i` takes, where they are not `size`: the neurons of a slice
    bool allow_noise = false;
    const char* no_random = nullptr;  ///< where random numbers make no sense: the reason
    ScopeState* state = nullptr;
};

TermPtr resolve(const lang::Expr& expr, const Scope& scope, base::Diagnostics& diagnostics);

/// The dimension that a declared unit names: 1, volt, siemens/meter**2 ... `target` stands for `target_unit`,
/// if the model may use it. integer and boolean set the type.
struct DeclaredUnit {
    ValueType type = ValueType::real;
    base::Dimension dimension;
};
/// Whether a declared unit names `target_unit`.
bool names_target_unit(const lang::Expr& unit);

std::optional<DeclaredUnit> resolve_unit(const lang::Expr& unit, const base::Dimension* target,
                                         base::Diagnostics& diagnostics);

/// Names that no text may define.
bool is_reserved(const std::string& name);

/// Reports E203/E214 unless a term of dimension `found` may stand where `wanted` is needed (a literal 0 may).
bool check_dimension(const TermPtr& term, const base::Dimension& wanted, const std::string& what,
                     const base::Span& span, base::Code code, base::Diagnostics& diagnostics);

/// Reports E206 for a condition where a number is needed.
bool check_number(const TermPtr& term, const std::string& what, const base::Span& span,
                  base::Diagnostics& diagnostics);

/// Reports E407 for a term whose value is known before the run and is not finite, E306 for one that is known and not
/// within the bounds, both allowed; `hint` says what they are.
bool check_known(const TermPtr& term, double low, double high, const std::string& what,
                 const base::Span& span, const std::string& hint, base::Diagnostics& diagnostics);

/// "[mV]"-like text of a dimension for messages.
std::string in_brackets(const base::Dimension& dimension);

/// The text at a place, in quotes, cut where it is long.
std::string quoted(const base::Span& span);

}  // namespace bouton::analysis
