// SPDX-License-Identifier: BSD-3-Clause
// sinh, cosh, tanh for double and float from e^x - 1, branch-free, within 2 ulp.
#pragma once

#include "exp_log.h"

namespace bn {

// Where |x| < 0.625, tanh(x) = x + x z numerator(z) / denominator(z), z = x^2 (Cephes, Moshier 1989).
template <class T>
struct Tanh;

template <>
struct Tanh<double> {
    BN_INLINE double numerator(double z) {
        return (-9.64399179425052238628e-1 * z + -9.92877231001918586564e1) * z + -1.61468768441708447952e3;
    }
    BN_INLINE double denominator(double z) {
        return ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    }
};

template <>
struct Tanh<float> {
    BN_INLINE float numerator(float z) {
        return (((-5.70498872745e-3f * z + 2.06390887954e-2f) * z + -5.37397155531e-2f) * z +
                1.33314422036e-1f) *
                   z +
               -3.33332819422e-1f;
    }
    BN_INLINE float denominator(float) { return 1.0f; }
};

template <class T>
BN_INLINE T tanh_impl(T x) {
    const T size = magnitude(x);
    const bool near = size < T(0.625);
    const T z = size * size;
    const T inside = size > T(22) ? T(22) : size;  // tanh is 1 from there on
    const ExpParts<T> e = exp_parts(inside + inside, T(0));
    const T grown = power_of_two(e.n) * (T(1) + (e.head + e.tail));
    const T ratio = (near ? Tanh<T>::numerator(z) : T(2)) / (near ? Tanh<T>::denominator(z) : grown + T(1));
    const T y = near ? size + size * (z * ratio) : T(1) - ratio;
    return with_sign_of(y, x);
}

// (sinh(x) - x) / (x z), z = x^2 <= 1, minimax.
BN_INLINE double sinh_tail(double z) {
    return 0x1.5555555555471p-3 +
           z * (0x1.1111111122817p-7 +
                z * (0x1.a01a0183d09b2p-13 +
                     z * (0x1.71de4f663e2e4p-19 + z * (0x1.ae547e1e8e0adp-26 + z * 0x1.66fecaed1a056p-33))));
}

BN_INLINE float sinh_tail(float z) {
    return 0x1.555556p-3f + z * (0x1.111136p-7f + z * (0x1.9ffe1cp-13f + z * 0x1.7a2554p-19f));
}

template <class T>
BN_INLINE T sinh_impl(T x) {
    using C = ExpLog<T>;
    const T size = magnitude(x);
    const T below = size > C::largest ? C::largest : size;
    const ExpParts<T> e = exp_parts(below, T(0));
    const T scaled = (T(1) + (e.head + e.tail)) * power_of_two(e.n - T(12));  // e^|x| / 4096
    const T far = (scaled * T(0.5) - T(0x1p-25) / scaled) * T(4096);
    const T z = size * size;
    return with_sign_of(size < T(1) ? size + size * (z * sinh_tail(z)) : far, x);
}

template <class T>
BN_INLINE T cosh_impl(T x) {
    using C = ExpLog<T>;
    const T size = magnitude(x);
    const ExpParts<T> e = exp_parts(size > C::largest ? C::largest : size, T(0));
    const T scaled = (T(1) + (e.head + e.tail)) * power_of_two(e.n - T(12));  // e^|x| / 4096
    return (scaled * T(0.5) + T(0x1p-25) / scaled) * T(4096);
}

BN_INLINE double tanh(double x) { return tanh_impl(x); }
BN_INLINE float tanh(float x) { return tanh_impl(x); }
BN_INLINE double sinh(double x) { return sinh_impl(x); }
BN_INLINE float sinh(float x) { return sinh_impl(x); }
BN_INLINE double cosh(double x) { return cosh_impl(x); }
BN_INLINE float cosh(float x) { return cosh_impl(x); }

}  // namespace bn
