// SPDX-License-Identifier: BSD-3-Clause
// Checks blocks of statements: what may be assigned, with which type and dimension, and what is a local.
#pragma once

#include "analysis/checked.hpp"
#include "analysis/resolve.hpp"

#include <map>

namespace bouton::analysis {

/// What a name on the left of an assignment stands for.
struct Target {
    enum class Kind { variable, local, refused, broken } kind = Kind::local;  ///< broken: reported elsewhere
    End end = End::own;
    std::string key;
    ValueType type = ValueType::real;
    base::Dimension dimension;
    bool unless_refractory = false;
    base::Code code = base::Code::E207;
    std::string refusal;
    std::string hint;
};

using Locals = std::map<std::string, TermPtr>;  ///< null: set by a statement that has a mistake

/// `scope` is that of the equations; the statements see `locals` as well. A local named in `locals` beforehand
/// (release) keeps its dimension.
std::vector<CheckedStatement> check_statements(const std::vector<lang::Statement>& statements,
                                               const Scope& scope,
                                               const std::function<Target(const std::string&)>& target,
                                               Locals locals, base::Diagnostics& diagnostics);

/// The target that a declared variable makes, refused if its role forbids assignment.
Target target_of(const CheckedVariable& variable, End end);

/// A name that is no variable: a constant, a unit, a function, a reserved word, or else a new local.
Target target_of_other(const std::string& name, bool is_constant);

/// Of a name whose mistake has been reported.
Target broken_target();

}  // namespace bouton::analysis
