// SPDX-License-Identifier: BSD-3-Clause
// The unit that an equation declares: a product of base units without scale, or integer, boolean, 1.
#include "analysis/resolve.hpp"

#include <cmath>

namespace bouton::analysis {

namespace {

using base::Code;

std::optional<base::Unit> unit_of(const lang::Expr& expr, const base::Dimension* target,
                                  base::Diagnostics& diagnostics) {
    const auto refuse = [&](std::string message, std::string hint) -> std::optional<base::Unit> {
        diagnostics.error(Code::E109, expr.span, std::move(message), std::move(hint));
        return std::nullopt;
    };
    if (const auto* node = std::get_if<lang::Number>(&expr.node)) {
        if (node->value == 1.0) return base::Unit{};
        return refuse("a number is no unit", "only 1 stands for 'no dimension'");
    }
    if (const auto* node = std::get_if<lang::Name>(&expr.node)) {
        if (target && node->id == "target_unit") return base::Unit{*target, 1.0};
        if (auto unit = base::find_unit(node->id)) return unit;
        if (node->id == "target_unit")
            return refuse("'target_unit' belongs to the links of a synapse chain", "write the unit itself");
        const auto near = diagnostics.suggestions().nearest(node->id, [] {
            auto candidates = base::unit_names();
            candidates.insert(candidates.end(), {"integer", "boolean"});
            return candidates;
        });
        return refuse("unknown unit '" + node->id + "'", near.empty()
                                                             ? "units have full names: volt, second, siemens"
                                                             : "did you mean '" + near + "'?");
    }
    if (const auto* node = std::get_if<lang::Binary>(&expr.node)) {
        if (node->op == lang::BinaryOp::power) {
            const auto base_unit = unit_of(*node->left, target, diagnostics);
            if (!base_unit) return std::nullopt;
            const lang::Expr* right = node->right.get();
            double sign = 1.0;
            if (const auto* minus = std::get_if<lang::Unary>(&right->node)) {
                sign = -1.0;
                right = minus->operand.get();
            }
            const auto* exponent = std::get_if<lang::Number>(&right->node);
            if (!exponent) return refuse("the power of a unit is a number", "");
            const auto power = base_unit->dimension.power(sign * exponent->value);
            if (!power) return refuse("this power of a unit is not a dimension", "");
            return base::Unit{*power, std::pow(base_unit->scale, sign * exponent->value)};
        }
        if (node->op == lang::BinaryOp::multiply || node->op == lang::BinaryOp::divide) {
            const auto a = unit_of(*node->left, target, diagnostics);
            const auto b = unit_of(*node->right, target, diagnostics);
            if (!a || !b) return std::nullopt;
            if (node->op == lang::BinaryOp::multiply)
                return base::Unit{a->dimension * b->dimension, a->scale * b->scale};
            return base::Unit{a->dimension / b->dimension, a->scale / b->scale};
        }
    }
    return refuse("a unit is a product of unit names", "for example volt, 1/second, siemens/meter**2");
}

}  // namespace

bool names_target_unit(const lang::Expr& unit) {
    if (const auto* name = std::get_if<lang::Name>(&unit.node)) return name->id == "target_unit";
    const auto* node = std::get_if<lang::Binary>(&unit.node);
    return node && (names_target_unit(*node->left) || names_target_unit(*node->right));
}

std::optional<DeclaredUnit> resolve_unit(const lang::Expr& unit, const base::Dimension* target,
                                         base::Diagnostics& diagnostics) {
    if (const auto* name = std::get_if<lang::Name>(&unit.node)) {
        if (name->id == "integer") return DeclaredUnit{ValueType::integer, {}};
        if (name->id == "boolean") return DeclaredUnit{ValueType::boolean, {}};
    }
    const auto found = unit_of(unit, target, diagnostics);
    if (!found) return std::nullopt;
    if (std::fabs(found->scale - 1.0) > 1e-12) {
        diagnostics.error(
            Code::E109, unit.span, "a declared unit carries no scale: variables are stored in SI units",
            "declare " + found->dimension.to_string() + " by its full name; write values as 5*mV");
        return std::nullopt;
    }
    return DeclaredUnit{ValueType::real, found->dimension};
}

}  // namespace bouton::analysis
