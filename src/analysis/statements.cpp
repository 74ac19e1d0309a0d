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
    diagnostics.error(Code::E206, span,
                      wanted == ValueType::boolean
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

class BlockCheck {
public:
    BlockCheck(const Scope& scope, const std::function<Target(const std::string&)>& target_named,
               Locals locals, base::Diagnostics& diagnostics)
        : scope_(scope), target_named_(target_named), locals_(std::move(locals)), diagnostics_(diagnostics) {
        for (const auto& [name, term] : locals_) given_.insert(name);
        read_ = given_;
        scope_.find = [this, outer = scope.find](const std::string& name, const base::Span& span,
                                                 bool* reported) {
            const auto local = locals_.find(name);
            if (local == locals_.end()) return outer(name, span, reported);
            read_.insert(name);
            if (!local->second) *reported = true;
            return local->second;
        };
        scope_.names = [this, outer = scope.names] {
            auto names = outer ? outer() : std::vector<std::string>{};
            for (const auto& [name, term] : locals_) names.push_back(name);
            return names;
        };
    }
    BlockCheck(const BlockCheck&) = delete;

    std::vector<CheckedStatement> operator()(const std::vector<lang::Statement>& statements) {
        std::vector<CheckedStatement> result;
        for (const auto& statement : statements)
            if (auto checked = check(statement)) result.push_back(std::move(*checked));
        for (const auto& statement : statements)
            if (const auto it = locals_.find(statement.target);
                it != locals_.end() && read_.insert(it->first).second)
                warn_unread(statement);
        return result;
    }

private:
    std::optional<CheckedStatement> check(const lang::Statement& statement) {
        const TermPtr value = resolve(*statement.value, scope_, diagnostics_);
        const Target target = target_named_(statement.target);
        if (target.kind == Target::Kind::broken) return std::nullopt;
        if (target.kind == Target::Kind::refused) {
            diagnostics_.error(target.code, statement.target_span, target.refusal, target.hint);
            return std::nullopt;
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
        const bool good = checked.is_local
                              ? check_local(statement, checked)
                              : value && check_types(statement, target.type, value, diagnostics_) &&
                                    check_dimensions(statement, target.dimension, value, diagnostics_);
        if (!good) return std::nullopt;
        return checked;
    }

    /// `=` makes a local anew, of the type and dimension of its value; `+=` and the like need it set before.
    bool check_local(const lang::Statement& statement, CheckedStatement& checked) {
        const TermPtr& value = checked.value;
        const std::string& name = checked.target;
        const auto known = locals_.find(name);
        if (known == locals_.end() && statement.op != AssignOp::set) {
            if (scope_.state->unknown.insert(name).second) {
                const auto near = diagnostics_.suggestions().nearest(name, scope_.names);
                diagnostics_.error(Code::E201, statement.target_span, "unknown name '" + name + "'",
                                   near.empty() ? "declare it in the equations, or set it with '=' first"
                                                : "did you mean '" + near + "'?");
            }
            locals_[name] = nullptr;
            return false;
        }
        if (statement.op == AssignOp::set && !given_.count(name)) {
            locals_[name] = value ? leaf(TermKind::local, value->type, value->dimension, name) : nullptr;
            if (value) checked.type = value->type;
            return value != nullptr;
        }
        if (!value || !known->second) return false;
        const Term& old = *known->second;
        if (old.type == ValueType::boolean || value->type == ValueType::boolean)
            return check_types(statement, old.type, value, diagnostics_);
        if (!check_dimensions(statement, old.dimension, value, diagnostics_)) return false;
        const bool whole = old.type == ValueType::integer && value->type == ValueType::integer &&
                           statement.op != AssignOp::divide;
        checked.type = whole ? ValueType::integer : ValueType::real;
        locals_[name] = leaf(TermKind::local, checked.type, old.dimension, name);
        return true;
    }

    /// Nearly always a slip: the variable that was meant keeps its value.
    void warn_unread(const lang::Statement& statement) {
        if (!locals_.at(statement.target)) return;
        const auto near = diagnostics_.suggestions().nearest(statement.target, scope_.names);
        diagnostics_.warning(
            Code::E215, statement.target_span,
            "nothing reads '" + statement.target + "', a local of this block",
            near.empty() ? "declare it in the equations to keep it" : "did you mean '" + near + "'?");
    }

    Scope scope_;
    const std::function<Target(const std::string&)>& target_named_;
    Locals locals_;
    std::set<std::string> given_;  ///< the engine's own
    std::set<std::string> read_;
    base::Diagnostics& diagnostics_;
};

}  // namespace

std::vector<CheckedStatement> check_statements(const std::vector<lang::Statement>& statements,
                                               const Scope& scope,
                                               const std::function<Target(const std::string&)>& target_named,
                                               Locals locals, base::Diagnostics& diagnostics) {
    return BlockCheck(scope, target_named, std::move(locals), diagnostics)(statements);
}

Target target_of(const CheckedVariable& variable, End end) {
    Target target;
    target.kind = Target::Kind::variable;
    target.end = end;
    target.key = variable.key;
    target.type = variable.type;
    target.dimension = variable.dimension;
    target.unless_refractory = variable.unless_refractory;
    const auto refuse = [&](const std::string& why, std::string hint) {
        target.kind = Target::Kind::refused;
        target.refusal = "'" + variable.name + "' " + why;
        target.hint = std::move(hint);
    };
    if (variable.summed)
        refuse("is summed over synapses", "it cannot be assigned");
    else if (variable.kind == lang::EquationKind::subexpression)
        refuse("follows from its equation", "it cannot be assigned");
    else if (variable.implicit)
        refuse("is a parameter", "declare it in the equations, as in 'x : 1', to change it");
    else if (variable.constant)
        refuse("is constant", "remove the flag (constant) to change it");
    else if (variable.shared)
        refuse("is shared", "a shared parameter keeps its value during a run");
    return target;
}

Target broken_target() {
    Target target;
    target.kind = Target::Kind::broken;
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
