// SPDX-License-Identifier: BSD-3-Clause
// The rows of the table of built-in functions.
#include "analysis/functions.hpp"

#include <limits>

namespace bouton::analysis {

const std::vector<Function>& functions() {
    using enum DimensionRule;
    constexpr int many = 64;
    static const std::vector<Function> table = {
        {Builtin::exp, "exp", 1, 1, dimensionless, "exp", false, false},
        {Builtin::log, "log", 1, 1, dimensionless, "log", false, false},
        {Builtin::log10, "log10", 1, 1, dimensionless, "log10", false, false},
        {Builtin::log1p, "log1p", 1, 1, dimensionless, "log1p", false, false},
        {Builtin::expm1, "expm1", 1, 1, dimensionless, "expm1", false, false},
        {Builtin::exprel, "exprel", 1, 1, dimensionless, "exprel", false, false},
        {Builtin::sqrt, "sqrt", 1, 1, square_root, "sqrt", false, false},
        {Builtin::sin, "sin", 1, 1, dimensionless, "sin", false, false},
        {Builtin::cos, "cos", 1, 1, dimensionless, "cos", false, false},
        {Builtin::tan, "tan", 1, 1, dimensionless, "tan", false, false},
        {Builtin::sinh, "sinh", 1, 1, dimensionless, "sinh", false, false},
        {Builtin::cosh, "cosh", 1, 1, dimensionless, "cosh", false, false},
        {Builtin::tanh, "tanh", 1, 1, dimensionless, "tanh", false, false},
        {Builtin::arcsin, "arcsin", 1, 1, dimensionless, "asin", false, false},
        {Builtin::arccos, "arccos", 1, 1, dimensionless, "acos", false, false},
        {Builtin::arctan, "arctan", 1, 1, dimensionless, "atan", false, false},
        {Builtin::abs, "abs", 1, 1, same, "abs", true, false},
        {Builtin::floor, "floor", 1, 1, dimensionless, "floor", true, false},
        {Builtin::ceil, "ceil", 1, 1, dimensionless, "ceil", true, false},
        {Builtin::sign, "sign", 1, 1, any_to_number, "sign", true, false},
        {Builtin::min, "min", 2, many, same, "min", true, false},
        {Builtin::max, "max", 2, many, same, "max", true, false},
        {Builtin::clip, "clip", 3, 3, same, "clip", true, false},
        {Builtin::to_int, "int", 1, 1, dimensionless, "", true, false},
        {Builtin::rand, "rand", 0, 0, dimensionless, "", false, true},
        {Builtin::randn, "randn", 0, 0, dimensionless, "", false, true},
        {Builtin::poisson, "poisson", 1, 1, dimensionless, "", false, true},
        {Builtin::binomial, "binomial", 2, 2, dimensionless, "", false, true},
    };
    return table;
}

const Function* find_function(std::string_view name) {
    for (const Function& row : functions())
        if (name == row.name) return &row;
    return nullptr;
}

const Function& function(Builtin id) { return functions()[static_cast<std::size_t>(id)]; }

}  // namespace bouton::analysis
