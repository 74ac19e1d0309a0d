// SPDX-License-Identifier: BSD-3-Clause
// The ground of the kernel headers: bit casts, the two IEEE formats and the rounding trick. Freestanding C++17: nothing but
// IEEE + - * / sqrt, selects and integer operations, so that scalar code and vectors of any width give the same bits.
// Compile with -ffp-contract=off and without -ffast-math.
#pragma once

#include <stdint.h>

#define BN_INLINE static inline __attribute__((always_inline))

namespace bn {

template <class To, class From>
BN_INLINE To bit_cast(From from) {
    static_assert(sizeof(To) == sizeof(From), "bit_cast needs equal sizes");
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}

// The IEEE format of T. `round` = 1.5 * 2^mantissa_bits: (x + round) - round is x rounded to an integer, ties to even, and the low
// bits of x + round hold that integer in two's complement.
template <class T>
struct Format;

template <>
struct Format<double> {
    using Bits = uint64_t;
    static constexpr int mantissa_bits = 52;
    static constexpr Bits bias = 1023;
    static constexpr Bits mantissa_mask = 0x000fffffffffffff;
    static constexpr Bits sign_mask = 0x8000000000000000;
    static constexpr Bits high_mask =
        0xfffffffff8000000;  // keeps 26 significant bits: products of two such are exact
    static constexpr Bits sqrt_half = 0x3fe6a09e667f3bcd;  // sqrt(1/2)
    static constexpr double whole = 0x1p52;                // from here on every value is an integer
    static constexpr double round = 0x1.8p52;
    static constexpr double smallest_normal = 0x1p-1022;
};

template <>
struct Format<float> {
    using Bits = uint32_t;
    static constexpr int mantissa_bits = 23;
    static constexpr Bits bias = 127;
    static constexpr Bits mantissa_mask = 0x007fffff;
    static constexpr Bits sign_mask = 0x80000000;
    static constexpr Bits high_mask = 0xfffff000;  // keeps 12 significant bits
    static constexpr Bits sqrt_half = 0x3f3504f3;
    static constexpr float whole = 0x1p23f;
    static constexpr float round = 0x1.8p23f;
    static constexpr float smallest_normal = 0x1p-126f;
};

template <class T>
BN_INLINE typename Format<T>::Bits bits_of(T x) {
    return bit_cast<typename Format<T>::Bits>(x);
}

template <class T>
BN_INLINE T infinity() {
    return static_cast<T>(__builtin_inf());
}

template <class T>
BN_INLINE T not_a_number() {
    return static_cast<T>(__builtin_nan(""));
}

// |x|, also of -0 and nan.
template <class T>
BN_INLINE T magnitude(T x) {
    return bit_cast<T>(static_cast<typename Format<T>::Bits>(bits_of(x) & ~Format<T>::sign_mask));
}

template <class T>
BN_INLINE T with_sign_of(T size, T sign) {
    using F = Format<T>;
    return bit_cast<T>(
        static_cast<typename F::Bits>((bits_of(size) & ~F::sign_mask) | (bits_of(sign) & F::sign_mask)));
}

// x with the lower half of its significand cleared.
template <class T>
BN_INLINE T high_part(T x) {
    return bit_cast<T>(static_cast<typename Format<T>::Bits>(bits_of(x) & Format<T>::high_mask));
}

// 2^n for an integer-valued n that makes a normal number.
template <class T>
BN_INLINE T power_of_two(T n) {
    using F = Format<T>;
    return bit_cast<T>(static_cast<typename F::Bits>((bits_of(n + F::round) + F::bias) << F::mantissa_bits));
}

}  // namespace bn
