// SPDX-License-Identifier: BSD-3-Clause
// Placements with a known result, and which draws they come from.
#include "ann/augmentation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace bouton::ann {
namespace {

using Pixels = std::vector<float>;

/// 5 x 4 pixels, all different.
constexpr std::size_t kHeight = 5, kWidth = 4;
Pixels picture(std::size_t height = kHeight, std::size_t width = kWidth) {
    Pixels pixels(height * width);
    std::iota(pixels.begin(), pixels.end(), 1.0f);
    return pixels;
}

Pixels placed(const Pixels& image, const Placement& placement, std::size_t height = kHeight,
              std::size_t width = kWidth) {
    Pixels result(image.size(), -1.0f);
    place(image.data(), height, width, placement, result.data());
    return result;
}

TEST(Place, NothingChangesNothing) { EXPECT_EQ(placed(picture(), {}), picture()); }

TEST(Place, WholePixelsMoveExactly) {
    const auto image = picture();
    const auto result = placed(image, {.shift_x = 2, .shift_y = -1});
    for (std::size_t i = 0; i < kHeight; ++i) {
        for (std::size_t j = 0; j < kWidth; ++j) {
            const bool inside = i + 1 < kHeight && j >= 2;
            EXPECT_EQ(result[i * kWidth + j], inside ? image[(i + 1) * kWidth + j - 2] : 0.0f)
                << i << ' ' << j;
        }
    }
}

TEST(Place, HalfAPixelAverages) {
    const auto image = picture();
    const auto result = placed(image, {.shift_x = 0.5, .shift_y = 0.5});
    EXPECT_EQ(result[0], image[0] / 4);
    EXPECT_EQ(result[1 * kWidth + 1], (image[0] + image[1] + image[4] + image[5]) / 4);
}

TEST(Place, QuarterTurnsAboutTheCentre) {
    for (const std::size_t n : {4u, 5u}) {
        const auto image = picture(n, n);
        const auto once = placed(image, {.degrees = 90}, n, n);
        const auto back = placed(image, {.degrees = -90}, n, n);
        const auto twice = placed(image, {.degrees = 180}, n, n);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                // Row i of the image becomes column n-1-i: clockwise.
                EXPECT_NEAR(once[j * n + (n - 1 - i)], image[i * n + j], 1e-5);
                EXPECT_NEAR(back[(n - 1 - j) * n + i], image[i * n + j], 1e-5);
                EXPECT_NEAR(twice[(n - 1 - i) * n + (n - 1 - j)], image[i * n + j], 1e-5);
            }
        }
    }
}

TEST(Place, TurnsFirstThenShifts) {
    const auto image = picture(5, 5);
    const auto both = placed(image, {.shift_x = 1, .degrees = 90}, 5, 5);
    const auto after = placed(placed(image, {.degrees = 90}, 5, 5), {.shift_x = 1}, 5, 5);
    for (std::size_t k = 0; k < 25; ++k) EXPECT_NEAR(both[k], after[k], 1e-5);
}

TEST(Place, ScaleKeepsTheCentreAndStretches) {
    // A ramp 0 1 2 3 4 about its middle 2, twice as wide: 1 1.5 2 2.5 3.
    const Pixels ramp = {0, 1, 2, 3, 4};
    EXPECT_EQ(placed(ramp, {.scale = 2}, 1, 5), (Pixels{1, 1.5, 2, 2.5, 3}));
    const Pixels block = {8, 8, 8, 8, 8};
    EXPECT_EQ(placed(block, {.scale = 0.5}, 1, 5), (Pixels{0, 8, 8, 8, 0}));
}

TEST(Place, FarAwayIsEmpty) {
    for (const double far : {100.0, -100.0, 1e18, -1e300})
        EXPECT_EQ(placed(picture(), {.shift_x = far}), Pixels(kHeight * kWidth, 0.0f)) << far;
}

TEST(DrawPlacement, FillsItsRanges) {
    const Augmentation ranges{.shift = 3.0, .rotation = 15.0, .scale = 0.25};
    double sums[4] = {}, squares[4] = {};
    constexpr int n = 20000;
    for (std::size_t index = 0; index < n; ++index) {
        const auto drawn = draw_placement(ranges, index, 7, 2);
        const double values[4] = {drawn.shift_x / 3.0, drawn.shift_y / 3.0, drawn.degrees / 15.0,
                                  (drawn.scale - 1.0) / 0.25};
        for (int k = 0; k < 4; ++k) {
            ASSERT_LE(std::abs(values[k]), 1.0);
            sums[k] += values[k];
            squares[k] += values[k] * values[k];
        }
    }
    for (int k = 0; k < 4; ++k) {  // uniform in [-1, 1]: mean 0, mean square 1/3; four standard errors
        EXPECT_NEAR(sums[k] / n, 0.0, 4 * std::sqrt(1.0 / 3 / n));
        EXPECT_NEAR(squares[k] / n, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / n));
    }
}

Dataset two_images() {
    return {.name = "array",
            .height = 3,
            .width = 3,
            .classes = 2,
            .bytes = {9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1},
            .labels = {0, 1}};
}

Pixels augmented(const Augmentation& ranges, std::size_t index, std::uint64_t seed, std::uint32_t epoch) {
    Pixels result(9);
    augment(ranges, two_images(), index, seed, epoch, result.data());
    return result;
}

TEST(Augment, DependsOnSeedEpochAndIndexAlone) {
    const Augmentation ranges{.shift = 0.7, .rotation = 20.0, .scale = 0.2};
    const auto first = augmented(ranges, 0, 1, 0);
    EXPECT_EQ(augmented(ranges, 0, 1, 0), first);
    EXPECT_NE(augmented(ranges, 1, 1, 0), first);  // the same pixels, another draw
    EXPECT_NE(augmented(ranges, 0, 2, 0), first);
    EXPECT_NE(augmented(ranges, 0, 1, 1), first);
}

TEST(Augment, WithoutRangesIsTheExample) {
    Pixels plain(9);
    two_images().read(1, plain.data());
    EXPECT_EQ(augmented({}, 1, 3, 4), plain);
    EXPECT_EQ(plain[0], 9.0f / 255.0f);
}

TEST(Dataset, FloatsAreReadAsTheyAre) {
    const Dataset data{.name = "array",
                       .height = 1,
                       .width = 2,
                       .classes = 2,
                       .values = {-1.5f, 2.0f, 300.0f, 0.25f},
                       .labels = {0, 1}};
    Pixels read(2);
    data.read(1, read.data());
    EXPECT_EQ(read, (Pixels{300.0f, 0.25f}));
}

}  // namespace
}  // namespace bouton::ann
