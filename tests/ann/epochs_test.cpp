// SPDX-License-Identifier: BSD-3-Clause
// What an epoch shows: its order, its augmented images, its masks; and counters near the ends of their integers.
#include "ann/augmentation.hpp"
#include "ann/inference.hpp"
#include "ann/shuffle.hpp"
#include "ann/trainer.hpp"
#include "base/diagnostics.hpp"
#include "base/thread_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace bouton::ann {
namespace {

using testing::HasSubstr;

/// n examples, of which the k-th has a 1 at input k and 0 elsewhere: a step changes the weights of the inputs that it
/// was shown, and of no others.
Dataset one_hot(std::size_t n) {
    Dataset data{.name = "one hot", .height = 1, .width = n, .classes = 2};
    data.values.resize(n * n);
    for (std::size_t k = 0; k < n; ++k) data.values[k * n + k] = 1.0f;
    data.labels.resize(n);
    return data;
}

NetworkSpec one_layer(std::size_t inputs) { return {.inputs = inputs, .layers = {{2, Activation::softmax}}}; }

/// The examples that each step of the epochs has shown, in the order of the steps.
std::vector<std::vector<std::size_t>> shown(TrainingState& state, const Dataset& data, std::size_t epochs) {
    base::ThreadPool pool(1);
    std::vector<std::vector<std::size_t>> steps;
    Matrix before = state.network.weights[0];
    state.training.epochs = epochs;
    TrainingOptions options;
    options.progress = [&](std::size_t, double, double) {
        const Matrix& now = state.network.weights[0];
        steps.emplace_back();
        for (std::size_t j = 0; j + 1 < now.rows(); ++j) {
            if (!std::ranges::equal(before.values(j), now.values(j))) steps.back().push_back(j);
        }
        before = now;
    };
    train(state, data, nullptr, pool, options);
    return steps;
}

TEST(Epochs, EachShowsAllExamplesInAnOrderOfItsOwn) {
    constexpr std::size_t n = 12, epochs = 6;
    const Dataset data = one_hot(n);
    TrainingSpec training{.batch = 1, .momentum = 0.0, .seed = 7};
    TrainingState state = begin_training(one_layer(n), training);
    const auto steps = shown(state, data, epochs);
    ASSERT_EQ(steps.size(), n * epochs);
    std::set<std::vector<std::size_t>> orders;
    for (std::size_t e = 0; e < epochs; ++e) {
        std::vector<std::size_t> order;
        for (std::size_t k = 0; k < n; ++k) {
            ASSERT_EQ(steps[e * n + k].size(), 1u);
            order.push_back(steps[e * n + k][0]);
        }
        EXPECT_TRUE(std::is_permutation(order.begin(), order.end(), shuffled(n, 7, e).begin()));
        EXPECT_TRUE(std::ranges::equal(order, shuffled(n, 7, e)));
        orders.insert(order);
    }
    EXPECT_EQ(orders.size(), epochs);

    // A training that goes on after three epochs shows the orders of the fourth and later.
    TrainingState again = begin_training(one_layer(n), training);
    const auto first = shown(again, data, 3), second = shown(again, data, epochs);
    EXPECT_TRUE(std::equal(first.begin(), first.end(), steps.begin()));
    EXPECT_TRUE(std::equal(second.begin(), second.end(), steps.begin() + 3 * n));
}

TEST(Epochs, BatchesFollowEachOtherAndTheLastIsShort) {
    constexpr std::size_t n = 11, batch = 4;
    const Dataset data = one_hot(n);
    TrainingState state = begin_training(one_layer(n), {.batch = batch, .momentum = 0.0, .seed = 3});
    const auto steps = shown(state, data, 2);
    ASSERT_EQ(steps.size(), 6u);
    for (std::size_t e = 0; e < 2; ++e) {
        const auto order = shuffled(n, 3, e);
        for (std::size_t k = 0; k < 3; ++k) {
            std::vector<std::size_t> expected(order.begin() + static_cast<std::ptrdiff_t>(k * batch),
                                              order.begin() + std::min<std::ptrdiff_t>(n, (k + 1) * batch));
            std::ranges::sort(expected);
            EXPECT_EQ(steps[3 * e + k], expected);
        }
    }
}

// All 24 orders of 4 are equally probable: chi-square with 23 degrees of freedom lies below 60 in all but 4 of 10^5.
TEST(Shuffle, EveryOrderIsAsProbable) {
    for (const bool by_seed : {false, true}) {
        constexpr std::size_t draws = 12'000;
        std::map<std::vector<std::uint32_t>, std::size_t> counts;
        for (std::size_t k = 0; k < draws; ++k) ++counts[shuffled(4, by_seed ? k : 1, by_seed ? 1 : k)];
        ASSERT_EQ(counts.size(), 24u);
        double chi_square = 0.0;
        const double expected = draws / 24.0;
        for (const auto& [order, count] : counts)
            chi_square +=
                (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
        EXPECT_LT(chi_square, 60.0);
    }
}

TEST(Shuffle, LongOrdersArePermutations) {
    for (const std::size_t n : {0, 1, 2, 1000, 70'001}) {
        auto order = shuffled(n, 1, 2);
        // Fixed points of a random permutation: 1 on average, with variance 1.
        std::size_t fixed = 0;
        for (std::size_t k = 0; k < n; ++k) fixed += order[k] == k ? 1 : 0;
        if (n > 2) {
            EXPECT_LT(fixed, 9u);
        }
        std::ranges::sort(order);
        for (std::size_t k = 0; k < n; ++k) ASSERT_EQ(order[k], k);
    }
}

/// Moves of a placement in units of their ranges: uniform in [-1, 1], so that a mean of n has a standard error of
/// 1/sqrt(3 n), and a mean square is 1/3 with one of sqrt(4/45/n).
TEST(Augmentation, DrawsAreUniformAndIndependent) {
    const Augmentation ranges{2.0, 30.0, 0.25};
    constexpr std::size_t n = 20'000;
    const auto moves = [&](std::size_t index, std::uint64_t seed, std::uint32_t epoch) {
        const Placement p = draw_placement(ranges, index, seed, epoch);
        return std::array{p.shift_x / 2.0, p.shift_y / 2.0, p.degrees / 30.0, (p.scale - 1.0) / 0.25};
    };
    std::array<double, 4> sum{}, square{};
    double across[4][4] = {}, next_index[4] = {}, next_epoch[4] = {}, next_seed[4] = {};
    for (std::size_t k = 0; k < n; ++k) {
        const auto x = moves(k, 5, 9), i = moves(k + 1, 5, 9), e = moves(k, 5, 10), s = moves(k, 6, 9);
        for (std::size_t a = 0; a < 4; ++a) {
            ASSERT_LE(std::abs(x[a]), 1.0);
            sum[a] += x[a];
            square[a] += x[a] * x[a];
            for (std::size_t b = 0; b < a; ++b) across[a][b] += x[a] * x[b];
            next_index[a] += x[a] * i[a];
            next_epoch[a] += x[a] * e[a];
            next_seed[a] += x[a] * s[a];
        }
    }
    const double root = std::sqrt(double{n});
    for (std::size_t a = 0; a < 4; ++a) {
        EXPECT_LT(std::abs(sum[a] / n), 4.5 / std::sqrt(3.0) / root);
        EXPECT_LT(std::abs(square[a] / n - 1.0 / 3.0), 4.5 * std::sqrt(4.0 / 45.0) / root);
        // The product of two independent moves has a variance of 1/9.
        for (std::size_t b = 0; b < a; ++b) EXPECT_LT(std::abs(across[a][b] / n), 4.5 / 3.0 / root);
        for (const double* other : {next_index, next_epoch, next_seed})
            EXPECT_LT(std::abs(other[a] / n), 4.5 / 3.0 / root);
    }
}

/// A training with augmentation is one on images that were placed before, by their number, the seed and the epoch.
TEST(Augmentation, GoesByTheExampleAndTheEpoch) {
    constexpr std::size_t n = 10, side = 5;
    Dataset plain{.name = "images", .height = side, .width = side, .classes = 2};
    for (std::size_t k = 0; k < n * side * side; ++k)
        plain.values.push_back(static_cast<float>((k * 7919) % 101) / 101.0f);
    for (std::size_t k = 0; k < n; ++k) plain.labels.push_back(k % 2);
    const NetworkSpec network{.inputs = side * side, .layers = {{2, Activation::softmax}}};
    TrainingSpec training{.batch = 4, .epochs = 3, .augmentation = {1.5, 40.0, 0.3}, .seed = 21};
    base::ThreadPool pool(2);
    TrainingState augmented = begin_training(network, training);
    train(augmented, plain, nullptr, pool);

    TrainingSpec without = training;
    without.augmentation = {};
    TrainingState placed = begin_training(network, without);
    for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
        Dataset changed = plain;
        for (std::size_t k = 0; k < n; ++k)
            augment(training.augmentation, plain, k, training.seed, epoch, &changed.values[k * side * side]);
        placed.training.epochs = epoch + 1;
        train(placed, changed, nullptr, pool);
    }
    for (std::size_t j = 0; j <= side * side; ++j)
        ASSERT_TRUE(
            std::ranges::equal(augmented.network.weights[0].values(j), placed.network.weights[0].values(j)));
}

constexpr std::uint64_t kRound = std::uint64_t{1} << 32;

TrainingState with_masks(std::size_t inputs) {
    return begin_training(
        {.inputs = inputs, .layers = {{2, Activation::softmax, MaskKind::dropconnect, 0.5}}},
        {.batch = 1, .epochs = 1, .momentum = 0.0});
}

TEST(Counters, StepsEndBeforeTheMasksComeRoundAgain) {
    const Dataset data = one_hot(4);
    base::ThreadPool pool(1);
    for (const std::uint64_t before : {kRound / 2 - 2, kRound / 2, kRound - 4}) {
        TrainingState state = with_masks(4);
        state.step = before;
        train(state, data, nullptr, pool);
        EXPECT_EQ(state.step, before + 4);
    }
    // Also where the steps that are done were of smaller batches, and where the count itself would overflow.
    for (const std::uint64_t before : {kRound - 3, kRound, 2 * kRound, ~std::uint64_t{0}}) {
        TrainingState state = with_masks(4);
        const Matrix weights = state.network.weights[0];
        state.step = before;
        try {
            train(state, data, nullptr, pool);
            ADD_FAILURE() << "trained from step " << before;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            EXPECT_THAT(error.what(), HasSubstr("more than 2^32 steps"));
        }
        EXPECT_EQ(state.step, before);
        EXPECT_TRUE(std::ranges::equal(weights.values(0), state.network.weights[0].values(0)));
    }
}

TEST(Counters, StepsOnBothSidesOf2To31HaveMasksOfTheirOwn) {
    constexpr std::size_t n = 64;
    std::set<std::vector<std::size_t>> kept;
    for (const std::uint64_t before :
         {kRound / 2 - 1, kRound / 2, kRound - 1, std::uint64_t{0}, std::uint64_t{1}}) {
        Dataset data{.name = "ones", .height = 1, .width = n, .classes = 2};
        data.values.assign(n, 1.0f);
        data.labels = {0};
        TrainingState state = with_masks(n);
        state.step = before;
        kept.insert(shown(state, data, 1).front());
    }
    EXPECT_EQ(kept.size(), 5u);
}

TEST(Counters, PassesBeyond2To32HaveMasksOfTheirOwn) {
    std::set<std::pair<std::uint64_t, std::uint32_t>> streams;
    std::size_t count = 0;
    for (const std::uint64_t seed :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, ~std::uint64_t{0}}) {
        for (const std::uint64_t pass : {std::uint64_t{0}, kRound / 2 - 1, kRound / 2, kRound - 1, kRound,
                                         kRound + 1, 2 * kRound, 2 * kRound + 1, kRound * (kRound - 1)}) {
            const MaskSource masks = sampled_masks(seed, pass);
            EXPECT_TRUE(masks.masked);
            if (pass < kRound) {
                EXPECT_EQ(masks.seed, seed);
                EXPECT_EQ(masks.step, pass);
            }
            streams.insert({masks.seed, masks.step});
            ++count;
        }
    }
    EXPECT_EQ(streams.size(), count);
}

TEST(Counters, ImagesBeyond2To32AndLateEpochsArePlacedApart) {
    std::set<double> shifts;
    for (const std::uint64_t index : {std::uint64_t{5}, kRound / 2 + 5, kRound + 5, 2 * kRound + 5}) {
        for (const std::uint32_t epoch : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu})
            shifts.insert(draw_placement({1.0, 0.0, 0.0}, index, 1, epoch).shift_x);
    }
    EXPECT_EQ(shifts.size(), 20u);
    std::set<std::vector<std::uint32_t>> orders;
    for (const std::uint64_t epoch : {std::uint64_t{0}, kRound / 2 - 1, kRound / 2, kRound - 1, kRound})
        orders.insert(shuffled(20, 1, epoch));
    EXPECT_EQ(orders.size(), 5u);
}

/// The loss of a batch tells of the steps before it. The last step of a training has no batch after it.
TEST(Divergence, OfTheVeryLastStepIsSeen) {
    Dataset data = one_hot(2);
    for (float& value : data.values) value *= 1e30f;
    base::ThreadPool pool(1);
    TrainingState state = begin_training(
        one_layer(2), {.batch = 2, .epochs = 1, .learning_rate = 1e30, .initial_scale = 1e-35});
    const TrainingState before = state;
    try {
        train(state, data, nullptr, pool);
        ADD_FAILURE() << "it trained";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_THAT(error.what(), HasSubstr("epoch 1, batch 1: weights of layer 1 are not finite any more"));
    }
    EXPECT_EQ(state.epoch, 0u);
    EXPECT_EQ(state.step, 0u);
    EXPECT_TRUE(std::ranges::equal(before.network.weights[0].values(0), state.network.weights[0].values(0)));
}

/// Weights that are finite, with which no sum is.
TEST(Divergence, OfTheTestSetIsSeen) {
    const Dataset data = one_hot(2);
    Dataset test = data;
    for (float& value : test.values) value *= 1e30f;
    base::ThreadPool pool(1);
    TrainingState state =
        begin_training(one_layer(2), {.batch = 2, .epochs = 1, .learning_rate = 1e15, .momentum = 0.0});
    const TrainingState before = state;
    EXPECT_THROW(train(state, data, &test, pool), base::Error);
    EXPECT_EQ(state.epoch, 0u);
    EXPECT_TRUE(std::ranges::equal(before.network.weights[0].values(0), state.network.weights[0].values(0)));
    train(state, data, nullptr, pool);
    EXPECT_EQ(state.epoch, 1u);
    try {
        predict({&state.network, 1}, test, {}, pool);
        ADD_FAILURE() << "predicted";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_THAT(error.what(), HasSubstr("of example 0 of one hot are not finite"));
    }
}

}  // namespace
}  // namespace bouton::ann
