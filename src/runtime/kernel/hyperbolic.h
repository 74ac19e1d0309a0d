// SPDX-License-Identifier: BSD-3-Clause
// sinh, cosh, tanh for double and float from e^x - 1, branch-free, within 2 ulp.
#pragma once

#include "exp_log.h"

namespace bn {

template <class T>
BN_INLINE T tanh_impl(T x)
{
    const T size = magnitude(x);
    const T inside = size > T(22) ? T(22) : size;  // tanh is 1 from there on
    const T t = expm1_scaled(inside + inside) * T(4096);
    const T y = t / (t + T(2));
    return magnitude(x) < ExpLog<T>::tiny ? x : with_sign_of(y, x);
}

template <class T>
BN_INLINE T sinh_impl(T x)
{
    using C = ExpLog<T>;
    const T size = magnitude(x);
    const T below = size > C::largest ? C::largest : size;
    const T scaled = expm1_scaled(below);
    const T t = scaled * T(4096);
    const T y = below > T(40) ? scaled * T(2048) : T(0.5) * (t + t / (t + T(1)));
    return size < C::tiny ? x : with_sign_of(y, x);
}

template <class T>
BN_INLINE T cosh_impl(T x)
{
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
