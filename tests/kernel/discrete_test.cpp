// SPDX-License-Identifier: BSD-3-Clause
// Poisson and binomial numbers against their probabilities (chi-square), on both sides of every change of method, and at the ends.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "kernel/bouton_random.h"
#include "tests/kernel/statistics.hpp"

namespace {

using bouton::tests::counts_score;

constexpr int kDraws = 300000;
const bn::Key kKey = bn::derive(7, 5);

bn::Counter at(int i) { return bn::neuron_counter(3, static_cast<std::uint32_t>(i), 0); }

double log_poisson(double k, double lambda) { return k * std::log(lambda) - lambda - std::lgamma(k + 1); }

double log_binomial(double k, double n, double p) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
           (n - k) * std::log1p(-p);
}

/// Score of draws in [first, first + width) against exp(log_probability(k)); all else counts in the end classes.
template <class Draw, class LogProbability>
double score(Draw draw, LogProbability log_probability, double first, int width) {
    std::vector<std::int64_t> observed(static_cast<std::size_t>(width), 0);
    std::vector<double> expected(static_cast<std::size_t>(width), 0);
    for (int i = 0; i < kDraws; ++i) {
        const double k = static_cast<double>(draw(i)) - first;
        ++observed[static_cast<std::size_t>(std::fmin(std::fmax(k, 0), width - 1))];
    }
    for (int k = 0; k < width; ++k)
        expected[static_cast<std::size_t>(k)] = kDraws * std::exp(log_probability(first + k));
    return counts_score(observed, expected);
}

class Poisson : public ::testing::TestWithParam<double> {};

TEST_P(Poisson, HasItsDistribution) {
    const double lambda = GetParam();
    const double reach = 7 * std::sqrt(lambda) + 10;
    const double first = std::floor(std::fmax(0, lambda - reach));
    const double z =
        score([&](int i) { return bn::poisson(lambda, at(i), kKey); },
              [&](double k) { return log_poisson(k, lambda); }, first, static_cast<int>(2 * reach));
    EXPECT_LT(std::fabs(z), 4.5);
}

INSTANTIATE_TEST_SUITE_P(Kernel, Poisson,
                         ::testing::Values(0.001, 0.1, 1.0, 5.0, 9.9999, 10.0, 10.5, 15.0, 30.0, 100.0,
                                           1000.0, 5000.0));

struct Trials {
    std::int64_t n;
    double p;
};

class Binomial : public ::testing::TestWithParam<Trials> {};

TEST_P(Binomial, HasItsDistribution) {
    const double n = static_cast<double>(GetParam().n);
    const double p = GetParam().p;
    const double reach = 7 * std::sqrt(n * p * (1 - p)) + 10;
    const double first = std::floor(std::fmax(0, n * p - reach));
    const double last = std::fmin(n, n * p + reach);
    const double z =
        score([&](int i) { return bn::binomial(GetParam().n, p, at(i), kKey); },
              [&](double k) { return log_binomial(k, n, p); }, first, static_cast<int>(last - first) + 1);
    EXPECT_LT(std::fabs(z), 4.5);
}

INSTANTIATE_TEST_SUITE_P(Kernel, Binomial,
                         ::testing::Values(Trials{2, 0.3}, Trials{5, 0.5}, Trials{5, 0.9}, Trials{10, 0.01},
                                           Trials{19, 0.5}, Trials{20, 0.5}, Trials{21, 0.5}, Trials{33, 0.3},
                                           Trials{34, 0.3}, Trials{34, 0.7}, Trials{100, 0.0999},
                                           Trials{100, 0.1}, Trials{100, 0.25}, Trials{1000, 0.02},
                                           Trials{1000, 0.6}, Trials{100000, 0.001}, Trials{1000000, 0.3}));

/// Mean and variance where single values have no counts to speak of.
template <class Draw>
void expect_moments(Draw draw, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double d = static_cast<double>(draw(i)) - mean;
        sum += d;
        squares += d * d;
    }
    EXPECT_LT(std::fabs(sum / std::sqrt(kDraws * variance)), 4.5) << mean;
    EXPECT_LT(std::fabs((squares / variance - kDraws) / std::sqrt(2.0 * kDraws)), 4.5) << mean;
}

TEST(Discrete, GreatMeans) {
    for (const double lambda : {1e6, 1e9, 1e12})
        expect_moments([&](int i) { return bn::poisson(lambda, at(i), kKey); }, lambda, lambda);
    expect_moments([&](int i) { return bn::binomial(2000000000, 0.25, at(i), kKey); }, 5e8, 3.75e8);
    expect_moments([&](int i) { return bn::binomial(2000000000, 1e-8, at(i), kKey); }, 20, 20 * (1 - 1e-8));
}

TEST(Discrete, Ends) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(bn::poisson(0.0, at(i), kKey), 0);
        EXPECT_EQ(bn::poisson(-1.0, at(i), kKey), 0);
        EXPECT_EQ(bn::poisson(nan, at(i), kKey), 0);
        EXPECT_EQ(bn::binomial(10, 0.0, at(i), kKey), 0);
        EXPECT_EQ(bn::binomial(10, 1.0, at(i), kKey), 10);
        EXPECT_EQ(bn::binomial(0, 0.5, at(i), kKey), 0);
        EXPECT_EQ(bn::binomial(-3, 0.5, at(i), kKey), 0);
        EXPECT_GT(bn::poisson(std::numeric_limits<double>::infinity(), at(i), kKey), std::int64_t{1} << 59);
        const std::int64_t most = std::numeric_limits<std::int64_t>::max();
        const std::int64_t x = bn::binomial(most, 1.0 - 0x1p-53, at(i), kKey);
        EXPECT_TRUE(x >= 0 && x <= most);
    }
}

TEST(Discrete, ATableGivesTheSamePoissonNumbers) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double lambda :
         {-1.0, 0.0, 1e-300, 1e-9, 0.01, 0.3, 1.2, 4.0, 7.7, 9.999999, 10.0, 35.0, nan}) {
        const bn::PoissonTable table{lambda};
        std::vector<std::uint32_t> words;  // both ends, and where the first sum lies
        for (std::uint32_t bit = 0; bit < 32; ++bit)
            for (const std::uint32_t word : {1U << bit, ~(1U << bit), ~0U >> bit}) words.push_back(word);
        words.push_back(static_cast<std::uint32_t>(bn::in_words(std::exp(-1.2))));
        words.push_back(words.back() - 1);
        for (const std::uint32_t word : words)
            EXPECT_EQ(table.draw(word, at(0), kKey), bn::poisson(word, lambda, at(0), kKey))
                << lambda << " " << word;

        std::vector<std::int64_t> numbers(BN_CHUNK);
        std::vector<float> reals(BN_CHUNK);
        for (std::uint64_t step = 0; step < 400;
             ++step) {  // the upper half does not decide some hundred of them
            const auto first = static_cast<std::int64_t>(step * 64);
            table.draw(first, BN_CHUNK, step, kKey, numbers.data());
            table.draw(first, BN_CHUNK, step, kKey, reals.data());
            for (std::size_t l = 0; l < BN_CHUNK; ++l) {
                const auto neuron = static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(l);
                const std::uint32_t word = bn::neuron_word(step, neuron, kKey);
                ASSERT_EQ(numbers[l], bn::poisson(word, lambda, bn::neuron_counter(step, neuron, 0), kKey))
                    << lambda << " " << word;
                ASSERT_EQ(reals[l], static_cast<float>(numbers[l]));
            }
        }
    }
}

TEST(Discrete, ManyWordsAreThoseOfEachNeuron) {
    std::vector<std::uint32_t> words(BN_CHUNK);
    std::set<std::uint32_t> distinct;
    for (const std::uint32_t first : {0U, 64U, 256U, 0xffffff00U}) {
        const std::uint64_t step = (std::uint64_t{5} << 32) + 7;
        bn::neuron_words(first, BN_CHUNK, step, kKey, words.data());
        for (std::uint32_t l = 0; l < BN_CHUNK; ++l) {
            EXPECT_EQ(words[l], bn::neuron_word(step, first + l, kKey));
            distinct.insert(words[l]);
        }
    }
    EXPECT_GT(distinct.size(), 3U * BN_CHUNK - 2);  // 64 to 319 are drawn twice
}

TEST(Discrete, StirlingErrorIsContinuous) {
    for (double n = 1; n < 40; ++n)
        EXPECT_NEAR(bn::stirling_error(n),
                    std::lgamma(n + 1) - (n + 0.5) * std::log(n) + n - 0.9189385332046728, 2e-14 * n)
            << n;
}

}  // namespace
