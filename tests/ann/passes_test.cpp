// SPDX-License-Identifier: BSD-3-Clause
// Forward and backward pass against the same network in double precision, whose slopes are central differences with
// the masks frozen.
#include "ann/network.hpp"
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <string>
#include <vector>

namespace bouton::ann {
namespace {

struct Case {
    Activation activation;
    MaskKind mask;
    double keep;
    Scaling scaling;
    const char* name;
};

constexpr std::size_t kInputs = 11, kExamples = 10;

NetworkSpec make_spec(const Case& of) {
    NetworkSpec spec;
    spec.inputs = kInputs;
    spec.scaling = of.scaling;
    spec.layers = {
        {19, of.activation, of.mask, of.keep},
        {7, of.activation, of.mask, of.keep},
        {4, Activation::softmax, of.mask == MaskKind::dropconnect ? of.mask : MaskKind::none, of.keep}};
    return spec;
}

Network make_network_with_biases(const NetworkSpec& spec) {
    TrainingSpec training;
    training.initial_scale = 0.6;
    training.seed = 3;
    Network network = make_network(spec, training);
    for (Matrix& w : network.weights) {
        for (float& bias : w.values(w.rows() - 1))
            bias = 0.2f + 0.01f * static_cast<float>(&bias - w.row(w.rows() - 1));
    }
    return network;
}

double input_of(std::size_t example, std::size_t j) {
    return static_cast<float>(
        std::sin(1.0 + 3.7 * static_cast<double>(example) + 1.3 * static_cast<double>(j)));
}

std::vector<std::uint8_t> make_labels() {
    std::vector<std::uint8_t> labels;
    for (std::size_t b = 0; b < kExamples; ++b) labels.push_back(static_cast<std::uint8_t>(b * 3 % 4));
    return labels;
}

/// The loss in double precision, from the definitions alone.
double reference_loss(const Network& network, const std::vector<std::vector<std::vector<double>>>& weights,
                      const MaskSource& masks) {
    const auto labels = make_labels();
    double loss = 0.0;
    for (std::size_t b = 0; b < kExamples; ++b) {
        std::vector<double> v;
        for (std::size_t j = 0; j < kInputs; ++j) v.push_back(input_of(b, j));
        for (std::size_t layer = 0; layer < weights.size(); ++layer) {
            const LayerSpec& spec = network.spec.layers[layer];
            const Keep keep(spec.keep);
            const MaskStream stream = mask_stream(masks.seed, layer, masks.step, keep);
            const double scale = network.spec.scaling == Scaling::inverted ? 1.0 / keep.value() : 1.0;
            const auto e = static_cast<std::uint32_t>(b);
            v.push_back(1.0);
            std::vector<double> r;
            for (std::size_t i = 0; i < spec.units; ++i) {
                const auto unit = static_cast<std::uint32_t>(i);
                double u = 0.0;
                for (std::size_t j = 0; j < v.size(); ++j) {
                    if (spec.mask != MaskKind::dropconnect ||
                        kept(stream, e, static_cast<std::uint32_t>(j), unit)) {
                        u += weights[layer][j][i] * v[j];
                    }
                }
                if (spec.mask == MaskKind::dropconnect) u *= scale;
                double a = u;
                if (spec.activation == Activation::relu) a = std::max(u, 0.0);
                if (spec.activation == Activation::tanh) a = std::tanh(u);
                if (spec.activation == Activation::sigmoid) a = 1.0 / (1.0 + std::exp(-u));
                if (spec.mask == MaskKind::dropout) a *= kept(stream, e, 0, unit) ? scale : 0.0;
                r.push_back(a);
            }
            v = r;
        }
        double sum = 0.0;
        for (const double u : v) sum += std::exp(u);
        loss -= v[labels[b]] - std::log(sum);
    }
    return loss / kExamples;
}

std::vector<std::vector<std::vector<double>>> copy_weights(const Network& network) {
    std::vector<std::vector<std::vector<double>>> copy;
    for (const Matrix& w : network.weights) {
        copy.emplace_back();
        for (std::size_t j = 0; j < w.rows(); ++j)
            copy.back().emplace_back(w.values(j).begin(), w.values(j).end());
    }
    return copy;
}

struct Slopes {
    double loss;
    std::vector<Matrix> gradients;
};

Slopes run_passes(const Network& network, const MaskSource& masks, std::size_t threads) {
    base::ThreadPool pool(threads);
    const Passes passes(network, pool);
    Workspace work(network, kExamples);
    for (std::size_t b = 0; b < kExamples; ++b) {
        for (std::size_t j = 0; j < kInputs; ++j) work.input(b)[j] = static_cast<float>(input_of(b, j));
    }
    Slopes slopes{0.0, {}};
    for (const Matrix& w : network.weights) slopes.gradients.emplace_back(w.rows(), w.columns());
    passes.forward(work, kExamples, masks);
    slopes.loss = passes
                      .backward(work, make_labels(), masks,
                                [&](std::size_t layer, std::size_t first, std::size_t count,
                                    const float* rows, std::size_t stride) {
                                    Matrix& to = slopes.gradients[layer];
                                    for (std::size_t j = 0; j < count; ++j) {
                                        std::copy_n(rows + j * stride, to.columns(), to.row(first + j));
                                    }
                                })
                      .loss;
    return slopes;
}

class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, IsTheCentralDifferenceWithFrozenMasks) {
    const Network network = make_network_with_biases(make_spec(GetParam()));
    const MaskSource masks{11, 5, true};
    const Slopes slopes = run_passes(network, masks, 2);
    auto weights = copy_weights(network);
    EXPECT_NEAR(slopes.loss, reference_loss(network, weights, masks), 1e-6);
    for (std::size_t layer = 0; layer < weights.size(); ++layer) {
        double largest = 0.0, worst = 0.0;
        for (std::size_t j = 0; j < weights[layer].size(); ++j) {
            for (std::size_t i = 0; i < weights[layer][j].size(); ++i) {
                const double w = weights[layer][j][i], h = 1e-6;
                weights[layer][j][i] = w + h;
                const double above = reference_loss(network, weights, masks);
                weights[layer][j][i] = w - h;
                const double below = reference_loss(network, weights, masks);
                weights[layer][j][i] = w;
                const double slope = (above - below) / (2.0 * h);
                largest = std::max(largest, std::abs(slope));
                worst = std::max(worst, std::abs(slope - slopes.gradients[layer](j, i)));
            }
        }
        EXPECT_GT(largest, 1e-3) << "layer " << layer;
        EXPECT_LT(worst, 1e-6 * std::max(1.0, largest)) << "layer " << layer << ", largest slope " << largest;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Gradient,
    testing::Values(
        Case{Activation::relu, MaskKind::none, 1.0, Scaling::unscaled, "relu"},
        Case{Activation::tanh, MaskKind::none, 1.0, Scaling::unscaled, "tanh"},
        Case{Activation::relu, MaskKind::dropout, 0.5, Scaling::unscaled, "relu_dropout"},
        Case{Activation::tanh, MaskKind::dropout, 0.7, Scaling::inverted, "tanh_dropout_inverted"},
        Case{Activation::sigmoid, MaskKind::dropout, 0.5, Scaling::inverted, "sigmoid_dropout_inverted"},
        Case{Activation::relu, MaskKind::dropconnect, 0.5, Scaling::unscaled, "relu_dropconnect"},
        Case{Activation::relu, MaskKind::dropconnect, 0.7, Scaling::inverted, "relu_dropconnect_inverted"},
        Case{Activation::tanh, MaskKind::dropconnect, 0.5, Scaling::inverted, "tanh_dropconnect_inverted"},
        Case{Activation::sigmoid, MaskKind::dropconnect, 0.3, Scaling::unscaled, "sigmoid_dropconnect"}),
    [](const auto& about) { return std::string(about.param.name); });

TEST(Passes, KeepingAllIsNoDropBitForBit) {
    for (const MaskKind mask : {MaskKind::dropout, MaskKind::dropconnect}) {
        for (const Scaling scaling : {Scaling::unscaled, Scaling::inverted}) {
            const auto none = make_spec({Activation::relu, MaskKind::none, 1.0, scaling, ""});
            const auto kept = make_spec({Activation::relu, mask, 1.0, scaling, ""});
            const Slopes a = run_passes(make_network_with_biases(none), {1, 2, true}, 1);
            const Slopes b = run_passes(make_network_with_biases(kept), {1, 2, true}, 1);
            EXPECT_EQ(a.loss, b.loss);
            for (std::size_t layer = 0; layer < a.gradients.size(); ++layer) {
                for (std::size_t j = 0; j < a.gradients[layer].rows(); ++j) {
                    ASSERT_TRUE(
                        std::ranges::equal(a.gradients[layer].values(j), b.gradients[layer].values(j)));
                }
            }
        }
    }
}

TEST(Passes, ThreadsChangeNoBit) {
    const auto spec = make_spec({Activation::relu, MaskKind::dropconnect, 0.5, Scaling::unscaled, ""});
    const Network network = make_network_with_biases(spec);
    const Slopes one = run_passes(network, {1, 2, true}, 1);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const Slopes many = run_passes(network, {1, 2, true}, threads);
        EXPECT_EQ(one.loss, many.loss);
        for (std::size_t layer = 0; layer < one.gradients.size(); ++layer) {
            for (std::size_t j = 0; j < one.gradients[layer].rows(); ++j) {
                ASSERT_TRUE(
                    std::ranges::equal(one.gradients[layer].values(j), many.gradients[layer].values(j)));
            }
        }
    }
}

/// Gradients of a one-layer softmax network with DropConnect whose examples are all the same.
Matrix same_examples_gradient(std::size_t examples, std::uint32_t step) {
    NetworkSpec spec;
    spec.inputs = 6;
    spec.layers = {{3, Activation::softmax, MaskKind::dropconnect, 0.5}};
    TrainingSpec training;
    training.initial_scale = 1.0;
    const Network network = make_network(spec, training);
    base::ThreadPool pool(1);
    const Passes passes(network, pool);
    Workspace work(network, examples);
    for (std::size_t b = 0; b < examples; ++b) {
        for (std::size_t j = 0; j < spec.inputs; ++j) work.input(b)[j] = 1.0f + 0.1f * static_cast<float>(j);
    }
    Matrix gradient(spec.inputs + 1, 3);
    passes.forward(work, examples, {7, step, true});
    const std::vector<std::uint8_t> labels(examples, 1);
    passes.backward(
        work, labels, {7, step, true},
        [&](std::size_t, std::size_t first, std::size_t count, const float* rows, std::size_t stride) {
            for (std::size_t j = 0; j < count; ++j)
                std::copy_n(rows + j * stride, 3, gradient.row(first + j));
        });
    return gradient;
}

TEST(Passes, DroppedWeightsLearnNothing) {
    std::size_t dropped = 0, learning = 0;
    for (std::uint32_t step = 0; step < 20; ++step) {
        const Matrix gradient = same_examples_gradient(1, step);
        const MaskStream masks = mask_stream(7, 0, step, Keep(0.5));
        for (std::uint32_t j = 0; j < gradient.rows(); ++j) {
            for (std::uint32_t i = 0; i < 3; ++i) {
                if (kept(masks, 0, j, i)) {
                    learning += gradient(j, i) != 0.0f ? 1 : 0;
                } else {
                    ASSERT_EQ(gradient(j, i), 0.0f);
                    ++dropped;
                }
            }
        }
    }
    EXPECT_GT(dropped, 150U);
    EXPECT_GT(learning, 150U);
}

// One mask per batch would leave the variance of the mean gradient as it is; one per example divides it by B.
TEST(Passes, VarianceOfTheGradientFallsWithTheBatch) {
    const auto variance = [](std::size_t examples, std::uint32_t runs) {
        double sum = 0.0, squares = 0.0;
        for (std::uint32_t step = 0; step < runs; ++step) {
            const double g = same_examples_gradient(examples, step)(2, 0);
            sum += g;
            squares += g * g;
        }
        const double mean = sum / runs;
        return (squares / runs - mean * mean) * runs / (runs - 1);
    };
    const std::uint32_t runs = 3000;
    const double ratio = variance(1, runs) / variance(64, runs);
    EXPECT_NEAR(ratio, 64.0,
                64.0 * 4.0 * std::sqrt(2.0 * 2.0 / runs + 2.0 / runs));  // kurtosis of one example < 5
}

}  // namespace
}  // namespace bouton::ann
