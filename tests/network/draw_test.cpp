// SPDX-License-Identifier: BSD-3-Clause
// Hits among trials: a sequence without end finds what a list of known length finds.
#include "network/draw.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bouton::network {
namespace {

TEST(Draw, ASequenceOfHitsIsThatOfAList) {
    for (const double p : {1e-4, 0.01, 0.5}) {
        const bn::Key key = draw_key(7, "cells", "spikes");
        std::vector<std::uint32_t> list;
        draw_each(key, 0, 0, 1'000'000, p, list);
        HitSequence sequence(key, p);
        std::vector<std::uint32_t> pieces;
        for (std::int64_t end = 0; end <= 1'000'000; end += 625)
            sequence.each_before(end, [&](std::int64_t hit) {
                EXPECT_TRUE(end - 625 <= hit && hit < end) << p;
                pieces.push_back(static_cast<std::uint32_t>(hit));
            });
        EXPECT_EQ(pieces, list) << p;
    }
}

// Beyond 2^32 trials, and as many hits as the mean says within five standard errors.
TEST(Draw, TheSmallestProbabilityKeepsItsMean) {
    const double p = 1e-9;
    HitSequence sequence(draw_key(7, "cells", "spikes"), p);
    std::int64_t hits = 0;
    sequence.each_before(1'000'000'000'000'000, [&](std::int64_t) { ++hits; });
    EXPECT_NEAR(static_cast<double>(hits), 1e6, 5e3);
}

}  // namespace
}  // namespace bouton::network
