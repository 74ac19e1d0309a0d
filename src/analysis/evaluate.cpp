// SPDX-License-Identifier: BSD-3-Clause
// The value of a term that holds only numbers and uniform constants, known before the run.
#include "analysis/term.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace bouton::analysis {

namespace {

double python_modulo(double a, double b) {
    const double r = std::fmod(a, b);
    return r != 0.0 && ((r < 0.0) != (b < 0.0)) ? r + b : r;
}

double evaluate_binary(lang::BinaryOp op, double a, double b) {
    using enum lang::BinaryOp;
    switch (op) {
        case add: return a + b;
        case subtract: return a - b;
        case multiply: return a * b;
        case divide: return a / b;
        case floor_divide: return std::floor(a / b);
        case modulo: return python_modulo(a, b);
        case power: return std::pow(a, b);
        case less: return a < b;
        case less_equal: return a <= b;
        case greater: return a > b;
        case greater_equal: return a >= b;
        case equal: return a == b;
        case not_equal: return a != b;
        case logical_and: return a != 0.0 && b != 0.0;
        case logical_or: return a != 0.0 || b != 0.0;
    }
    return 0.0;
}

std::optional<double> evaluate_call(Builtin function, const std::vector<double>& x) {
    switch (function) {
        case Builtin::exp: return std::exp(x[0]);
        case Builtin::log: return std::log(x[0]);
        case Builtin::log10: return std::log10(x[0]);
        case Builtin::log1p: return std::log1p(x[0]);
        case Builtin::expm1: return std::expm1(x[0]);
        case Builtin::exprel: return x[0] == 0.0 ? 1.0 : std::expm1(x[0]) / x[0];
        case Builtin::sqrt: return std::sqrt(x[0]);
        case Builtin::sin: return std::sin(x[0]);
        case Builtin::cos: return std::cos(x[0]);
        case Builtin::tan: return std::tan(x[0]);
        case Builtin::sinh: return std::sinh(x[0]);
        case Builtin::cosh: return std::cosh(x[0]);
        case Builtin::tanh: return std::tanh(x[0]);
        case Builtin::arcsin: return std::asin(x[0]);
        case Builtin::arccos: return std::acos(x[0]);
        case Builtin::arctan: return std::atan(x[0]);
        case Builtin::abs: return std::fabs(x[0]);
        case Builtin::floor: return std::floor(x[0]);
        case Builtin::ceil: return std::ceil(x[0]);
        case Builtin::sign: return x[0] > 0.0 ? 1.0 : x[0] < 0.0 ? -1.0 : 0.0;
        case Builtin::min: return *std::min_element(x.begin(), x.end());
        case Builtin::max: return *std::max_element(x.begin(), x.end());
        case Builtin::clip: return std::min(std::max(x[0], x[1]), x[2]);
        case Builtin::to_int: return std::trunc(x[0]);
        case Builtin::rand:
        case Builtin::randn:
        case Builtin::poisson:
        case Builtin::binomial: return std::nullopt;
    }
    return std::nullopt;
}

/// Of terms whose arguments have `values`.
std::optional<double> evaluate_term(const Term& term, const std::vector<double>& values) {
    switch (term.kind) {
        case TermKind::number:
        case TermKind::scalar: return term.number;
        case TermKind::unary: return term.unary == lang::UnaryOp::negate ? -values[0] : values[0] == 0.0;
        case TermKind::binary: return evaluate_binary(term.binary, values[0], values[1]);
        case TermKind::call: return evaluate_call(term.function, values);
        case TermKind::select: return values[0] != 0.0 ? values[1] : values[2];
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<double> evaluate(const TermPtr& root) {
    std::unordered_map<const Term*, double> known;
    bool unknown = false;  // of any part: then of the whole
    walk(
        root, [&](const TermPtr&) { return !unknown; },
        [&](const TermPtr& term) {
            if (unknown) return;
            std::vector<double> values;
            for (const auto& argument : term->arguments) values.push_back(known.at(argument.get()));
            const auto value = evaluate_term(*term, values);
            unknown = !value;
            if (value) known.emplace(term.get(), *value);
        });
    return unknown ? std::nullopt : std::optional(known.at(root.get()));
}

}  // namespace bouton::analysis
