// SPDX-License-Identifier: BSD-3-Clause
// Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, SC'11): four random words from a counter and a key, without state. One at a
// time, or as many as a vector has lanes of 64 bits.
#pragma once

#include "real.h"

namespace bn {

struct Key {
    uint32_t k0, k1;
};

struct Counter {
    uint32_t c0, c1, c2, c3;
};

// Four random words, each below 2^32. They are held in 64 bits because the rounds multiply to 64: loops then keep one lane width and
// vectorise without packing.
struct Words {
    uint64_t w0, w1, w2, w3;
};

// What many counters run through together; as wide as the widest registers.
#if defined(__AVX512F__)
#define BN_WIDE_BYTES 64
#elif defined(__AVX2__)
#define BN_WIDE_BYTES 32
#else
#define BN_WIDE_BYTES 16
#endif
typedef uint64_t Wide __attribute__((vector_size(BN_WIDE_BYTES)));

// The product of the lower halves of the lanes. GCC knows only products of 64 bits, from six instructions instead of one.
BN_INLINE uint64_t product(uint64_t a, uint32_t b) { return (a & 0xffffffffU) * b; }
BN_INLINE Wide product(Wide a, uint32_t b) {
    const Wide factor = Wide{} + b;
#if defined(__clang__) || !defined(__SSE2__)
    return (a & 0xffffffffU) * factor;
#else
    typedef int Halves __attribute__((vector_size(BN_WIDE_BYTES)));
#if BN_WIDE_BYTES == 64
    typedef long long Lanes __attribute__((vector_size(BN_WIDE_BYTES)));
    return (Wide)__builtin_ia32_pmuludq512_mask((Halves)a, (Halves)factor, Lanes{}, 0xff);
#elif BN_WIDE_BYTES == 32
    return (Wide)__builtin_ia32_pmuludq256((Halves)a, (Halves)factor);
#else
    return (Wide)__builtin_ia32_pmuludq128((Halves)a, (Halves)factor);
#endif
#endif
}

// The upper half where the lower one is wanted; what is above it does not matter. Shuffles have more units than shifts.
BN_INLINE uint64_t upper(uint64_t a) { return a >> 32; }
BN_INLINE Wide upper(Wide a) {
#if defined(__clang__) || !defined(__SSE2__)
    return a >> 32;
#else
    typedef uint32_t Halves __attribute__((vector_size(BN_WIDE_BYTES)));
    Halves from;
    for (uint32_t k = 0; k < BN_WIDE_BYTES / 4; ++k) from[k] = k | 1;
    return (Wide)__builtin_shuffle((Halves)a, from);
#endif
}

// The rounds on several sets of words, whose upper halves are anything: one set alone would wait for its own results.
template <class Lanes, int sets>
BN_INLINE void philox_rounds(Lanes (&x)[sets][4], Key k) {
    _Pragma("GCC unroll 10") for (int round = 0; round < 10; ++round) {
        _Pragma("GCC unroll 2") for (int s = 0; s < sets; ++s) {
            const Lanes even = product(x[s][0], 0xD2511F53U);
            const Lanes odd = product(x[s][2], 0xCD9E8D57U);
            x[s][0] = upper(odd) ^ (x[s][1] ^ k.k0);
            x[s][1] = odd;
            x[s][2] = upper(even) ^ (x[s][3] ^ k.k1);
            x[s][3] = even;
        }
        k = {k.k0 + 0x9E3779B9U, k.k1 + 0xBB67AE85U};
    }
}

BN_INLINE Words philox(Counter c, Key k) {
    const uint64_t low_half = 0xffffffffU;
    uint64_t x[1][4] = {{c.c0, c.c1, c.c2, c.c3}};
    philox_rounds(x, k);
    return {x[0][0] & low_half, x[0][1] & low_half, x[0][2] & low_half, x[0][3] & low_half};
}

// A bijection of 64-bit words: the finaliser of splitmix64 (Steele, Lea & Flood 2014; constants of Stafford's variant 13).
BN_INLINE uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

// The key of one stream (one textual rand(), one connection rule) of a run. Distinct streams of a seed have distinct keys.
BN_INLINE Key derive(uint64_t seed, uint64_t stream) {
    const uint64_t key = mix(mix(seed + 0x9E3779B97F4A7C15U) + stream * 0x9E3779B97F4A7C15U);
    return {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)};
}

}  // namespace bn
