// SPDX-License-Identifier: BSD-3-Clause
// exprel(x) = (e^x - 1)/x for double and float, within 2 ulp: near zero a minimax polynomial, beyond it expm1. A step of
// an exponential integrator is nearly always near, so many are found by the polynomial alone, and anew where that does
// not do for all of them; no bit depends on it. Polynomials are summed in pairs, which keeps the chain of operations short.
#pragma once

#include "exp_log.h"

namespace bn {

template <class T>
struct Exprel;

template <>
struct Exprel<double> {
    static constexpr double near = 0.375;

    // (exprel(x) - 1) / x = odd(z) + x even(z) with z = x^2; the error of exprel is below 2^-54.
    BN_INLINE double odd(double z) {
        return (0x1.000000000000bp-1 + z * 0x1.555555554f260p-5) +
               (z * z) *
                   ((0x1.6c16c18adf275p-10 + z * 0x1.a01984914fb26p-16) + (z * z) * 0x1.28c334e7bd8cbp-22);
    }
    BN_INLINE double even(double z) {
        return (0x1.5555555555568p-3 + z * 0x1.111111110bb3fp-7) +
               (z * z) *
                   ((0x1.a01a01c44509ep-13 + z * 0x1.71ddca62f187cp-19) + (z * z) * 0x1.afa7953a78a64p-26);
    }
};

template <>
struct Exprel<float> {
    static constexpr float near = 0.375f;

    BN_INLINE float odd(float z) { return 0.5f + z * (0x1.55543ap-5f + z * 0x1.6ddb12p-10f); }
    BN_INLINE float even(float z) { return 0x1.555472p-3f + z * 0x1.1257aap-7f; }
};

// Where |x| <= Exprel<T>::near.
template <class T>
BN_INLINE T exprel_near(T x) {
    const T z = x * x;
    return T(1) + (x * Exprel<T>::odd(z) + z * Exprel<T>::even(z));
}

template <class T>
BN_INLINE T exprel_impl(T x) {
    using C = ExpLog<T>;
    const T below = x > C::largest ? C::largest : x;
    const T far = expm1_scaled(below < C::minus_one ? C::minus_one : below) / below * T(4096);
    return magnitude(x) <= Exprel<T>::near ? exprel_near(x) : far;
}

BN_INLINE double exprel(double x) { return exprel_impl(x); }
BN_INLINE float exprel(float x) { return exprel_impl(x); }

// Of many.
template <class T>
BN_INLINE void exprel(const T* __restrict__ x, T* __restrict__ result, int64_t count) {
    typename Format<T>::Bits far = 0;
    for (int64_t l = 0; l < count; ++l) {
        result[l] = exprel_near(x[l]);
        far += magnitude(x[l]) <= Exprel<T>::near ? 0 : 1;  // nan, too
    }
    if (far == 0) return;
    for (int64_t l = 0; l < count; ++l) result[l] = exprel(x[l]);
}

}  // namespace bn
