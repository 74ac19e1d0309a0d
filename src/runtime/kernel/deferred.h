// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events that a synapse meets later, when its presynaptic neuron spikes next, and the memory that is on its way.
#pragma once

#include "flags.h"
#include "kernel_abi.h"
#include "neuron_words.h"
#include "real.h"

namespace bn {

// The kept events of all targets (kernel_abi.h), seen by a kernel that reads `fields` numbers of each.
template <class Real, int fields>
class Events {
public:
    explicit Events(const bn_deferred& kept)
        : values_(static_cast<const Real*>(kept.values)),
          seen_(static_cast<const Real*>(kept.seen)),
          targets_(kept.targets),
          most_(kept.blocks * BN_EVENTS) {}

    inline __attribute__((always_inline)) Real seen(int64_t at) const { return seen_[at]; }

    // A number of the target's event number `age`; 0 is the newest.
    inline __attribute__((always_inline)) Real get(int64_t target, int64_t age, int field) const {
        return values_[((age / BN_EVENTS * targets_ + target) * fields + field) * BN_EVENTS +
                       age % BN_EVENTS];
    }

    // How many of the target's events are not earlier than `seen`, if the first `count` are not.
    int64_t pending(int64_t target, Real seen, int64_t count) const {
        while (count < most_ && get(target, count, 0) >= seen) ++count;
        return count;
    }

    // One block of the events of the targets of at most BN_CHUNK synapses: out[field][age][synapse].
    template <int block>
    void take(const uint32_t* __restrict__ targets, int64_t count,
              Real (*__restrict__ out)[BN_EVENTS][BN_CHUNK]) const {
        typedef Real Four __attribute__((vector_size(4 * sizeof(Real)), aligned(sizeof(Real)), may_alias));
        const Real* values = values_ + block * targets_ * (fields * BN_EVENTS);
        int64_t l = 0;
        for (; l + 4 <= count; l += 4) {
            const Real* from[4];
            for (int k = 0; k < 4; ++k) from[k] = values + int64_t{targets[l + k]} * (fields * BN_EVENTS);
            for (int f = 0; f < fields; ++f) {
                const Four a = *reinterpret_cast<const Four*>(from[0] + 4 * f);
                const Four b = *reinterpret_cast<const Four*>(from[1] + 4 * f);
                const Four c = *reinterpret_cast<const Four*>(from[2] + 4 * f);
                const Four d = *reinterpret_cast<const Four*>(from[3] + 4 * f);
                const Four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
                const Four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
                const Four ab_old = __builtin_shufflevector(a, b, 2, 6, 3, 7);
                const Four cd_old = __builtin_shufflevector(c, d, 2, 6, 3, 7);
                *reinterpret_cast<Four*>(out[f][0] + l) = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
                *reinterpret_cast<Four*>(out[f][1] + l) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
                *reinterpret_cast<Four*>(out[f][2] + l) = __builtin_shufflevector(ab_old, cd_old, 0, 1, 4, 5);
                *reinterpret_cast<Four*>(out[f][3] + l) = __builtin_shufflevector(ab_old, cd_old, 2, 3, 6, 7);
            }
        }
        for (; l < count; ++l)
            for (int f = 0; f < fields; ++f)
                for (int age = 0; age < BN_EVENTS; ++age)
                    out[f][age][l] = get(targets[l], block * BN_EVENTS + age, f);
    }

    // The steps of the newest event of the targets of at most BN_CHUNK synapses.
    void take_newest(const uint32_t* __restrict__ targets, int64_t count, Real* __restrict__ out) const {
        for (int64_t l = 0; l < count; ++l) out[l] = get(targets[l], 0, 0);
    }

    // The synapses whose event of one age, given by its steps, is not earlier than `seen`: those that have so many pending.
    // They are few, so they are looked for among 32 at once.
    static int64_t find_pending(const Real* __restrict__ steps, int64_t count, Real seen,
                                int32_t* __restrict__ pending) {
        int64_t found = 0;
        int64_t l = 0;
        for (; l + 32 <= count; l += 32) {
            alignas(32) uint8_t many[32];
            for (int k = 0; k < 32; ++k) many[k] = steps[l + k] >= seen;
            for (uint32_t bits = flag_bits(many); bits != 0; bits &= bits - 1)
                pending[found++] = static_cast<int32_t>(l) + __builtin_ctz(bits);
        }
        for (; l < count; ++l) {
            pending[found] = static_cast<int32_t>(l);
            found += steps[l] >= seen;
        }
        return found;
    }

private:
    const Real* values_;
    const Real* seen_;
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
