// SPDX-License-Identifier: BSD-3-Clause
// All that a generated translation unit includes: the border to the engine, mathematics, random numbers, signals.
#pragma once

// Selects stay selects: threading one through a comparison leaves branches that GCC cannot vectorise.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-thread-jumps")
#endif

#include "bouton_math.h"
#include "bouton_random.h"
#include "checked.h"
#include "deferred.h"
#include "flags.h"
#include "kernel_abi.h"
#include "pack.h"
#include "signal.h"

// BN_INDEPENDENT: elements of the next loop do not meet, it may be vectorised.
// BN_WRITTEN_OUT: as many turns of the next loop as elements fill a word of bits, all of them.
// BN_UNROLLED: four turns of the next loop are written out. Turns are short and cannot be vectorised, or are part of a vector loop.
#ifdef __clang__
#define BN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define BN_UNROLLED _Pragma("clang loop unroll_count(4)")
#define BN_WRITTEN_OUT _Pragma("clang loop unroll(full)")
#else
#define BN_INDEPENDENT _Pragma("GCC ivdep")
#define BN_UNROLLED _Pragma("GCC unroll 4")
#define BN_WRITTEN_OUT _Pragma("GCC unroll 32")
#endif

namespace bn {

// A truth value as wide as the numbers it is met with, so that both fill a vector alike.
template <class Real>
struct WideFlagOf;
template <>
struct WideFlagOf<double> {
    using Type = int64_t;
};
template <>
struct WideFlagOf<float> {
    using Type = int32_t;
};
template <class Real>
using WideFlag = typename WideFlagOf<Real>::Type;

// Truth values of a chunk, -1 for true, as bytes; `any` is 0 if none is true, which is the common case.
template <class Int>
BN_INLINE void store_flags(uint8_t* __restrict__ flags, const Int* __restrict__ kept, int64_t count,
                           Int any) {
    if (any != 0)
        for (int64_t l = 0; l < count; ++l) flags[l] = kept[l] != 0;
    else if (count == BN_CHUNK)
        __builtin_memset(flags, 0, BN_CHUNK);
    else
        __builtin_memset(flags, 0, static_cast<uint64_t>(count));
}

}  // namespace bn
