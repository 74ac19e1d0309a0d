// SPDX-License-Identifier: BSD-3-Clause
// Hits among trials: a sequence without end finds what a list of known length finds.
#include "state/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace bouton::state {
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

// Where few hits are expected a list mostly ends before it begins: it is the sequence's all the same, and hits are as frequent as
// they should be, within five standard errors of a binomial.
TEST(Draw, ShortListsAreThoseOfASequence) {
    constexpr int kLists = 4000;
    for (const std::int64_t n : {1, 50, 1000}) {
        for (const double expected : {0.001, 0.1, 1.0, 2.5}) {
            const double p = expected / static_cast<double>(n);
            if (p >= 1.0) continue;
            std::size_t hits = 0;
            for (int k = 0; k < kLists; ++k) {
                const bn::Key key = draw_key(11, "cells" + std::to_string(k), "grow");
                std::vector<std::uint32_t> list, sequence;
                draw_each(key, 0, 0, n, p, list);
                HitSequence(key, p).each_before(
                    n, [&](std::int64_t hit) { sequence.push_back(static_cast<std::uint32_t>(hit)); });
                ASSERT_EQ(list, sequence) << n << ' ' << p << ' ' << k;
                hits += list.size();
            }
            const double mean = kLists * expected;
            EXPECT_NEAR(static_cast<double>(hits), mean, 5 * std::sqrt(mean * (1 - p))) << n << ' ' << p;
        }
    }
}

// Every number, the first and the last ones too, is hit with probability p: counts within five standard errors.
TEST(Draw, EndsAreHitAsOftenAsTheRest) {
    constexpr std::uint32_t kNumbers = 70, kRows = 4000;
    for (const double p : {0.02, 0.5, 0.97}) {
        std::vector<int> hits(kNumbers, 0);
        std::vector<std::uint32_t> row;
        for (std::uint32_t i = 0; i < kRows; ++i) {
            row.clear();
            draw_each(draw_key(3, "cells", "spikes"), i, 0, kNumbers, p, row);
            for (const std::uint32_t k : row) ++hits.at(k);
        }
        for (const int count : hits) EXPECT_NEAR(count, kRows * p, 5 * std::sqrt(kRows * p * (1 - p))) << p;
    }
}

// 3 * 2^30 numbers share 2^32 words unevenly: without rejection every third of them would come twice as often.
TEST(Draw, NumbersBelowALargeBoundAreEven) {
    DrawSequence sequence(draw_key(3, "cells", "spikes"), 0);
    constexpr int kDraws = 30000;
    int thirds[3] = {};
    for (int k = 0; k < kDraws; ++k) ++thirds[sequence.below(3U << 30) % 3];
    for (const int count : thirds) EXPECT_NEAR(count, kDraws / 3.0, 5 * std::sqrt(kDraws * 2.0 / 9));
}

// Both ways of drawing a subset, each with and without a number left out, at the edge of a word of 64 bits.
TEST(Draw, SubsetsHoldEveryNumberEquallyOften) {
    constexpr int kRuns = 3000;
    for (const std::int64_t n : {64, 65, 130}) {
        for (const std::int64_t count : {std::int64_t{3}, n / 2, n - 2}) {
            for (const std::int64_t excluded : {std::int64_t{-1}, std::int64_t{0}, n - 1}) {
                for (const bool repeated : {false, true}) {
                    SubsetDrawer drawer(n);
                    std::vector<int> hits(static_cast<std::size_t>(n), 0);
                    std::vector<std::uint32_t> out;
                    for (std::uint32_t run = 0; run < kRuns; ++run) {
                        DrawSequence sequence(draw_key(5, "cells", "connect"), run);
                        if (repeated)
                            drawer.draw_repeated(sequence, count, excluded, out);
                        else
                            drawer.draw(sequence, count, excluded, out);
                        ASSERT_EQ(out.size(), static_cast<std::size_t>(count));
                        ASSERT_TRUE(std::is_sorted(out.begin(), out.end()));
                        for (const std::uint32_t k : out) ++hits.at(k);
                    }
                    const double available = static_cast<double>(n - (excluded >= 0 ? 1 : 0));
                    const double mean = kRuns * static_cast<double>(count) / available;
                    for (std::int64_t k = 0; k < n; ++k) {
                        const double expected = k == excluded ? 0.0 : mean;
                        EXPECT_NEAR(hits[static_cast<std::size_t>(k)], expected, 5 * std::sqrt(expected))
                            << n << ' ' << count << ' ' << excluded << ' ' << repeated << ' ' << k;
                    }
                }
            }
        }
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
}  // namespace bouton::state
