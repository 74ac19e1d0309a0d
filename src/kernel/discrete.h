// SPDX-License-Identifier: BSD-3-Clause
// Binomial numbers, exact for every parameter, and what they share with Poisson numbers. Small means by inversion of one uniform
// number; others by the transformed rejection of Hoermann 1993 (BTRS: J. Stat. Comput. Simul. 46, 101), with the logarithm of the
// probability in Loader's form (2000), which does not cancel for large means.
#pragma once

#include "exp_log.h"
#include "philox.h"
#include "rounding.h"
#include "uniform.h"

namespace bn {

BN_INLINE Words attempt_words(Counter c, Key k, uint32_t attempt) {
    return philox(c, {k.k0, k.k1 ^ (attempt * 0x9E3779B9U)});
}

// log(n!) - log(sqrt(2 pi n) (n/e)^n), n >= 1.
BN_INLINE double stirling_error(double n) {
    static const double table[16] = {0.0,
                                     0.08106146679532726,
                                     0.04134069595540929,
                                     0.02767792568499834,
                                     0.02079067210376509,
                                     0.01664469118982119,
                                     0.01387612882307075,
                                     0.01189670994589177,
                                     0.01041126526197210,
                                     0.009255462182712733,
                                     0.008330563433362871,
                                     0.007573675487951841,
                                     0.006942840107209530,
                                     0.006408994188004207,
                                     0.005951370112758848,
                                     0.005554733551962801};
    if (n < 16) return table[static_cast<int>(n)];
    const double z = 1.0 / (n * n);
    return (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188))))) / n;
}

// x log(x/m) + m - x without cancellation where x is near m.
BN_INLINE double deviance(double x, double m) {
    if (x == 0) return m;
    const double e = (x - m) / m;
    if (e > -0.1 && e < 0.1) {
        // (1+e) log(1+e) - e = e^2/2 - e^3/6 + e^4/12 - ... = sum (-e)^j / (j (j-1))
        double term = e * e;
        double sum = term * 0.5;
        for (int j = 3; j < 24; ++j) {
            term *= -e;
            sum += term / (j * (j - 1.0));
        }
        return m * sum;
    }
    return x * log(x / m) - (x - m);
}

static inline int64_t binomial_small(int64_t n, double p, Counter c, Key k) {
    const double u = uniform(c, k);
    const double ratio = p / (1.0 - p);
    double probability = exp(static_cast<double>(n) * log1p(-p));
    double sum = probability;
    int64_t x = 0;
    while (u >= sum && x < n && (x < 10 || sum + probability != sum)) {
        ++x;
        probability = probability * ratio * (static_cast<double>(n - x + 1) / static_cast<double>(x));
        sum += probability;
    }
    return x;
}

// log of the binomial probability of x.
BN_INLINE double binomial_log(double x, double n, double p) {
    if (x == 0.0) return n * log1p(-p);
    if (x == n) return n * log(p);
    const double y = n - x;
    return stirling_error(n) - stirling_error(x) - stirling_error(y) - deviance(x, n * p) -
           deviance(y, n * (1.0 - p)) + 0.5 * log(n / (0x1.921fb54442d18p2 * x * y));
}

static inline int64_t binomial_large(int64_t count, double p, Counter c, Key k) {
    const double n = static_cast<double>(count);
    const double spread = __builtin_sqrt(n * p * (1.0 - p));
    const double b = 1.15 + 2.53 * spread;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double centre = n * p + 0.5;
    const double v_r = 0.92 - 4.2 / b;
    const double alpha = (2.83 + 5.1 / b) * spread;
    for (uint32_t attempt = 0;; ++attempt) {
        const Words w = attempt_words(c, k, attempt);
        const double u = unit_double(w.w0, w.w1) - 0.5;
        const double v = Sampler<double>::open(unit_double(w.w2, w.w3));
        const double us = 0.5 - magnitude(u);
        const double x = floor((2.0 * a / us + b) * u + centre);
        if (us >= 0.07 && v <= v_r) return min(to_int(x), count);
        if (!(x >= 0.0 && x <= n)) continue;
        if (log(v * alpha / (a / (us * us) + b)) <=
            binomial_log(x, n, p) - binomial_log(floor((n + 1.0) * p), n, p))
            return min(to_int(x), count);
    }
}

// Successes among n trials of probability p; 0 where n or p is not positive, n where p is 1 or more.
BN_INLINE int64_t binomial(int64_t n, double p, Counter c, Key k) {
    if (n <= 0 || !(p > 0.0)) return 0;
    if (p >= 1.0) return n;
    const bool mirrored = p > 0.5;
    const double q = mirrored ? 1.0 - p : p;
    const int64_t x =
        static_cast<double>(n) * q < 10.0 ? binomial_small(n, q, c, k) : binomial_large(n, q, c, k);
    return mirrored ? n - x : x;
}

}  // namespace bn
