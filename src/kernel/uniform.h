// SPDX-License-Identifier: BSD-3-Clause
// Uniform and normal numbers from one Philox block, for double and float, branch-free.
// Method of the normal: Box & Muller 1958, its cosine half.
#pragma once

#include "exp_log.h"
#include "philox.h"
#include "power.h"
#include "trigonometry.h"

namespace bn {

// (high * 2^21 + low / 2^11) / 2^53, exactly, in [0, 1): each part lands in a significand whose last bit has the right weight.
BN_INLINE double unit_double(uint64_t high, uint64_t low) {
    const double h = bit_cast<double>((uint64_t{1023 + 20} << 52) | high);        // 2^20 + high / 2^32
    const double l = bit_cast<double>((uint64_t{1023 - 1} << 52) | (low >> 11));  // 1/2 + (low >> 11) / 2^53
    return (h - (0x1p20 + 0.5)) + l;
}

// (word >> 8) / 2^24 in [0, 1); the conversion is exact.
BN_INLINE float unit_float(uint64_t word) {
    const double h =
        bit_cast<double>((uint64_t{1023 + 28} << 52) | (word >> 8));  // 2^28 + (word >> 8) / 2^24
    return static_cast<float>(h - 0x1p28);
}

// (word + 1/2) / 2^32 in (0, 1], rounded: all 32 bits count where the number is small.
BN_INLINE float positive_float(uint64_t word) {
    const double h = bit_cast<double>((uint64_t{1023 + 20} << 52) | word);  // 2^20 + word / 2^32
    return static_cast<float>(h - (0x1p20 - 0x1p-33));
}

// How the words of a block become numbers: `positive`, from the first two words, is what a normal number takes the logarithm of,
// `turns`, from the others, its angle.
template <class T>
struct Sampler;

template <>
struct Sampler<double> {
    BN_INLINE double uniform(Words w) { return unit_double(w.w0, w.w1); }
    BN_INLINE double open(double u) { return u == 0.0 ? 0x1p-54 : u; }
    BN_INLINE double positive(Words w) { return open(uniform(w)); }
    BN_INLINE double turns(Words w) { return unit_double(w.w2, w.w3); }
};

template <>
struct Sampler<float> {
    BN_INLINE float uniform(Words w) { return unit_float(w.w0); }
    BN_INLINE float open(float u) { return u == 0.0f ? 0x1p-25f : u; }
    BN_INLINE float positive(Words w) { return positive_float(w.w0); }
    BN_INLINE float turns(Words w) { return unit_float(w.w2); }
};

// cos(2 pi u) for u in [0, 1]: u = q/4 + r exactly, |r| <= 1/8.
template <class T>
BN_INLINE T cos_turns(T u) {
    const T q = (u * T(4) + Format<T>::round) - Format<T>::round;
    const T angle = (u - q * T(0.25)) * T(0x1.921fb54442d18p2);
    const T c = cos_near_zero(angle, T(0));
    const T s = sin_near_zero(angle, T(0));
    const T even = q == T(2) ? -c : c;
    const T odd = q == T(1) ? -s : s;
    return ((q == T(1)) | (q == T(3))) ? odd : even;
}

// In [0, 1): 53 (24) random bits, never 1.
template <class T = double>
BN_INLINE T uniform(Counter c, Key k) {
    return Sampler<T>::uniform(philox(c, k));
}

// In (0, 1).
template <class T = double>
BN_INLINE T uniform_open(Counter c, Key k) {
    return Sampler<T>::open(Sampler<T>::uniform(philox(c, k)));
}

// Mean 0, variance 1; at most 8.7 (float: 6.8) from the mean.
template <class T = double>
BN_INLINE T normal(Counter c, Key k) {
    const Words w = philox(c, k);
    return sqrt(T(-2) * log(Sampler<T>::positive(w))) * cos_turns(Sampler<T>::turns(w));
}

}  // namespace bn
