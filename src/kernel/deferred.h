// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events that a synapse meets later, when its presynaptic neuron spikes next, and the memory that is on its way.
#pragma once

#include "flags.h"
#include "kernel_abi.h"
#include "neuron_words.h"
#include "real.h"

// Synapses of a row are met in chunks of so many: a multiple of 64.
#define BN_ROW_CHUNK 128
// So many synapses with more events than the newest block holds are met at once.
#define BN_FEW 8

namespace bn {

// The kept events of all targets (kernel_abi.h), seen by a kernel that reads `fields` numbers of each. `falls`: number 0 is
// less the later they are.
template <class Real, int fields, bool falls>
class Events {
public:
    explicit Events(const bn_deferred& kept)
        : values_(static_cast<const Real*>(kept.values)),
          processed_until_(static_cast<const Real*>(kept.processed_until)),
          targets_(kept.targets),
          most_(kept.blocks * BN_EVENTS) {}

    inline __attribute__((always_inline)) Real processed_until(int64_t at) const {
        return processed_until_[at];
    }

    // Whether an event was not before `processed_until`.
    static inline __attribute__((always_inline)) bool waits(Real when, Real processed_until) {
        return falls ? when <= processed_until : when >= processed_until;
    }

    // A number of the target's event number `age`; 0 is the newest.
    inline __attribute__((always_inline)) Real get(int64_t target, int64_t age, int field) const {
        return values_[((age / BN_EVENTS * targets_ + target) * fields + field) * BN_EVENTS +
                       age % BN_EVENTS];
    }

    // How many of the target's events wait, if the first `count` do.
    int64_t pending(int64_t target, Real processed_until, int64_t count) const {
        while (count < most_ && waits(get(target, count, 0), processed_until)) ++count;
        return count;
    }

    // The newest block of the events of the targets of BN_FEW to BN_ROW_CHUNK synapses: out[field][age][synapse]. The last ones
    // may come twice.
    void take(const uint32_t* __restrict__ targets, int64_t count,
              Real (*__restrict__ out)[BN_EVENTS][BN_ROW_CHUNK]) const {
        const int64_t last = count - kAbreast;
        for (int64_t l = 0; l < last; l += kAbreast) spread<0, BN_ROW_CHUNK>(targets + l, out[0][0] + l);
        spread<0, BN_ROW_CHUNK>(targets + last, out[0][0] + last);
    }

    // The block after it, of BN_FEW targets.
    inline __attribute__((always_inline)) void take_older(const uint32_t* __restrict__ targets,
                                                          Real (*__restrict__ out)[BN_EVENTS][BN_FEW]) const {
        for (int l = 0; l < BN_FEW; l += kAbreast) spread<1, BN_FEW>(targets + l, out[0][0] + l);
    }

    // When the newest event was, for the targets of at most BN_ROW_CHUNK synapses.
    void take_newest(const uint32_t* __restrict__ targets, int64_t count, Real* __restrict__ out) const {
        for (int64_t l = 0; l < count; ++l) out[l] = get(targets[l], 0, 0);
    }

    // The synapses whose event of one age waits: those that have so many pending. They are few, so they are looked for
    // among 64 at once; `when` has room for whole ones.
    static int64_t find_pending(const Real* __restrict__ when, int64_t count, Real processed_until,
                                int32_t* __restrict__ pending) {
        int64_t found = 0;
        for (int64_t first = 0; first < count; first += 64) {
            uint64_t bits = 0;
            for (int k = 0; k < 8; ++k)
                bits |= uint64_t{waiting(when + first + 8 * k, processed_until)} << (8 * k);
            if (count - first < 64) bits &= (uint64_t{1} << (count - first)) - 1;
            for (; bits != 0; bits &= bits - 1)
                pending[found++] = static_cast<int32_t>(first) + __builtin_ctzll(bits);
        }
        return found;
    }

    // Of eight events, which ones wait: bit k says it of when[k].
    static inline __attribute__((always_inline)) uint32_t waiting(const Real* when, Real processed_until) {
#ifdef __AVX__
        typedef Real Vector __attribute__((vector_size(32), aligned(sizeof(Real)), may_alias));
        const auto signs = [&](const Real* some) {
            const Vector whole = *reinterpret_cast<const Vector*>(some);
            return sign_bits(falls ? whole <= processed_until : whole >= processed_until);
        };
        if constexpr (sizeof(Real) == 4) return signs(when);
        return signs(when) | signs(when + 4) << 4;
#else
        uint8_t many[8];
        for (int k = 0; k < 8; ++k) many[k] = waits(when[k], processed_until);
        uint64_t word;
        __builtin_memcpy(&word, many, sizeof word);
        return eight_flag_bits(word);
#endif
    }

private:
    // So many targets at once: as many as four numbers of each fill vectors for.
#ifdef __AVX__
    static constexpr int kAbreast = sizeof(Real) == 4 ? 8 : 4;
#else
    static constexpr int kAbreast = 4;
#endif

    // Block `block` of the events of kAbreast targets, turned so that events of one age and field lie side by side.
    template <int block, int stride>
    inline __attribute__((always_inline)) void spread(const uint32_t* __restrict__ targets,
                                                      Real* __restrict__ out) const {
        typedef Real Four __attribute__((vector_size(4 * sizeof(Real)), aligned(sizeof(Real)), may_alias));
        typedef Real All
            __attribute__((vector_size(kAbreast * sizeof(Real)), aligned(sizeof(Real)), may_alias));
        const Real* values = values_ + block * targets_ * (fields * BN_EVENTS);
        const Real* from[kAbreast];
        for (int k = 0; k < kAbreast; ++k) from[k] = values + int64_t{targets[k]} * (fields * BN_EVENTS);
        for (int f = 0; f < fields; ++f) {
            const auto put = [&](int age, const All& events) {
                *reinterpret_cast<All*>(out + (f * BN_EVENTS + age) * stride) = events;
            };
            const auto four = [&](int k) { return reinterpret_cast<const Four*>(from[k] + BN_EVENTS * f); };
            if constexpr (kAbreast == 8) {
                const auto pair = [&](int k) {
                    return __builtin_shufflevector(*four(k), *four(k + 4), 0, 1, 2, 3, 4, 5, 6, 7);
                };
                const All a = pair(0), b = pair(1), c = pair(2), d = pair(3);
                const All ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
                const All cd = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
                const All ab_old = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
                const All cd_old = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
                put(0, __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13));
                put(1, __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15));
                put(2, __builtin_shufflevector(ab_old, cd_old, 0, 1, 8, 9, 4, 5, 12, 13));
                put(3, __builtin_shufflevector(ab_old, cd_old, 2, 3, 10, 11, 6, 7, 14, 15));
            } else {
                const All a = *four(0), b = *four(1), c = *four(2), d = *four(3);
                const All ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
                const All cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
                const All ab_old = __builtin_shufflevector(a, b, 2, 6, 3, 7);
                const All cd_old = __builtin_shufflevector(c, d, 2, 6, 3, 7);
                put(0, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
                put(1, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
                put(2, __builtin_shufflevector(ab_old, cd_old, 0, 1, 4, 5));
                put(3, __builtin_shufflevector(ab_old, cd_old, 2, 3, 6, 7));
            }
        }
    }

    const Real* values_;
    const Real* processed_until_;
    int64_t targets_;
    int64_t most_;
};

// Asks for `count` elements that will be read soon; where they lie need not be memory of the array.
template <class T>
BN_INLINE void fetch(const T* elements, int64_t count) {
    const uintptr_t end = reinterpret_cast<uintptr_t>(elements) + static_cast<uintptr_t>(count) * sizeof(T);
    for (uintptr_t line = reinterpret_cast<uintptr_t>(elements); line < end; line += 64)
        __builtin_prefetch(reinterpret_cast<const void*>(line));
}

}  // namespace bn
