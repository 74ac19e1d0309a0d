// SPDX-License-Identifier: BSD-3-Clause
#include "ann/trainer.hpp"

#include "base/diagnostics.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bouton::ann {
namespace {

/// Points of three classes in rings around the origin: not linearly separable.
Dataset make_rings(std::size_t size) {
    Dataset data;
    data.name = "rings";
    data.height = 1;
    data.width = 2;
    data.classes = 3;
    for (std::size_t k = 0; k < size; ++k) {
        const double angle = 2.399963 * static_cast<double>(k);
        const auto label = static_cast<std::uint8_t>(k % 3);
        const double radius = 0.4 + 0.6 * label + 0.02 * static_cast<double>(k % 7);
        data.values.push_back(static_cast<float>(radius * std::cos(angle)));
        data.values.push_back(static_cast<float>(radius * std::sin(angle)));
        data.labels.push_back(label);
    }
    return data;
}

NetworkSpec make_spec(MaskKind mask = MaskKind::none, double keep = 1.0) {
    NetworkSpec spec;
    spec.inputs = 2;
    spec.layers = {{40, Activation::relu, mask, keep},
                   {40, Activation::relu, mask, keep},
                   {3, Activation::softmax, MaskKind::none, 1.0}};
    return spec;
}

TrainingSpec make_training(std::size_t epochs) {
    TrainingSpec training;
    training.batch = 20;
    training.epochs = epochs;
    training.learning_rate = 0.05;
    training.initial = Initial::he;
    return training;
}

void expect_equal(const TrainingState& a, const TrainingState& b) {
    ASSERT_EQ(a.step, b.step);
    ASSERT_EQ(a.history.size(), b.history.size());
    for (std::size_t k = 0; k < a.history.size(); ++k) EXPECT_EQ(a.history[k].loss, b.history[k].loss);
    for (std::size_t layer = 0; layer < a.velocities.size(); ++layer) {
        for (std::size_t j = 0; j < a.velocities[layer].rows(); ++j) {
            ASSERT_TRUE(
                std::ranges::equal(a.network.weights[layer].values(j), b.network.weights[layer].values(j)));
            ASSERT_TRUE(std::ranges::equal(a.velocities[layer].values(j), b.velocities[layer].values(j)));
        }
    }
}

TEST(Train, LearnsWhatNoLineSeparates) {
    const Dataset rings = make_rings(601), others = make_rings(300);
    base::ThreadPool pool(2);
    for (const MaskKind mask : {MaskKind::none, MaskKind::dropout, MaskKind::dropconnect}) {
        TrainingState state = begin_training(make_spec(mask, 0.8), make_training(40));
        const auto summary = train(state, rings, &others, pool, {.train_error = true});
        EXPECT_EQ(summary.steps, 40U * 31U);
        EXPECT_EQ(state.epoch, 40U);
        EXPECT_LT(state.history.back().train_error, 0.03);
        EXPECT_LT(state.history.back().test_error, 0.03);
        EXPECT_LT(state.history.back().loss, 0.5 * state.history.front().loss);
    }
}

TEST(Train, ThreadsChangeNoBit) {
    const Dataset rings = make_rings(203);
    const auto result = [&](std::size_t threads) {
        base::ThreadPool pool(threads);
        TrainingState state = begin_training(make_spec(MaskKind::dropconnect, 0.6), make_training(3));
        train(state, rings, nullptr, pool);
        return state;
    };
    const TrainingState one = result(1);
    expect_equal(one, result(2));
    expect_equal(one, result(5));
}

TEST(Train, GoesOnBitForBit) {
    const Dataset rings = make_rings(203);
    base::ThreadPool pool(2);
    for (const MaskKind mask : {MaskKind::dropout, MaskKind::dropconnect}) {
        TrainingState whole = begin_training(make_spec(mask, 0.5), make_training(6));
        train(whole, rings, nullptr, pool);
        TrainingState parts = begin_training(make_spec(mask, 0.5), make_training(2));
        train(parts, rings, nullptr, pool);
        parts.training.epochs = 6;
        train(parts, rings, nullptr, pool);
        expect_equal(whole, parts);
    }
}

TEST(Train, StopsAtTheLastFinishedEpoch) {
    const Dataset rings = make_rings(203);
    base::ThreadPool pool(1);
    TrainingState two = begin_training(make_spec(), make_training(2));
    train(two, rings, nullptr, pool);
    TrainingState stopped = begin_training(make_spec(), make_training(5));
    base::Stop stop;
    const base::StopScope scope(&stop);
    const TrainingOptions options{.progress = [&](std::size_t epoch, double share, double) {
        if (epoch == 2 && share > 0.5) stop.request();
    }};
    EXPECT_TRUE(train(stopped, rings, nullptr, pool, options).stopped);
    EXPECT_EQ(stopped.epoch, 2U);
    expect_equal(two, stopped);
}

TEST(Train, DivergenceNamesEpochAndLayerAndKeepsTheState) {
    const Dataset rings = make_rings(203);
    base::ThreadPool pool(2);
    TrainingSpec training = make_training(4);
    training.learning_rate = 1e30;
    TrainingState state = begin_training(make_spec(), training);
    const TrainingState before = state;
    try {
        train(state, rings, nullptr, pool);
        FAIL() << "it trained";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("epoch 1"), testing::HasSubstr("layer 1"),
                                                 testing::HasSubstr("learning rate")));
    }
    expect_equal(before, state);
}

TEST(Train, AScheduleIsFollowedAndWeightsDecay) {
    const Dataset rings = make_rings(60);
    base::ThreadPool pool(1);
    TrainingSpec training = make_training(3);
    training.stages = {{1, 1.0}, {2, 0.0}};
    TrainingState state = begin_training(make_spec(), training);
    train(state, rings, nullptr, pool);
    EXPECT_DOUBLE_EQ(state.history[0].learning_rate, 0.05);
    EXPECT_DOUBLE_EQ(state.history[1].learning_rate, 0.0);

    const auto sum_of_squares = [&](double decay) {
        TrainingSpec with = make_training(20);
        with.weight_decay = decay;
        TrainingState end = begin_training(make_spec(), with);
        train(end, rings, nullptr, pool);
        double sum = 0.0;
        for (const Matrix& w : end.network.weights) {
            for (std::size_t j = 0; j + 1 < w.rows(); ++j) {
                for (const float value : w.values(j)) sum += double{value} * double{value};
            }
        }
        return sum;
    };
    EXPECT_LT(sum_of_squares(0.02), 0.8 * sum_of_squares(0.0));
}

// With the biases' rate at 0 they stay where they began.
TEST(Train, BiasRateScalesTheBiasesStepsAlone) {
    const Dataset rings = make_rings(60);
    base::ThreadPool pool(1);
    TrainingSpec training = make_training(2);
    training.bias_rate = 0.0;
    TrainingState state = begin_training(make_spec(), training);
    const TrainingState before = state;
    train(state, rings, nullptr, pool);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const Matrix& w = state.network.weights[layer];
        for (const float bias : w.values(w.rows() - 1)) EXPECT_EQ(bias, 0.0f);
        EXPECT_NE(w(0, 0), before.network.weights[layer](0, 0));
    }
}

TEST(Train, MisfitsAreRefused) {
    base::ThreadPool pool(1);
    TrainingState state = begin_training(make_spec(), make_training(1));
    Dataset three = make_rings(9);
    three.width = 3;
    three.values.resize(27);
    EXPECT_THROW(train(state, three, nullptr, pool), base::Error);
    EXPECT_THROW(train(state, make_rings(0), nullptr, pool), base::Error);
}

}  // namespace
}  // namespace bouton::ann
