// SPDX-License-Identifier: BSD-3-Clause
// Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, SC'11): four random words from a counter and a key, without state.
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

BN_INLINE Words philox(Counter c, Key k) {
    const uint64_t low_half = 0xffffffffU;
    Words x = {c.c0, c.c1, c.c2, c.c3};
    for (int round = 0; round < 10; ++round) {
        const uint64_t even = x.w0 * 0xD2511F53U;
        const uint64_t odd = x.w2 * 0xCD9E8D57U;
        x = {(odd >> 32) ^ x.w1 ^ k.k0, odd & low_half, (even >> 32) ^ x.w3 ^ k.k1, even & low_half};
        k = {k.k0 + 0x9E3779B9U, k.k1 + 0xBB67AE85U};
    }
    return x;
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
