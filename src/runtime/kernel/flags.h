// SPDX-License-Identifier: BSD-3-Clause
// Truth values, bytes that are 0 or 1, as bits.
#pragma once

#include <stdint.h>

namespace bn {

// Eight flags that lie in one word; little-endian, as all our targets.
static inline uint32_t eight_flag_bits(uint64_t flags) {
    return static_cast<uint32_t>((flags * 0x0102040810204080u) >> 56);
}

// 64 flags.
static inline uint64_t flag_bits(const uint8_t* flags) {
    uint64_t bits = 0;
#ifdef __SSE2__
    typedef char Sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    for (int k = 0; k < 4; ++k) {
        const Sixteen signs = -reinterpret_cast<const Sixteen*>(flags)[k];
        bits |= static_cast<uint64_t>(static_cast<uint32_t>(__builtin_ia32_pmovmskb128(signs))) << (16 * k);
    }
#else
    uint64_t eight[8];
    __builtin_memcpy(eight, flags, sizeof eight);
    for (int k = 0; k < 8; ++k) bits |= static_cast<uint64_t>(eight_flag_bits(eight[k])) << (8 * k);
#endif
    return bits;
}

// Whether none of 128 flags is 1.
static inline bool no_flags(const uint8_t* flags) {
    typedef uint64_t Pair __attribute__((vector_size(16), aligned(1), may_alias));
    const Pair* pairs = reinterpret_cast<const Pair*>(flags);
    const Pair any =
        (pairs[0] | pairs[1] | pairs[2] | pairs[3]) | (pairs[4] | pairs[5] | pairs[6] | pairs[7]);
    return (any[0] | any[1]) == 0;
}

}  // namespace bn
