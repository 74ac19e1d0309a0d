// SPDX-License-Identifier: BSD-3-Clause
// pow for double and float, branch-free, within 1 ulp (1.6 for doubles near the ends of the range); small integer exponents by
// repeated multiplication (error up to about half the exponent, in ulp); int64 powers.
// Method: log(x) in two parts of together 1.5 working precisions, split products instead of fused multiply-add (as in fdlibm's
// e_pow, Ng 1993, and Dekker 1971), then e^(high + low).
#pragma once

#include "exp_log.h"

namespace bn {

template <class T>
struct Power;

template <>
struct Power<double> {
    static constexpr double two_thirds_high = 0x1.555555p-1, two_thirds_low = 0x1.5555555555555p-27;

    // (3/2 log((1+s)/(1-s)) / s - 3 - z) / z^2 = sum 3/(2j+5) z^j, z = s^2 <= 0.0295, minimax; evaluated in pairs, which takes less time.
    BN_INLINE double tail(double z) {
        const double z2 = z * z;
        const double first = (0x1.3333333333333p-1 + z * 0x1.b6db6db6dbc5bp-2) +
                             z2 * (0x1.55555554c2945p-2 + z * 0x1.1745d1df9bd04p-2);
        const double last = (0x1.d89d3611901acp-3 + z * 0x1.99ac6153e185cp-3) +
                            z2 * (0x1.66fe53e6da406p-3 + z * 0x1.6da6770f412f2p-3);
        return first + (z2 * z2) * last;
    }
};

template <>
struct Power<float> {
    static constexpr float two_thirds_high = 0x1.554p-1f, two_thirds_low = 0x1.555556p-13f;

    BN_INLINE float tail(float z) { return 0x1.33337cp-1f + z * (0x1.b67ef2p-2f + z * 0x1.677652p-2f); }
};

template <class T>
struct Pair {
    T high, low;
};

// log(x) of a positive finite x, `high` with the lower half of its significand clear.
template <class T>
BN_INLINE Pair<T> log_pair(T x) {
    using C = ExpLog<T>;
    const LogParts<T> p = log_parts_any(x);
    const T f = p.m - T(1);
    const T d = p.m + T(1);
    const T d_high = high_part(d);
    const T d_low = p.m - (d_high - T(1));
    const T inverse = T(1) / d;
    const T s = f * inverse;
    const T s_high = high_part(s);
    const T s_low = inverse * ((f - s_high * d_high) - s_high * d_low);
    const T z = s * s;
    const T z_high = s_high * s_high;
    const T r = z * z * Power<T>::tail(z) + s_low * (s_high + s);
    const T t_high = high_part((T(3) + z_high) + r);
    const T t_low = r - ((t_high - T(3)) - z_high);
    const T u = s_high * t_high;
    const T v = s_low * t_high + t_low * s;
    const T w_high = high_part(u + v);
    const T w_low = v - (w_high - u);
    const T y_high = Power<T>::two_thirds_high * w_high;
    const T y_low = Power<T>::two_thirds_low * w_high + w_low * T(2.0 / 3);
    const T whole = p.k * C::ln2_high;
    const T low = y_low + p.k * C::ln2_low;
    const T high = high_part(whole + (y_high + low));
    return {high, low - ((high - whole) - y_high)};
}

template <class T>
BN_INLINE T pow_impl(T x, T y) {
    using C = ExpLog<T>;
    using F = Format<T>;
    const T inf = infinity<T>();
    const T ax = magnitude(x);
    const T ay = magnitude(y);

    const Pair<T> logarithm = log_pair(ax);
    const T y_high = high_part(y);
    const T p_high = y_high * logarithm.high;
    const T p_low = (y - y_high) * logarithm.high + y * logarithm.low;
    const T p = p_high + p_low;
    const T below = p > C::largest ? C::largest : p;
    const T exponent = below < C::smallest ? C::smallest : below;
    const T regular = exp_of_sum(exponent, exponent == p ? p_low - (p - p_high) : T(0));

    // zero, infinite and nan arguments
    const bool grows = (ax > T(1)) == (y > T(0));
    const T limit = grows ? inf : T(0);
    const bool at_limit = (ax == T(0)) | (ax == inf) | ((ay == inf) & (ax != T(1)));
    const T finite = at_limit ? limit : regular;
    const T unsigned_power = ((x != x) | (y != y)) ? not_a_number<T>() : finite;

    // negative x: an integer y gives a sign, another nan
    const T nearest = (ay + F::whole) - F::whole;
    const bool whole = (ay >= F::whole) | (nearest == ay);
    const T half = ay * T(0.5);
    const bool odd = whole & (ay < F::whole * T(2)) & ((half + F::whole) - F::whole != half);
    const bool negative = (bits_of(x) & F::sign_mask) != 0;
    const T with_sign = (negative & odd) ? -unsigned_power : unsigned_power;
    const bool undefined = (x < T(0)) & (ax != inf) & !whole;
    const T value = undefined ? not_a_number<T>() : with_sign;
    return ((y == T(0)) | (x == T(1)) | ((ax == T(1)) & (ay == inf))) ? T(1) : value;
}

BN_INLINE double pow(double x, double y) { return pow_impl(x, y); }
BN_INLINE float pow(float x, float y) { return pow_impl(x, y); }

// The same, by branches, for an exponent that is the same for all elements of a loop: 0 and 1 stand for "no
// dependence" and "proportional" in rules with a free exponent, and cost nothing then.
template <class T>
BN_INLINE T pow_by_case(T x, T y) {
    if (y == T(0)) return T(1);
    if (y == T(1)) return x;
    return pow(x, y);
}

BN_INLINE double sqrt(double x) { return __builtin_sqrt(x); }
BN_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }

// x^N by repeated squaring from the highest bit, 1/x^-N for negative N. powi(x, n) gives the bits of powi<n>(x).
template <int N, class T>
BN_INLINE T powi(T x) {
    if constexpr (N < 0)
        return T(1) / powi<-N>(x);
    else if constexpr (N == 0)
        return T(1);
    else if constexpr (N == 1)
        return x;
    else if constexpr (N % 2 != 0)
        return powi<N - 1>(x) * x;
    else {
        const T root = powi<N / 2>(x);
        return root * root;
    }
}

template <class T>
BN_INLINE T powi(T x, int n) {
    const unsigned size = n < 0 ? 0U - static_cast<unsigned>(n) : static_cast<unsigned>(n);
    if (size == 0) return T(1);
    unsigned bit = 1U << (31 - __builtin_clz(size));
    T y = x;
    while ((bit >>= 1) != 0) {
        y = y * y;
        if ((size & bit) != 0) y = y * x;
    }
    return n < 0 ? T(1) / y : y;
}

// x**y of integers; overflow wraps; a negative y gives the power rounded towards zero (0 for a zero x).
BN_INLINE int64_t pow(int64_t x, int64_t y) {
    if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 != 0 ? -1 : 1) : 0;
    uint64_t result = 1;
    uint64_t base = static_cast<uint64_t>(x);
    for (uint64_t left = static_cast<uint64_t>(y); left != 0; left >>= 1) {
        if ((left & 1) != 0) result *= base;
        base *= base;
    }
    return static_cast<int64_t>(result);
}

}  // namespace bn
