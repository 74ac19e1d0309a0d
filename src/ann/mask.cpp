// SPDX-License-Identifier: BSD-3-Clause
#include "ann/mask.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bouton::ann {
namespace {

constexpr std::uint64_t kMaskStreams = 0x6d61736b00000000U;  // "mask": apart from other uses of the seed

}  // namespace

Keep::Keep(double p) : n_(std::clamp(static_cast<int>(std::lround(p * 256.0)), 1, 256)) {}

int Keep::digits() const { return always() ? 0 : 8 - std::countr_zero(static_cast<unsigned>(n_)); }

MaskStream mask_stream(std::uint64_t seed, std::size_t layer, std::uint32_t step, Keep keep) {
    return {bn::derive(seed, kMaskStreams + layer), step, keep};
}

bool kept(const MaskStream& stream, std::uint32_t example, std::uint32_t input, std::uint32_t output) {
    if (stream.keep.always()) return true;
    bool result = false;
    for (int digit = stream.keep.digits() - 1; digit >= 0; --digit) {
        const bn::Words words = bn::philox(
            {stream.step, output / 16 | static_cast<std::uint32_t>(digit) << 24, input / 8, example},
            stream.key);
        const std::uint64_t all[4] = {words.w0, words.w1, words.w2, words.w3};
        const bool draw = all[input % 8 / 2] >> (16 * (input % 2) + output % 16) & 1U;
        result = (stream.keep.in_256() >> (7 - digit) & 1) != 0 ? (draw || result) : (draw && result);
    }
    return result;
}

}  // namespace bouton::ann
