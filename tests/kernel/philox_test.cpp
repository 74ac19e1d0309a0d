// SPDX-License-Identifier: BSD-3-Clause
// Philox against the known answers of its authors and against their own implementation; keys and counters.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <utility>

#include "kernel/bouton_random.h"

namespace {

using Block = std::array<std::uint64_t, 4>;

Block block(bn::Counter c, bn::Key k) {
    const bn::Words w = bn::philox(c, k);
    return {w.w0, w.w1, w.w2, w.w3};
}

TEST(Philox, KnownAnswers) {  // kat_vectors of Random123
    EXPECT_EQ(block({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(block({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
              (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, AgreesWithRandom123) {
    std::mt19937 engine(3);
    const auto draw = [&] { return static_cast<std::uint32_t>(engine()); };
    for (int n = 0; n < 10000; ++n) {
        const bn::Counter c = {draw(), draw(), draw(), draw()};
        const bn::Key k = {draw(), draw()};
        const r123::Philox4x32::ctr_type counter = {{c.c0, c.c1, c.c2, c.c3}};
        const r123::Philox4x32::key_type key = {{k.k0, k.k1}};
        const auto theirs = r123::Philox4x32()(counter, key);
        ASSERT_EQ(block(c, k), (Block{theirs[0], theirs[1], theirs[2], theirs[3]}));
    }
}

TEST(Philox, KeysOfStreamsDiffer) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
    for (std::uint64_t seed = 0; seed < 300; ++seed)
        for (std::uint64_t stream = 0; stream < 300; ++stream) {
            const bn::Key k = bn::derive(seed, stream);
            keys.insert({k.k0, k.k1});
        }
    EXPECT_EQ(keys.size(), 90000U);
    EXPECT_NE(bn::derive(1, 0).k0, bn::derive(0, 1).k0);
}

TEST(Philox, CountersHoldTheirParts) {
    const bn::Counter n = bn::neuron_counter(0x123456789aULL, 7, 3);
    EXPECT_EQ((Block{n.c0, n.c1, n.c2, n.c3}), (Block{0x3456789a, 0x12, 7, 3}));
    const bn::Counter s = bn::synapse_counter(0x123456789aULL, 7, 8, 2);
    EXPECT_EQ((Block{s.c0, s.c1, s.c2, s.c3}), (Block{0x3456789a, 7, 8, 0x20012}));
}

}  // namespace
