// SPDX-License-Identifier: BSD-3-Clause
// exp, expm1, log, log1p, log10 for double and float, branch-free, within 1 ulp.
// Method: reduction to [-ln2/2, ln2/2] in two parts and a polynomial (Cody & Waite 1980); logarithm as in fdlibm (Ng 1993):
// x = 2^k (1+f), s = f/(2+f), log(1+f) = f - f^2/2 + s (f^2/2 + R(s^2)).
#pragma once

#include "real.h"

namespace bn {

template <class T>
struct ExpLog;

template <>
struct ExpLog<double> {
    static constexpr double log2e = 0x1.71547652b82fep0;
    static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    static constexpr double largest = 717.0;    // beyond, exp and exprel overflow
    static constexpr double smallest = -746.0;  // beyond, exp is 0
    static constexpr double minus_one = -50.0;  // beyond, expm1 is -1
    static constexpr double tiny = 0x1p-54;     // below, expm1(x) is x
    static constexpr double subnormal_scale = 0x1p54, subnormal_exponent = 54.0;

    // (e^r - 1 - r - r^2/2) / r^3 on [-0.347, 0.347], minimax.
    BN_INLINE double exp_tail(double r, double z) {
        const double even =
            0x1.5555555555558p-3 +
            z * (0x1.111111110f839p-7 +
                 z * (0x1.a01a01afa9664p-13 + z * (0x1.71ddf85d49606p-19 + z * 0x1.af5f486ff3387p-26)));
        const double odd =
            0x1.5555555555559p-5 +
            z * (0x1.6c16c16c148fep-10 +
                 z * (0x1.a01a01afe6348p-16 + z * (0x1.27e4c6ac5588fp-22 + z * 0x1.1f9466073ea72p-29)));
        return even + r * odd;
    }

    // R(z) = (log((1+s)/(1-s)) - 2s) / s with z = s^2 <= 0.0295.
    BN_INLINE double log_tail(double z) {
        const double w = z * z;
        const double even =
            w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
        const double odd =
            z *
            (6.666666666666735130e-01 +
             w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
        return even + odd;
    }
};

template <>
struct ExpLog<float> {
    static constexpr float log2e = 0x1.715476p0f;
    static constexpr float ln2_high = 0x1.62ep-1f, ln2_low = 0x1.0bfbe8p-15f;
    static constexpr float largest = 94.0f;
    static constexpr float smallest = -105.0f;
    static constexpr float minus_one = -30.0f;
    static constexpr float tiny = 0x1p-25f;
    static constexpr float subnormal_scale = 0x1p25f, subnormal_exponent = 25.0f;

    BN_INLINE float exp_tail(float r, float) {
        return 0x1.555498p-3f + r * (0x1.5554cp-5f + r * (0x1.123672p-7f + r * 0x1.6d79bep-10f));
    }

    BN_INLINE float log_tail(float z) {
        const float w = z * z;
        return z * (0xaaaaaa.0p-24f + w * 0x91e9ee.0p-25f) + w * (0xccce13.0p-25f + w * 0xf89e26.0p-26f);
    }
};

// e^x = 2^n (1 + head + tail), head exact, |head + tail| < 0.42. The tail was found at r = head - rest, which is rounded.
template <class T>
struct ExpParts {
    T n, head, tail, r, rest;
};

// The parts of e^(x + low), |x| moderate, low tiny.
template <class T>
BN_INLINE ExpParts<T> exp_parts(T x, T low) {
    using C = ExpLog<T>;
    const T n = (x * C::log2e + Format<T>::round) - Format<T>::round;
    const T head = x - n * C::ln2_high;
    const T rest = n * C::ln2_low - low;
    const T r = head - rest;
    const T z = r * r;
    return {n, head, T(0.5) * z + (r * z * C::exp_tail(r, z) - rest), r, rest};
}

template <class T>
BN_INLINE T exp_of_sum(T x, T low) {
    const ExpParts<T> e = exp_parts(x, low);
    const T half = (e.n * T(0.5) + Format<T>::round) -
                   Format<T>::round;  // two steps, for results below the normal range
    return ((T(1) + (e.head + e.tail)) * power_of_two(half)) * power_of_two(e.n - half);
}

template <class T>
BN_INLINE T exp_impl(T x) {
    using C = ExpLog<T>;
    const T below = x > C::largest ? C::largest : x;
    return exp_of_sum(below < C::smallest ? C::smallest : below, T(0));
}

// (e^x - 1) / 4096 for x between minus_one and largest; nothing overflows.
template <class T>
BN_INLINE T expm1_scaled(T x) {
    const ExpParts<T> e = exp_parts(x, T(0));
    const T scale = power_of_two(e.n - T(12));
    const T a = scale - T(0x1p-12);
    const T b = scale * e.head;
    const T sum = a + b;
    const T lost =
        (b - (sum - a)) + ((scale - a) - T(0x1p-12));         // by both sums, exactly: |b| <= |a| or a = 0
    const T tail = e.tail + ((e.head - e.r) - e.rest) * e.r;  // what rounding r took from it
    return sum + (lost + scale * tail);
}

template <class T>
BN_INLINE T expm1_impl(T x) {
    using C = ExpLog<T>;
    const T below = x > C::largest ? C::largest : x;
    const T y = expm1_scaled(below < C::minus_one ? C::minus_one : below) * T(4096);
    return magnitude(x) < C::tiny ? x : y;
}

// x = 2^k m with sqrt(1/2) <= m < sqrt(2), for a positive normal x.
template <class T>
struct LogParts {
    T k, m;
};

template <class T>
BN_INLINE LogParts<T> log_parts(T x) {
    using F = Format<T>;
    using Bits = typename F::Bits;
    const Bits shifted = bits_of(x) + (bits_of(T(1)) - F::sqrt_half);
    const T k = bit_cast<T>(static_cast<Bits>((shifted >> F::mantissa_bits) | bits_of(F::whole))) -
                (F::whole + T(F::bias));
    return {k, bit_cast<T>(static_cast<Bits>((shifted & F::mantissa_mask) + F::sqrt_half))};
}

// The same for every positive x.
template <class T>
BN_INLINE LogParts<T> log_parts_any(T x) {
    using C = ExpLog<T>;
    const bool subnormal = x < Format<T>::smallest_normal;
    const LogParts<T> p = log_parts(subnormal ? x * C::subnormal_scale : x);
    return {p.k - (subnormal ? C::subnormal_exponent : T(0)), p.m};
}

// k ln2 + log(1 + f) + correction.
template <class T>
BN_INLINE T log_sum(T k, T f, T correction) {
    using C = ExpLog<T>;
    const T half_square = T(0.5) * f * f;
    const T s = f / (T(2) + f);
    const T tail = s * (half_square + C::log_tail(s * s)) + (k * C::ln2_low + correction);
    return k * C::ln2_high - ((half_square - tail) - f);
}

// The values of a logarithm at and outside the ends of its domain, where `x` is what the logarithm is taken of.
template <class T>
BN_INLINE T log_ends(T x, T y) {
    const T inside = x < infinity<T>() ? y : x;  // inf, nan
    const T above = x < T(0) ? not_a_number<T>() : inside;
    return x == T(0) ? -infinity<T>() : above;
}

template <class T>
BN_INLINE T log_impl(T x) {
    const LogParts<T> p = log_parts_any(x);
    return log_ends(x, log_sum(p.k, p.m - T(1), T(0)));
}

template <class T>
BN_INLINE T log1p_impl(T x) {
    const T u = T(1) + x;
    const T back = u - T(1);
    const T lost = (T(1) - (u - back)) + (x - back);  // 1 + x = u + lost exactly
    const LogParts<T> p = log_parts(u);
    const bool near = p.k == T(0);  // then x itself is f
    const T y = log_sum(p.k, near ? x : p.m - T(1), near ? T(0) : lost / u);
    return x == T(0) ? x : log_ends(u, y);
}

template <class T>
BN_INLINE T log10_impl(T x) {
    using C = ExpLog<T>;
    const LogParts<T> p = log_parts_any(x);
    const T f = p.m - T(1);
    const T half_square = T(0.5) * f * f;
    const T s = f / (T(2) + f);
    const T high = high_part(f - half_square);
    const T low = ((f - high) - half_square) + s * (half_square + C::log_tail(s * s));
    // log10(x) = k log10(2) + (high + low) / ln(10), each constant in two parts
    const T inverse = T(0x1.bcb7b1526e50ep-2), inverse_high = high_part(inverse);
    const T inverse_low = sizeof(T) == 8 ? T(0x1.95355baaafad3p-57) + (inverse - inverse_high)
                                         : T(0x1.bcb7b1526e50ep-2 - double(inverse_high));
    const T log2_high = sizeof(T) == 8 ? T(0x1.34413509f6p-2) : T(0x1.344p-2);
    const T log2_low = sizeof(T) == 8 ? T(0x1.9fef311f12b36p-42) : T(0x1.3509f79fef312p-18);
    const T whole = p.k * log2_high;
    const T part = high * inverse_high;
    const T sum = whole + part;
    const T rest = (p.k * log2_low + (low + high) * inverse_low) + low * inverse_high;
    return log_ends(x, sum + (rest + ((whole - sum) + part)));
}

BN_INLINE double exp(double x) { return exp_impl(x); }
BN_INLINE float exp(float x) { return exp_impl(x); }
BN_INLINE double expm1(double x) { return expm1_impl(x); }
BN_INLINE float expm1(float x) { return expm1_impl(x); }
BN_INLINE double log(double x) { return log_impl(x); }
BN_INLINE float log(float x) { return log_impl(x); }
BN_INLINE double log1p(double x) { return log1p_impl(x); }
BN_INLINE float log1p(float x) { return log1p_impl(x); }
BN_INLINE double log10(double x) { return log10_impl(x); }
BN_INLINE float log10(float x) { return log10_impl(x); }

}  // namespace bn
