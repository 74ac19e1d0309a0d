// SPDX-License-Identifier: BSD-3-Clause
// floor, ceil, trunc, comparisons and Python's // and % for double, float and int64. A nan argument gives nan.
// Division of integers by zero gives 0 (as NumPy), overflow wraps; nothing traps.
#pragma once

#include "real.h"

namespace bn {

// The C library's function under a name the compiler does not know, so that it never folds or replaces the call.
extern "C" double bn_libm_fmod(double, double) __asm__("fmod");

template <class T>
BN_INLINE T nearest_impl(T x) {
    const T size = magnitude(x);
    const T rounded = (size + Format<T>::whole) - Format<T>::whole;
    return size < Format<T>::whole ? with_sign_of(rounded, x) : x;
}

template <class T>
BN_INLINE T floor_impl(T x) {
    const T y = nearest_impl(x);
    return y > x ? y - T(1) : y;
}

template <class T>
BN_INLINE T ceil_impl(T x) {
    return -floor_impl(-x);
}

template <class T>
BN_INLINE T trunc_impl(T x) {
    return with_sign_of(floor_impl(magnitude(x)), x);
}

template <class T>
BN_INLINE T sign_impl(T x) {
    const T at_zero = x == T(0) ? T(0) : x;
    const T not_positive = x < T(0) ? T(-1) : at_zero;
    return x > T(0) ? T(1) : not_positive;
}

template <class T>
BN_INLINE T min_impl(T a, T b) {
    return ((a < b) | (a != a)) ? a : b;
}

template <class T>
BN_INLINE T max_impl(T a, T b) {
    return ((a > b) | (a != a)) ? a : b;
}

// The same number, of which the compiler knows nothing: clip then is two instructions, where a lower bound known to be 0
// would make it three, each after the other.
template <class T>
BN_INLINE T any_number(T x) {
#if defined(__x86_64__)
    __asm__("" : "+x"(x));
#elif defined(__aarch64__)
    __asm__("" : "+w"(x));
#endif
    return x;
}

// A nan x stays; high wins where the bounds cross, and a bound that is nan does not bind.
template <class T>
BN_INLINE T clip_impl(T x, T low, T high) {
    const T raised = x < low ? low : x;
    return raised > high ? high : raised;
}

struct DivMod {
    double quotient, remainder;
};

// Python's divmod through the exact fmod; a zero divisor gives x/0 and nan, as NumPy.
BN_INLINE DivMod divmod(double x, double y) {
    double r = bn_libm_fmod(x, y);
    double q = (x - r) / y;
    if (r != 0.0) {
        if ((y < 0.0) != (r < 0.0)) {
            r += y;
            q -= 1.0;
        }
    } else {
        r = with_sign_of(r, y);
    }
    double whole = with_sign_of(0.0, x / y);
    if (q != 0.0) {
        whole = floor_impl(q);
        if (q - whole > 0.5) whole += 1.0;
    }
    return {y == 0.0 ? x / y : whole, r};
}

BN_INLINE double floor(double x) { return floor_impl(x); }
BN_INLINE float floor(float x) { return floor_impl(x); }
BN_INLINE double ceil(double x) { return ceil_impl(x); }
BN_INLINE float ceil(float x) { return ceil_impl(x); }
BN_INLINE double trunc(double x) { return trunc_impl(x); }
BN_INLINE float trunc(float x) { return trunc_impl(x); }

// double(n) for |n| < 2^51, by what every vector unit can do.
BN_INLINE double whole_number(int64_t n) {
    return bit_cast<double>(n + bit_cast<int64_t>(Format<double>::round)) - Format<double>::round;
}

// int(x): towards zero; what does not fit becomes the nearest int64, nan becomes 0.
BN_INLINE int64_t to_int(double x) {
    const double below = x < 0x1p63 ? x : 0x1.fffffffffffffp62;
    const double inside = below >= -0x1p63 ? below : -0x1p63;
    const int64_t y = static_cast<int64_t>(x == x ? inside : 0.0);
    return x >= 0x1p63 ? INT64_MAX : y;
}
BN_INLINE int64_t to_int(float x) { return to_int(static_cast<double>(x)); }
BN_INLINE int64_t to_int(int64_t x) { return x; }

BN_INLINE double abs(double x) { return magnitude(x); }
BN_INLINE float abs(float x) { return magnitude(x); }
BN_INLINE int64_t abs(int64_t x) { return x < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(x)) : x; }
BN_INLINE double sign(double x) { return sign_impl(x); }
BN_INLINE float sign(float x) { return sign_impl(x); }
BN_INLINE int64_t sign(int64_t x) { return (x > 0) - (x < 0); }
BN_INLINE double min(double a, double b) { return min_impl(a, b); }
BN_INLINE float min(float a, float b) { return min_impl(a, b); }
BN_INLINE int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
BN_INLINE double max(double a, double b) { return max_impl(a, b); }
BN_INLINE float max(float a, float b) { return max_impl(a, b); }
BN_INLINE int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }
BN_INLINE double clip(double x, double low, double high) { return clip_impl(x, low, high); }
BN_INLINE float clip(float x, float low, float high) { return clip_impl(x, low, high); }
BN_INLINE int64_t clip(int64_t x, int64_t low, int64_t high) { return min(max(x, low), high); }

BN_INLINE double floordiv(double x, double y) { return divmod(x, y).quotient; }
BN_INLINE float floordiv(float x, float y) { return static_cast<float>(divmod(x, y).quotient); }
BN_INLINE double mod(double x, double y) { return divmod(x, y).remainder; }
BN_INLINE float mod(float x, float y) { return static_cast<float>(divmod(x, y).remainder); }

BN_INLINE int64_t floordiv(int64_t x, int64_t y) {
    if (y == 0) return 0;
    if (y == -1) return static_cast<int64_t>(0 - static_cast<uint64_t>(x));
    const int64_t q = x / y;
    return q - (q * y != x && (x < 0) != (y < 0));
}

BN_INLINE int64_t mod(int64_t x, int64_t y) {
    if (y == 0 || y == -1) return 0;
    const int64_t r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

}  // namespace bn
