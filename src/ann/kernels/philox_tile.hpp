// SPDX-License-Identifier: BSD-3-Clause
// The masks of one tile: a Philox block per example, side by side in the 64-bit lanes of a register (Isa::Words, of
// eight, four or two examples), as many times as p has binary digits.
#pragma once

#include "ann/kernels/compiler.hpp"
#include "ann/mask.hpp"

namespace bouton::ann {
namespace {

template <class Isa>
struct TileGenerator {
    using Words = typename Isa::Words;
    std::uint32_t step = 0;
    int digits = 0;
    int keep = 256;
    std::uint64_t k0[10] = {}, k1[10] = {};

    explicit TileGenerator(const MaskStream* masks) {
        if (masks == nullptr) return;
        step = masks->step;
        digits = masks->keep.digits();
        keep = masks->keep.in_256();
        for (std::uint32_t round = 0; round < 10; ++round) {
            k0[round] = masks->key.k0 + round * 0x9E3779B9U;
            k1[round] = masks->key.k1 + round * 0xBB67AE85U;
        }
    }

    /// One digit's words on their way through the ten rounds, so that a loop can do other work between rounds.
    struct Draw {
        Words x0, x1, x2, x3;

        void round(const TileGenerator& of, int round) {
            const std::uint64_t* key0 = of.k0;
            const std::uint64_t* key1 = of.k1;
            BOUTON_OPAQUE(key0);  // the keys stay in memory: the registers are for the sums
            BOUTON_OPAQUE(key1);
            const Words even = Isa::template multiply_low<0xD2511F53U>(x0);
            const Words odd = Isa::template multiply_low<0xCD9E8D57U>(x2);
            x0 = Isa::mix_high(odd, x1, key0[round]);
            x2 = Isa::mix_high(even, x3, key1[round]);
            x1 = odd;
            x3 = even;
        }
        /// 64 bits per example, of inputs 0-3 and 4-7.
        Words low() const { return Isa::join(x0, x1); }
        Words high() const { return Isa::join(x2, x3); }
        void store(std::uint16_t* bits) const {
            Isa::store_words(bits, low());
            Isa::store_words(bits + 32, high());
        }
    };

    Draw begin(std::uint32_t example, std::uint32_t input, std::uint32_t output) const {
        return {Isa::words(step), Isa::words(output), Isa::words(input), Isa::count_from(example)};
    }

    Draw digit(std::uint32_t example, std::uint32_t input, std::uint32_t output, int number) const {
        Draw draw = begin(example, input, output | static_cast<std::uint32_t>(number) << 24);
#pragma GCC unroll 10
        for (int round = 0; round < 10; ++round) draw.round(*this, round);
        return draw;
    }

    /// Any p: from the last digit, which is 1 and hence the draw itself, to the first.
    [[gnu::noinline]] void draw(std::uint32_t example, std::uint32_t input, std::uint32_t output,
                                std::uint16_t* bits) const {
        for (std::uint32_t e = 0; e < 8; e += Isa::kLongs)
            draw_some(example + e, input, output, bits + 4 * e);
    }

private:
    /// The bits of as many examples as a register holds.
    void draw_some(std::uint32_t example, std::uint32_t input, std::uint32_t output,
                   std::uint16_t* bits) const {
        Words low = Isa::words(~std::uint64_t{0}), high = low;
        for (int d = digits - 1; d >= 0; --d) {
            const Draw x = digit(example, input, output, d);
            const bool last = d == digits - 1, one = (keep >> (7 - d) & 1) != 0;
            low = last ? x.low() : one ? Isa::either(x.low(), low) : Isa::both(x.low(), low);
            high = last ? x.high() : one ? Isa::either(x.high(), high) : Isa::both(x.high(), high);
        }
        Isa::store_words(bits, low);
        Isa::store_words(bits + 32, high);
    }
};

}  // namespace
}  // namespace bouton::ann
