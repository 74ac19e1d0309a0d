// SPDX-License-Identifier: BSD-3-Clause
// Statements: targets, locals, types and dimensions.
#include "analysis/statements.hpp"

namespace bouton::analysis {

using base::Code;
using lang::AssignOp;

namespace {

bool check_types(const lang::Statement& statement, ValueType wanted, const TermPtr& value,
                 base::Diagnostics& diagnostics) {
    const auto& span = statement.value->span;
    if (wanted == ValueType::boolean ? value->type == ValueType::boolean && statement.op == AssignOp::set
                                     : value->type != ValueType::boolean) {
        if (wanted != ValueType::integer) return true;
        if (value->type == ValueType::integer && statement.op != AssignOp::divide) return true;
        diagnostics.error(Code::E206, span, "'" + statement.target + "' is an integer, this is a real number",
                          "int(...) rounds towards zero");
        return false;
    }
    diagnostics.error(Code::E206, span, wanted == ValueType::boolean
                      ? "'" + statement.target + "' is true or false; it can only be set to a condition"
                      : "'" + statement.target + "' is a number, this is true or false",
                      wanted == ValueType::boolean ? "" : "int(...) gives 1 or 0");
    return false;
}

bool check_dimensions(const lang::Statement& statement, const base::Dimension& wanted, const TermPtr& value,
                      base::Diagnostics& diagnostics) {
    const bool scales = statement.op == AssignOp::multiply || statement.op == AssignOp::divide;
    const std::string what = scales ? "the factor" : "'" + statement.target + "'";
    return check_dimension(value, scales ? base::Dimension{} : wanted, what, statement.value->span,
                           Code::E203, diagnostics);
}

}  // namespace

std::vector<CheckedStatement> check_statements(const std::vector<lang::Statement>& statements, const Scope& scope,
                                               const std::function<Target(const std::string&)>& target_named,
                                               Locals& locals, base::Diagnostics& diagnostics) {
    std::vector<CheckedStatement> result;
    for (const auto& statement : statements) {
        const TermPtr value = resolve(*statement.value, scope, diagnostics);
        const Target target = target_named(statement.target);
        if (target.kind == Target::Kind::refused) {
            diagnostics.error(Code::E207, statement.target_span, target.refusal, target.hint);
            continue;
        }
        CheckedStatement checked;
        checked.span = statement.span;
        checked.op = statement.op;
        checked.target = target.kind == Target::Kind::local ? statement.target : target.key;
        checked.end = target.end;
        checked.type = target.type;
        checked.unless_refractory = target.unless_refractory;
        checked.is_local = target.kind == Target::Kind::local;
        checked.value = value;
        if (checked.is_local) {
            const auto known = locals.find(statement.target);
            if (known == locals.end()) {
                if (statement.op != AssignOp::set) {
                    diagnostics.error(Code::E201, statement.target_span, "unknown name '" + statement.target + "'",
                                      "declare it in the equations, or set it with '=' first");
                    continue;
                }
                if (!value) continue;
                checked.type = value->type;
                locals[statement.target] = leaf(TermKind::local, value->type, value->dimension, statement.target);
            } else {
                if (!value || !check_dimensions(statement, known->second->dimension, value, diagnostics)) continue;
                if (known->second->type == ValueType::real && value->type != ValueType::boolean) checked.type = ValueType::real;
                else if (!check_types(statement, known->second->type, value, diagnostics)) continue;
                else checked.type = known->second->type;
            }
        } else if (!value || !check_types(statement, target.type, value, diagnostics) ||
                   !check_dimensions(statement, target.dimension, value, diagnostics)) {
            continue;
        }
        result.push_back(std::move(checked));
    }
    return result;
}

Target target_of(const CheckedVariable& variable, End end) {
    Target target;
    target.kind = Target::Kind::variable;
    target.end = end;
    target.key = variable.key;
    target.type = variable.type;
    target.dimension = variable.dimension;
    target.unless_refractory = variable.unless_refractory;
    const auto refuse = [&](std::string why, std::string hint) {
        target.kind = Target::Kind::refused;
        target.refusal = "'" + variable.name + "' " + why;
        target.hint = std::move(hint);
    };
    if (variable.summed) refuse("is summed over synapses", "it cannot be assigned");
    else if (variable.kind == lang::EquationKind::subexpression) refuse("follows from its equation", "it cannot be assigned");
    else if (variable.implicit) refuse("is a parameter", "declare it in the equations, as in 'x : 1', to change it");
    else if (variable.constant) refuse("is constant", "remove the flag (constant) to change it");
    else if (variable.shared) refuse("is shared", "a shared parameter keeps its value during a run");
    return target;
}

Target target_of_other(const std::string& name, bool is_constant) {
    Target target;
    const auto refuse = [&](std::string what) {
        target.kind = Target::Kind::refused;
        target.refusal = "'" + name + "' " + std::move(what) + " and cannot be assigned";
        target.hint = "choose another name";
    };
    if (is_constant) {
        refuse("is a parameter");
        target.hint = "declare it in the equations, as in 'x : 1', to change it";
    } else if (name != "release" && is_reserved(name)) {
        refuse("is reserved");
    } else if (find_function(name)) {
        refuse("is a function");
    } else if (base::find_unit(name)) {
        refuse("is a unit");
    }
    return target;
}

}  // namespace bouton::analysis
