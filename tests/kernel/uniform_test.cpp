// SPDX-License-Identifier: BSD-3-Clause
// Uniform and normal numbers: ends of the range, moments, every bit, distribution, and no correlation between neighbours.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernel/bouton_random.h"
#include "tests/kernel/statistics.hpp"

namespace {

using bouton::tests::kolmogorov_distance;

constexpr int kDraws = 400000;
const bn::Key kKey = bn::derive(42, 1);

template <class T, class Draw>
std::vector<T> sample(Draw draw) {
    std::vector<T> x(kDraws);
    for (int i = 0; i < kDraws; ++i)
        x[i] = draw(bn::neuron_counter(1000, static_cast<std::uint32_t>(i), 0), kKey);
    return x;
}

/// Standard score of the mean of values with the given expectation and variance.
template <class T, class F>
double mean_score(const std::vector<T>& x, F value, double mean, double variance) {
    double sum = 0;
    for (const T v : x) sum += value(static_cast<double>(v)) - mean;
    return sum / std::sqrt(variance * static_cast<double>(x.size()));
}

template <class T>
double neighbour_score(const std::vector<T>& x, double mean, double variance) {
    double sum = 0;
    for (std::size_t i = 1; i < x.size(); ++i) sum += (x[i] - mean) * (x[i - 1] - mean);
    return sum / (variance * std::sqrt(static_cast<double>(x.size() - 1)));
}

TEST(Uniform, EndsOfTheRange) {
    EXPECT_EQ(bn::unit_double(0, 0), 0.0);
    EXPECT_EQ(bn::unit_double(0, 0x7ff), 0.0);
    EXPECT_EQ(bn::unit_double(0, 0x800), 0x1p-53);
    EXPECT_EQ(bn::unit_double(0xffffffff, 0xffffffff), 1.0 - 0x1p-53);
    EXPECT_EQ(bn::unit_float(0xff), 0.0F);
    EXPECT_EQ(bn::unit_float(0x100), 0x1p-24F);
    EXPECT_EQ(bn::unit_float(0xffffffff), 1.0F - 0x1p-24F);
    EXPECT_EQ(bn::Sampler<double>::open(0.0), 0x1p-54);
    EXPECT_EQ(bn::Sampler<float>::open(0.0F), 0x1p-25F);
    EXPECT_EQ(bn::positive_float(0), 0x1p-33F);
    EXPECT_EQ(bn::positive_float(5), 5.5F * 0x1p-32F);
    EXPECT_EQ(bn::positive_float(0xffffffff), 1.0F);
}

template <class T>
void check_uniform() {
    const std::vector<T> x = sample<T>([](auto c, auto k) { return bn::uniform<T>(c, k); });
    for (const T v : x) ASSERT_TRUE(v >= 0 && v < 1);
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v; }, 0.5, 1.0 / 12)),
              4);
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v * v; }, 1.0 / 3, 4.0 / 45)),
              4);
    EXPECT_LT(std::fabs(neighbour_score(x, 0.5, 1.0 / 12)), 4);
    EXPECT_LT(kolmogorov_distance({x.begin(), x.end()}, [](double v) { return v; }), 2);
    constexpr int bits = sizeof(T) == 8 ? 53 : 24;
    std::vector<double> ones(bits, 0);
    for (const T v : x) {
        const auto all = static_cast<std::uint64_t>(std::ldexp(v, bits));
        for (int bit = 0; bit < bits; ++bit)
            ones[static_cast<std::size_t>(bit)] += static_cast<double>(all >> bit & 1);
    }
    for (int bit = 0; bit < bits; ++bit)
        EXPECT_LT(std::fabs(ones[static_cast<std::size_t>(bit)] - kDraws * 0.5) / std::sqrt(kDraws * 0.25), 5)
            << "bit " << bit;
}

TEST(Uniform, Double) { check_uniform<double>(); }
TEST(Uniform, Float) { check_uniform<float>(); }

TEST(Uniform, NeighbouringCountersShareNothing) {
    const auto at = [](int word, std::uint32_t i) {
        bn::Counter c = {5, 0, 9, 0};
        (word == 0 ? c.c0 : word == 1 ? c.c1 : word == 2 ? c.c2 : c.c3) = i;
        return bn::uniform<double>(c, kKey);
    };
    for (int word = 0; word < 4; ++word) {
        std::vector<double> x(kDraws);
        for (int i = 0; i < kDraws; ++i) x[i] = at(word, static_cast<std::uint32_t>(i));
        EXPECT_LT(std::fabs(neighbour_score(x, 0.5, 1.0 / 12)), 4) << "word " << word;
        EXPECT_LT(kolmogorov_distance(x, [](double v) { return v; }), 2) << "word " << word;
    }
    std::vector<double> x(kDraws);
    for (int i = 0; i < kDraws; ++i)
        x[i] = bn::uniform<double>({5, 0, 9, 0}, bn::derive(1, static_cast<std::uint64_t>(i)));
    EXPECT_LT(std::fabs(neighbour_score(x, 0.5, 1.0 / 12)), 4) << "streams";
}

TEST(Uniform, CosineOfTurns) {
    for (int n = 0; n <= 1000; ++n) {
        const double u = n / 1000.0;
        EXPECT_NEAR(bn::cos_turns(u), std::cos(6.283185307179586 * u), 1e-15) << u;
        EXPECT_NEAR(bn::cos_turns(static_cast<float>(u)), std::cos(6.283185307179586 * static_cast<float>(u)),
                    1.5e-7)
            << u;
    }
}

template <class T>
void check_normal() {
    const std::vector<T> x = sample<T>([](auto c, auto k) { return bn::normal<T>(c, k); });
    for (const T v : x) ASSERT_TRUE(std::isfinite(v));
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v; }, 0, 1)),
              4);
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v * v; }, 1, 2)),
              4);
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v * v * v; }, 0, 15)),
              4);
    EXPECT_LT(std::fabs(mean_score(
                  x, [](double v) { return v * v * v * v; }, 3, 96)),
              4);
    EXPECT_LT(std::fabs(neighbour_score(x, 0, 1)), 4);
    EXPECT_LT(kolmogorov_distance({x.begin(), x.end()},
                                  [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }),
              2);
    const double beyond = mean_score(
        x, [](double v) { return std::fabs(v) > 3.5 ? 1.0 : 0.0; }, 4.6525815807e-4, 4.65e-4);
    EXPECT_LT(std::fabs(beyond), 4);
}

TEST(Normal, Double) { check_normal<double>(); }
TEST(Normal, Float) { check_normal<float>(); }

}  // namespace
