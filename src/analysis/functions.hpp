// SPDX-License-Identifier: BSD-3-Clause
// The table of built-in functions: one row each. Parser, dimension check, linearity test, lowering and both
// back ends read this table; adding a function is adding a row (and its spelling in src/kernel).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bouton::analysis {

enum class Builtin {
    exp,
    log,
    log10,
    log1p,
    expm1,
    exprel,
    sqrt,
    sin,
    cos,
    tan,
    sinh,
    cosh,
    tanh,
    arcsin,
    arccos,
    arctan,
    abs,
    floor,
    ceil,
    sign,
    min,
    max,
    clip,
    to_int,
    rand,
    randn,
    poisson,
    binomial
};

/// What a function asks of the dimensions of its arguments and what it gives.
enum class DimensionRule {
    dimensionless,  ///< arguments and result without dimension
    same,           ///< arguments agree, result as they (abs, min, max, clip)
    square_root,    ///< result has half the exponents
    any_to_number,  ///< any argument, result without dimension (sign)
};

struct Function {
    Builtin id;
    const char* name;  ///< as the user writes it
    int min_arguments;
    int max_arguments;
    DimensionRule rule;
    const char* spelling;  ///< in namespace bn of src/kernel; empty where the back end has its own op
    bool keeps_integer;    ///< integers in, integer out
    bool random;
};

const std::vector<Function>& functions();
const Function* find_function(std::string_view name);
const Function& function(Builtin id);

}  // namespace bouton::analysis
