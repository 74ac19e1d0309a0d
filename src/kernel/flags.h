// SPDX-License-Identifier: BSD-3-Clause
// Truth values of many elements as bits.
#pragma once

#include <stdint.h>

namespace bn {

// Eight bytes that are 0 or 1, in one word; little-endian, as all our targets.
static inline uint32_t eight_flag_bits(uint64_t flags) {
    return static_cast<uint32_t>((flags * 0x0102040810204080u) >> 56);
}

#ifdef __AVX__
// The signs of the numbers of a vector.
template <class Vector>
static inline __attribute__((always_inline)) uint32_t sign_bits(const Vector& vector) {
    typedef float Floats __attribute__((vector_size(32)));
    typedef double Doubles __attribute__((vector_size(32)));
    if constexpr (sizeof(vector[0]) == 4)
        return static_cast<uint32_t>(__builtin_ia32_movmskps256((Floats)vector));
    else
        return static_cast<uint32_t>(__builtin_ia32_movmskpd256((Doubles)vector));
}
#endif

// Of eight truth values, integers that are -1 for true and 0 for false: bit k says it of truth[k].
template <class Int>
static inline __attribute__((always_inline)) uint32_t eight_truths(const Int* truth) {
#ifdef __AVX__
    typedef Int Vector __attribute__((vector_size(32), aligned(sizeof(Int)), may_alias));
    const Vector* vectors = reinterpret_cast<const Vector*>(truth);
    if constexpr (sizeof(Int) == 4)
        return sign_bits(vectors[0]);
    else
        return sign_bits(vectors[0]) | sign_bits(vectors[1]) << 4;
#else
    uint8_t many[8];
    for (int k = 0; k < 8; ++k) many[k] = truth[k] != 0;
    uint64_t word;
    __builtin_memcpy(&word, many, sizeof word);
    return eight_flag_bits(word);
#endif
}

// The numbers of the elements from `first` on whose truth values are -1 for true go to `list`, ascending; `count` is a multiple of 8.
// Returns the end of the list.
template <class Int>
static inline uint32_t* append(const Int* __restrict__ truth, int64_t first, int64_t count,
                               uint32_t* __restrict__ list) {
    for (int64_t l = 0; l < count; l += 64) {
        uint64_t bits = 0;
        for (int k = 0; k < 8; ++k)
            if (l + 8 * k < count) bits |= uint64_t{eight_truths(truth + l + 8 * k)} << (8 * k);
        for (; bits != 0; bits &= bits - 1)
            *list++ = static_cast<uint32_t>(first + l + __builtin_ctzll(bits));
    }
    return list;
}

}  // namespace bn
