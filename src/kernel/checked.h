// SPDX-License-Identifier: BSD-3-Clause
// Integers that leave their 64 bits: the result wraps, and the element is noted, so that the engine can stop the run. The same is
// done for means, probabilities and numbers of trials that are none.
#pragma once

#include "kernel_abi.h"
#include "real.h"

namespace bn {

// Keeps the first element, of several ops of one the first.
static inline __attribute__((noinline, cold)) void note_overflow(bn_overflow* first, int64_t op,
                                                                 int64_t element, int64_t other) {
    if (first == nullptr) return;
    const bool earlier =
        first->op < 0 || element < first->element ||
        (element == first->element && (other < first->other || (other == first->other && op < first->op)));
    if (earlier) *first = {op, element, other};
}

// Whether the result does not fit; it is in *result, modulo 2^64.
BN_INLINE bool add_leaves(int64_t a, int64_t b, int64_t* result) {
    return __builtin_add_overflow(a, b, result);
}
BN_INLINE bool subtract_leaves(int64_t a, int64_t b, int64_t* result) {
    return __builtin_sub_overflow(a, b, result);
}
BN_INLINE bool multiply_leaves(int64_t a, int64_t b, int64_t* result) {
    return __builtin_mul_overflow(a, b, result);
}
BN_INLINE bool negate_leaves(int64_t a, int64_t* result) {
    return __builtin_sub_overflow(int64_t{0}, a, result);
}
BN_INLINE bool abs_leaves(int64_t a, int64_t* result) {
    *result = a;
    return a < 0 && negate_leaves(a, result);
}
BN_INLINE bool floordiv_leaves(int64_t a, int64_t b, int64_t* result) {
    if (b == -1) return negate_leaves(a, result);
    *result = b == 0 ? 0 : a / b - (a % b != 0 && (a < 0) != (b < 0));
    return false;
}
// A whole power 0 .. 64.
BN_INLINE bool power_leaves(int64_t a, int n, int64_t* result) {
    bool left = false;
    int64_t power = 1;
    for (int k = 0; k < n; ++k) left |= __builtin_mul_overflow(power, a, &power);
    *result = power;
    return left;
}
// Towards zero; nan does not fit.
BN_INLINE bool to_int_leaves(double a, int64_t* result) {
    const bool fits = a >= -0x1p63 && a < 0x1p63;
    *result = fits ? static_cast<int64_t>(a) : 0;
    return !fits;
}

// Arguments of draws. What rounding has moved a little beyond a bound counts as the bound.
#define BN_BEYOND 1e-6
BN_INLINE bool is_mean(double mean) { return mean >= -BN_BEYOND && mean <= 0x1p53; }
BN_INLINE bool is_probability(double p) { return p >= -BN_BEYOND && p <= 1.0 + BN_BEYOND; }
BN_INLINE bool is_count(int64_t n) { return n >= 0; }

#define BN_CHECKED_ARGUMENT(what, type)                                                               \
    BN_INLINE type checked_##what(type a, bn_overflow* first, int64_t op, int64_t e, int64_t other) { \
        if (__builtin_expect(!is_##what(a), 0)) note_overflow(first, op, e, other);                   \
        return a;                                                                                     \
    }
BN_CHECKED_ARGUMENT(mean, double)
BN_CHECKED_ARGUMENT(probability, double)
BN_CHECKED_ARGUMENT(count, int64_t)
#undef BN_CHECKED_ARGUMENT

#define BN_CHECKED_2(name)                                                                            \
    BN_INLINE int64_t checked_##name(int64_t a, int64_t b, bn_overflow* first, int64_t op, int64_t e, \
                                     int64_t other) {                                                 \
        int64_t result;                                                                               \
        if (__builtin_expect(name##_leaves(a, b, &result), 0)) note_overflow(first, op, e, other);    \
        return result;                                                                                \
    }
#define BN_CHECKED_1(name, type)                                                                         \
    BN_INLINE int64_t checked_##name(type a, bn_overflow* first, int64_t op, int64_t e, int64_t other) { \
        int64_t result;                                                                                  \
        if (__builtin_expect(name##_leaves(a, &result), 0)) note_overflow(first, op, e, other);          \
        return result;                                                                                   \
    }
BN_CHECKED_2(add)
BN_CHECKED_2(subtract)
BN_CHECKED_2(multiply)
BN_CHECKED_2(floordiv)
BN_CHECKED_1(negate, int64_t)
BN_CHECKED_1(abs, int64_t)
BN_CHECKED_1(to_int, double)
#undef BN_CHECKED_1
#undef BN_CHECKED_2

template <int n>
BN_INLINE int64_t checked_power(int64_t a, bn_overflow* first, int64_t op, int64_t e, int64_t other) {
    int64_t result;
    if (__builtin_expect(power_leaves(a, n, &result), 0)) note_overflow(first, op, e, other);
    return result;
}

}  // namespace bn
