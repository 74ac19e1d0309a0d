// SPDX-License-Identifier: BSD-3-Clause
// Moment matching against integrals over the normal density, and against the masks that it stands for.
#include "ann/gaussian.hpp"

#include "base/thread_pool.hpp"
#include "tests/ann/small_networks.hpp"

#include <gtest/gtest.h>

namespace bouton::ann {
namespace {

/// E[f(u)], u ~ N(mean, s^2), by the midpoint rule over 12 standard deviations to each side.
double average(const std::function<double(double)>& f, double mean, double s) {
    constexpr int n = 48000;
    double sum = 0;
    for (int k = 0; k < n; ++k) {
        const double z = (k + 0.5) * 24.0 / n - 12.0;
        sum += f(mean + s * z) * std::exp(-0.5 * z * z);
    }
    return sum * 24.0 / n / std::sqrt(2 * M_PI);
}

TEST(GaussianRelu, IsTheIntegral) {
    for (const double mean : {-3.0, -0.5, 0.0, 0.2, 4.0}) {
        for (const double s : {0.1, 1.0, 7.0}) {
            const double expected = average([](double u) { return std::max(u, 0.0); }, mean, s);
            EXPECT_NEAR(gaussian_relu(mean, s * s), expected, 1e-7 * s) << mean << ' ' << s;
        }
    }
}

TEST(GaussianRelu, AtTheEnds) {
    EXPECT_EQ(gaussian_relu(1.5, 0.0), 1.5);
    EXPECT_EQ(gaussian_relu(-1.5, 0.0), 0.0);
    EXPECT_DOUBLE_EQ(gaussian_relu(0.0, 1.0), 1 / std::sqrt(2 * M_PI));
    EXPECT_DOUBLE_EQ(gaussian_relu(50.0, 1.0), 50.0);
    EXPECT_GE(gaussian_relu(-50.0, 1.0), 0.0);
    EXPECT_LT(gaussian_relu(-20.0, 1.0), 1e-80);
    EXPECT_DOUBLE_EQ(gaussian_relu(1e-3, 1e-12), 1e-3);
}

constexpr std::size_t kInputs = 50, kUnits = 4;

std::vector<float> example() {
    std::vector<float> v(kInputs);
    for (std::size_t j = 0; j < kInputs; ++j) v[j] = 0.5f + 0.5f * std::sin(static_cast<float>(j));
    return v;
}

/// Signs mixed: some sums have a mean below 0.
Network mixed(Activation activation, double keep, Scaling scaling = Scaling::unscaled) {
    auto network = tests::readable(kInputs, {{kUnits, activation, MaskKind::dropconnect, keep}});
    network.spec.scaling = scaling;
    tests::set_weights(network, 0, [](std::size_t j, std::size_t i) {
        return 0.3 * std::sin(2.0 + 1.7 * static_cast<double>(j * kUnits + i)) +
               0.02 * (static_cast<double>(i) - 1.5);
    });
    return network;
}

struct Normal {
    double mean = 0, s = 0;
};

/// What the paper says of the sum of unit i.
Normal normal_of(const Network& network, std::size_t i) {
    const double p = network.spec.layers[0].keep;
    const double scale = network.spec.scaling == Scaling::inverted ? 1 / p : 1;
    auto v = example();
    v.push_back(1.0f);
    double sum = 0, squares = 0;
    for (std::size_t j = 0; j < v.size(); ++j) {
        const double term = static_cast<double>(network.weights[0](j, i)) * static_cast<double>(v[j]) * scale;
        sum += term;
        squares += term * term;
    }
    return {p * sum, std::sqrt(p * (1 - p) * squares)};
}

std::vector<double> hidden(const Network& network, const InferenceSpec& spec) {
    base::ThreadPool pool(1);
    const auto data = tests::copies_of(example(), 1, kUnits + 1);
    return tests::read_hidden(predict({&network, 1}, data, spec, pool).values(0));
}

TEST(GaussianPass, ReluInClosedForm) {
    for (const double keep : {0.5, 77.0 / 256, 0.875}) {
        for (const Scaling scaling : {Scaling::unscaled, Scaling::inverted}) {
            const auto network = mixed(Activation::relu, keep, scaling);
            const auto r = hidden(network, {.method = Inference::gaussian});
            for (std::size_t i = 0; i < kUnits; ++i) {
                const auto u = normal_of(network, i);
                EXPECT_NEAR(r[i], gaussian_relu(u.mean, u.s * u.s), 2e-6) << keep << ' ' << i;
            }
        }
    }
}

TEST(GaussianPass, AnyActivationByDraws) {
    constexpr std::size_t draws = 100000;
    for (const Activation activation : {Activation::relu, Activation::tanh, Activation::sigmoid}) {
        const auto network = mixed(activation, 0.5);
        const auto r = hidden(network, {.method = Inference::gaussian, .samples = draws, .seed = 5});
        for (std::size_t i = 0; i < kUnits; ++i) {
            const auto u = normal_of(network, i);
            const auto a = [&](double x) { return tests::activation(activation, x); };
            const double mean = average(a, u.mean, u.s);
            const double square = average([&](double x) { return a(x) * a(x); }, u.mean, u.s);
            EXPECT_NEAR(r[i], mean, 4 * std::sqrt((square - mean * mean) / draws) + 1e-6) << i;
        }
    }
}

/// The masks' own mean, by drawing them; relu of the mean sum is another matter.
TEST(GaussianPass, StandsForTheMasksWhereTheMeanFieldDoesNot) {
    const auto network = mixed(Activation::relu, 0.5);
    base::ThreadPool pool(2);
    constexpr std::size_t batch = 1000, steps = 100;
    Workspace work(network, batch);
    const auto v = example();
    for (std::size_t b = 0; b < batch; ++b) std::copy(v.begin(), v.end(), work.input(b));
    std::vector<double> masks(kUnits);
    for (std::uint32_t step = 0; step < steps; ++step) {
        Passes(network, pool).forward(work, batch, {1, step, true});
        for (std::size_t b = 0; b < batch; ++b) {
            const auto r = tests::read_hidden(work.probabilities().values(b));
            for (std::size_t i = 0; i < kUnits; ++i) masks[i] += r[i] / (batch * steps);
        }
    }
    const auto matched = hidden(network, {.method = Inference::gaussian});
    const auto field = hidden(network, {.method = Inference::mean});
    double worst = 0;
    for (std::size_t i = 0; i < kUnits; ++i) {
        const auto u = normal_of(network, i);
        EXPECT_NEAR(field[i], std::max(u.mean, 0.0), 2e-6);
        EXPECT_NEAR(matched[i], masks[i], 0.03 * u.s) << i;  // 50 terms are not quite normal
        worst = std::max(worst, std::abs(field[i] - masks[i]) / u.s);
    }
    EXPECT_GT(worst, 0.2);
}

/// Two classes: the softmax of two normal sums is the logistic function of one.
TEST(GaussianPass, ASoftmaxLayerByDraws) {
    NetworkSpec spec{.inputs = kInputs, .layers = {{2, Activation::softmax, MaskKind::dropconnect, 0.5}}};
    auto network = make_network(spec, {.initial_scale = 0.5, .seed = 4});
    base::ThreadPool pool(1);
    const auto data = tests::copies_of(example(), 1, 2);
    constexpr std::size_t draws = 100000;
    const auto p = predict({&network, 1}, data, {.method = Inference::gaussian, .samples = draws}, pool);
    const auto one = normal_of(network, 0), other = normal_of(network, 1);
    const double s = std::hypot(one.s, other.s);
    const auto logistic = [](double u) { return 1 / (1 + std::exp(-u)); };
    const double mean = average(logistic, one.mean - other.mean, s);
    EXPECT_NEAR(static_cast<double>(p(0, 0)), mean, 4 * 0.5 / std::sqrt(draws));
    EXPECT_GT(std::abs(mean - logistic(one.mean - other.mean)), 0.02);  // else this shows nothing
}

TEST(GaussianPass, OtherLayersGoByMeanField) {
    for (const MaskKind mask : {MaskKind::none, MaskKind::dropout}) {
        for (const Activation activation : {Activation::relu, Activation::tanh, Activation::sigmoid}) {
            auto network = mixed(activation, 0.5);
            network.spec.layers[0].mask = mask;
            EXPECT_EQ(hidden(network, {.method = Inference::gaussian}),
                      hidden(network, {.method = Inference::mean}));
        }
    }
}

}  // namespace
}  // namespace bouton::ann
