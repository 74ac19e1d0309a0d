// SPDX-License-Identifier: BSD-3-Clause
// The counters of neurons, and one random word for each of many. A Philox block holds four, and serves four neurons: in each 64 of them neuron e
// takes word (e / 16) % 4 of the block that it shares with those 16, 32 and 48 apart, so that vectors store what they computed.
#pragma once

#include "philox.h"

// Elements that pass through one loop before the next loop takes them up, where a kernel is divided into several.
#define BN_CHUNK 256

namespace bn {

BN_INLINE Counter neuron_counter(uint64_t step, uint32_t element, uint32_t draw) {
    return {static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32), element, draw};
}

// The last word of the counter keeps these blocks apart from those of neuron_counter(step, element, 0).
BN_INLINE Counter shared_counter(uint64_t step, uint32_t block) {
    return {static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32), block, 1};
}

BN_INLINE uint32_t neuron_word(uint64_t step, uint32_t element, Key key) {
    const Words w = philox(shared_counter(step, (element >> 6 << 4) | (element & 15)), key);
    const uint64_t words[4] = {w.w0, w.w1, w.w2, w.w3};
    return static_cast<uint32_t>(words[(element >> 4) & 3]);
}

// The words of neurons first to first + count, at most BN_CHUNK; `first` is a multiple of 64, and there is room for so many.
static inline void neuron_words(uint32_t* __restrict__ words, int64_t first, int64_t count, uint64_t step,
                                Key key) {
    for (int64_t l = 0; l < count; l += 64) {
        const uint32_t block = static_cast<uint32_t>((first + l) >> 6 << 4);
        for (uint32_t k = 0; k < 16; ++k) {
            const Words w = philox(shared_counter(step, block + k), key);
            words[l + k] = static_cast<uint32_t>(w.w0);
            words[l + 16 + k] = static_cast<uint32_t>(w.w1);
            words[l + 32 + k] = static_cast<uint32_t>(w.w2);
            words[l + 48 + k] = static_cast<uint32_t>(w.w3);
        }
    }
}

}  // namespace bn
