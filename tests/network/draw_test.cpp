// SPDX-License-Identifier: BSD-3-Clause
// Hits among trials: a sequence without end finds what a list of known length finds.
#include "network/draw.hpp"

#include <gtest/gtest.h>

namespace bouton::network {
namespace {

TEST(Draw, ASequenceOfHitsIsThatOfAList) {
    for (const double p : {1e-4, 0.01, 0.5}) {
        const bn::Key key = draw_key(7, "cells", "spikes");
        std::vector<std::uint32_t> list;
        draw_each(key, 0, 0, 1'000'000, p, list);
        HitSequence sequence(key, p);
        for (const std::uint32_t hit : list) {
            ASSERT_EQ(sequence.next(), hit) << p;
            sequence.advance();
        }
        EXPECT_GE(sequence.next(), 1'000'000) << p;
    }
}

// Beyond 2^32 trials, and the mean 1/p of a million gaps within five standard errors, sqrt(1 - p) / p / 1000.
TEST(Draw, TheSmallestProbabilityKeepsItsMean) {
    const double p = 1e-9;
    HitSequence sequence(draw_key(7, "cells", "spikes"), p);
    for (int k = 0; k < 1'000'000; ++k) sequence.advance();
    EXPECT_NEAR(static_cast<double>(sequence.next()) * p / 1e6, 1.0, 5e-3);
}

}  // namespace
}  // namespace bouton::network
