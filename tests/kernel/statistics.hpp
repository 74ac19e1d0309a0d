// SPDX-License-Identifier: BSD-3-Clause
// Small statistics for tests of random numbers. All give a standard score: |z| > 5 in one of a hundred tests of a right generator has
// probability below 1e-4, and the tests' seeds are fixed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace bouton::tests {

/// Chi-square with `freedom` degrees of freedom as a standard score (Wilson & Hilferty 1931).
inline double chi_square_score(double chi_square, double freedom) {
    const double s = 2.0 / (9.0 * freedom);
    return (std::cbrt(chi_square / freedom) - (1.0 - s)) / std::sqrt(s);
}

/// Observed counts against expected ones; neighbouring classes are joined until each expects at least ten.
inline double counts_score(const std::vector<std::int64_t>& observed, const std::vector<double>& expected) {
    double chi_square = 0;
    double classes = 0;
    double processed_until = 0;
    double due = 0;
    double rest = 0;
    for (std::size_t k = 0; k < expected.size(); ++k) rest += expected[k];
    for (std::size_t k = 0; k < expected.size(); ++k) {
        processed_until += static_cast<double>(observed[k]);
        due += expected[k];
        rest -= expected[k];
        if (due < 10 || (rest < 10 && k + 1 < expected.size())) continue;
        chi_square += (processed_until - due) * (processed_until - due) / due;
        classes += 1;
        processed_until = due = 0;
    }
    return chi_square_score(chi_square, classes - 1);
}

/// Kolmogorov and Smirnov's distance to `cumulative` times sqrt(n); beyond 2.5 with probability 1e-5.
inline double kolmogorov_distance(std::vector<double> values,
                                  const std::function<double(double)>& cumulative) {
    std::sort(values.begin(), values.end());
    const double n = static_cast<double>(values.size());
    double worst = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double c = cumulative(values[k]);
        const double before = static_cast<double>(k) / n;
        worst = std::max({worst, std::fabs(c - before), std::fabs(c - before - 1.0 / n)});
    }
    return worst * std::sqrt(n);
}

}  // namespace bouton::tests
