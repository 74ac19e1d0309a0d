// SPDX-License-Identifier: BSD-3-Clause
// Mean, variance and covariance of a layer's sums over random masks: what DropConnect and Dropout do to them, by
// enumeration and as the forward pass draws them.
#include "ann/gaussian.hpp"
#include "ann/network.hpp"
#include "base/thread_pool.hpp"
#include "tests/ann/small_networks.hpp"

#include <gtest/gtest.h>

namespace bouton::ann {
namespace {

constexpr std::size_t kInputs = 50, kUnits = 4;

/// Positive, so that relu leaves the sums as they are.
double weight(std::size_t j, std::size_t i) {
    return 0.01 + 0.09 * static_cast<double>((j * 7 + i * 13) % 17) / 16;
}

std::vector<float> example() {
    std::vector<float> v(kInputs);
    for (std::size_t j = 0; j < kInputs; ++j) v[j] = 0.2f + 0.02f * static_cast<float>((j * 11) % 40);
    return v;
}

/// Mean and covariance of the hidden layer's sums.
struct Moments {
    double count = 0;
    double sum[kUnits] = {};
    double products[kUnits][kUnits] = {};

    void add(const std::vector<double>& u, double share = 1) {
        count += share;
        for (std::size_t i = 0; i < kUnits; ++i) {
            sum[i] += share * u[i];
            for (std::size_t k = 0; k < kUnits; ++k) products[i][k] += share * u[i] * u[k];
        }
    }
    double mean(std::size_t i) const { return sum[i] / count; }
    double covariance(std::size_t i, std::size_t k) const {
        return products[i][k] / count - mean(i) * mean(k);
    }
};

/// Over `draws` masks, as training draws them: 1000 examples a step, which are all the same.
Moments drawn_moments(const Network& network, std::size_t draws) {
    constexpr std::size_t batch = 1000;
    base::ThreadPool pool(2);
    Workspace work(network, batch);
    const auto v = example();
    for (std::size_t b = 0; b < batch; ++b) std::copy(v.begin(), v.end(), work.input(b));
    const Passes passes(network, pool);
    Moments moments;
    for (std::size_t step = 0; step < draws / batch; ++step) {
        passes.forward(work, batch, {3, static_cast<std::uint32_t>(step), true});
        for (std::size_t b = 0; b < batch; ++b)
            moments.add(tests::read_hidden(work.probabilities().values(b)));
    }
    return moments;
}

/// sum_j W_ji W_jk v_j^2, with the bias or without.
double overlap(std::size_t i, std::size_t k, bool bias) {
    double sum = bias ? weight(kInputs, i) * weight(kInputs, k) : 0;
    const auto v = example();
    for (std::size_t j = 0; j < kInputs; ++j)
        sum += weight(j, i) * weight(j, k) * static_cast<double>(v[j]) * static_cast<double>(v[j]);
    return sum;
}

double product(std::size_t i) {
    double sum = weight(kInputs, i);
    const auto v = example();
    for (std::size_t j = 0; j < kInputs; ++j) sum += weight(j, i) * static_cast<double>(v[j]);
    return sum;
}

constexpr std::size_t kDraws = 200000;

class DropConnectMoments : public testing::TestWithParam<double> {};

TEST_P(DropConnectMoments, UnitsAreIndependent) {
    const double p = GetParam();
    auto network = tests::readable(kInputs, {{kUnits, Activation::relu, MaskKind::dropconnect, p}});
    tests::set_weights(network, 0, weight);
    const auto drawn = drawn_moments(network, kDraws);
    for (std::size_t i = 0; i < kUnits; ++i) {
        const double variance = p * (1 - p) * overlap(i, i, true);
        EXPECT_NEAR(drawn.mean(i), p * product(i), 4 * std::sqrt(variance / kDraws));
        // The standard error of a variance ratio is sqrt(2 / draws) = 0.0032.
        EXPECT_NEAR(drawn.covariance(i, i) / variance, 1.0, 0.013);
        for (std::size_t k = 0; k < i; ++k) {
            const double error = std::sqrt(variance * p * (1 - p) * overlap(k, k, true) / kDraws);
            EXPECT_NEAR(drawn.covariance(i, k), 0.0, 4 * error);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Keep, DropConnectMoments, testing::Values(0.5, 77.0 / 256, 0.875));

TEST(DropoutMoments, UnitsShareTheMask) {
    const double p = 0.5;
    auto network = tests::readable(kInputs, {{kInputs, Activation::relu, MaskKind::dropout, p},
                                             {kUnits, Activation::relu, MaskKind::none}});
    tests::set_weights(network, 0, [](auto j, auto i) { return i == j ? 1 : 0; });
    tests::set_weights(network, 1, weight);
    const auto drawn = drawn_moments(network, kDraws);
    for (std::size_t i = 0; i < kUnits; ++i) {
        const double bias = weight(kInputs, i);
        const double variance = p * (1 - p) * overlap(i, i, false);
        EXPECT_NEAR(drawn.mean(i), bias + p * (product(i) - bias), 4 * std::sqrt(variance / kDraws));
        for (std::size_t k = 0; k <= i; ++k) {
            const double expected = p * (1 - p) * overlap(i, k, false);
            EXPECT_NEAR(drawn.covariance(i, k) / expected, 1.0, 0.02) << i << ' ' << k;
        }
    }
}

TEST(DropConnectMoments, InvertedScalingKeepsTheMean) {
    const double p = 0.5;
    auto network = tests::readable(kInputs, {{kUnits, Activation::relu, MaskKind::dropconnect, p}});
    network.spec.scaling = Scaling::inverted;
    tests::set_weights(network, 0, weight);
    const auto drawn = drawn_moments(network, 50000);
    for (std::size_t i = 0; i < kUnits; ++i) {
        const double variance = (1 - p) / p * overlap(i, i, true);
        EXPECT_NEAR(drawn.mean(i), product(i), 4 * std::sqrt(variance / 50000));
        EXPECT_NEAR(drawn.covariance(i, i) / variance, 1.0, 0.026);
    }
}

/// All 2^16 masks of 3 inputs and a bias to 4 units: the formulas that inference uses are exact.
TEST(EnumeratedMoments, AreThoseOfTheFormulas) {
    const double v[4] = {0.7, -1.3, 0.4, 1.0};
    const auto w = [](std::size_t j, std::size_t i) {
        return std::sin(1.0 + static_cast<double>(3 * j + 5 * i));
    };
    for (const double p : {0.5, 0.25, 0.9}) {
        Moments all;
        tests::each_mask(16, p, [&](std::uint32_t mask, double share) {
            std::vector<double> u(kUnits);
            for (std::size_t k = 0; k < 16; ++k)
                if (mask >> k & 1U) u[k % 4] += w(k / 4, k % 4) * v[k / 4];
            all.add(u, share);
        });
        EXPECT_NEAR(all.count, 1.0, 1e-12);
        for (std::size_t i = 0; i < kUnits; ++i) {
            double mean = 0, variance = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                mean += p * w(j, i) * v[j];
                variance += p * (1 - p) * w(j, i) * w(j, i) * v[j] * v[j];
            }
            EXPECT_NEAR(all.mean(i), mean, 1e-12);
            for (std::size_t k = 0; k < kUnits; ++k)
                EXPECT_NEAR(all.covariance(i, k), i == k ? variance : 0.0, 1e-12);
        }
    }
}

}  // namespace
}  // namespace bouton::ann
