// SPDX-License-Identifier: BSD-3-Clause
// The counters of neurons, and one random word for each of many. The two halves of a word come from two blocks of Philox, since the
// upper one nearly always decides alone; a block gives eight halves, and serves eight neurons. In each 64 neurons e and e ^ 32
// share one with those that differ in the last two bits, so that vectors store what they computed.
#pragma once

#include "philox.h"

// Elements that pass through one loop before the next loop takes them up, where a kernel is divided into several.
#define BN_CHUNK 256

namespace bn {

BN_INLINE Counter neuron_counter(uint64_t step, uint32_t element, uint32_t draw) {
    return {static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32), element, draw};
}

enum class Half : uint32_t { upper = 1, lower = 2 };

// The last word of the counter keeps these blocks apart from those of neuron_counter(step, element, 0).
BN_INLINE Counter shared_counter(uint64_t step, uint32_t block, Half half) {
    return {static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32), block,
            static_cast<uint32_t>(half)};
}

BN_INLINE uint32_t neuron_half(uint64_t step, uint32_t element, Key key, Half half) {
    const uint32_t block = (element >> 6 << 3) | ((element >> 2) & 7);
    const Words w = philox(shared_counter(step, block, half), key);
    const uint64_t pair = (element & 32) != 0 ? w.w2 | w.w3 << 32 : w.w0 | w.w1 << 32;
    return static_cast<uint32_t>(pair >> (element & 3) * 16) & 0xffffU;
}

// Upper halves count from -2^15, so that they are compared as signed numbers.
BN_INLINE uint32_t neuron_word(uint64_t step, uint32_t element, Key key) {
    const uint32_t upper = neuron_half(step, element, key, Half::upper) ^ 0x8000U;
    return upper << 16 | neuron_half(step, element, key, Half::lower);
}

// The halves of neurons first to first + count, at most BN_CHUNK; `first` is a multiple of 64, and there is room for BN_CHUNK.
// Little-endian, as all our targets.
static inline void neuron_halves(int64_t first, int64_t count, uint64_t step, Key key, Half half,
                                 int16_t* __restrict__ halves) {
    constexpr int sets = 2;
    constexpr uint32_t lanes = BN_WIDE_BYTES / 8;
    constexpr uint64_t low_half = 0xffffffffU;
    Wide ascending;
    for (uint32_t k = 0; k < lanes; ++k) ascending[k] = k;
    const uint32_t first_block = static_cast<uint32_t>(first >> 6 << 3);
    for (uint32_t k = 0; 8 * k < count; k += sets * lanes) {
        Wide x[sets][4];
        for (uint32_t s = 0; s < sets; ++s) {
            const Counter c = shared_counter(step, first_block + k + s * lanes, half);
            x[s][0] = Wide{} + c.c0;
            x[s][1] = Wide{} + c.c1;
            x[s][2] = ascending + c.c2;
            x[s][3] = Wide{} + c.c3;
        }
        philox_rounds(x, key);
        for (uint32_t s = 0; s < sets; ++s) {
            const uint32_t own = k + s * lanes;
            int16_t* place = halves + (own / 8 * 64 + own % 8 * 4);
            const Wide front = (x[s][0] & low_half) | x[s][1] << 32;
            const Wide back = (x[s][2] & low_half) | x[s][3] << 32;
            __builtin_memcpy(place, &front, sizeof front);
            __builtin_memcpy(place + 32, &back, sizeof back);
        }
    }
}

static inline void neuron_words(int64_t first, int64_t count, uint64_t step, Key key,
                                uint32_t* __restrict__ words) {
    alignas(64) int16_t upper[BN_CHUNK], lower[BN_CHUNK];
    neuron_halves(first, count, step, key, Half::upper, upper);
    neuron_halves(first, count, step, key, Half::lower, lower);
    for (int64_t l = 0; l < count; ++l)
        words[l] = static_cast<uint32_t>(upper[l] ^ -0x8000) << 16 | static_cast<uint16_t>(lower[l]);
}

}  // namespace bn
