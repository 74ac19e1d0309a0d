// SPDX-License-Identifier: BSD-3-Clause
// Predictions against the sum over all masks, and what they do not depend on.
#include "ann/inference.hpp"

#include "base/diagnostics.hpp"
#include "base/thread_pool.hpp"
#include "tests/ann/small_networks.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace bouton::ann {
namespace {

constexpr Inference kMethods[] = {Inference::mean, Inference::gaussian, Inference::sampled};

std::vector<std::vector<float>> rows_of(const Matrix& m) {
    std::vector<std::vector<float>> rows;
    for (std::size_t b = 0; b < m.rows(); ++b) rows.emplace_back(m.values(b).begin(), m.values(b).end());
    return rows;
}

struct Mixture {
    const char* name;
    Activation activation;
    double keep;
    Scaling scaling;
};

class EnumeratedMixture : public testing::TestWithParam<Mixture> {};

/// 2-2-2: 12 weights and 4096 masks, sum_M P(M) f(x; M).
TEST_P(EnumeratedMixture, IsWhatSamplingAverages) {
    const double p = GetParam().keep;
    const bool inverted = GetParam().scaling == Scaling::inverted;
    NetworkSpec spec{.inputs = 2,
                     .layers = {{2, GetParam().activation, MaskKind::dropconnect, p},
                                {2, Activation::softmax, MaskKind::dropconnect, p}},
                     .scaling = GetParam().scaling};
    auto network = make_network(spec, {.initial_scale = 1.5, .seed = 12});
    tests::set_weights(network, 0, [&](auto j, auto i) { return j == 2 ? 0.7 : network.weights[0](j, i); });
    const std::vector<float> x = {0.8f, -1.1f};
    double mean = 0, square = 0;
    tests::each_mask(12, p, [&](std::uint32_t mask, double share) {
        const auto f = tests::forward(network, x, mask, inverted ? 1 / p : 1);
        mean += share * f[0];
        square += share * f[0] * f[0];
    });

    base::ThreadPool pool(1);
    constexpr std::size_t copies = 1000, samples = 200;
    const auto data = tests::copies_of(x, copies, 2);
    const auto drawn =
        predict({&network, 1}, data,
                {.method = Inference::sampled, .samples = samples, .seed = 3, .batch = copies}, pool);
    double average = 0;
    for (std::size_t b = 0; b < copies; ++b) average += static_cast<double>(drawn(b, 0)) / copies;
    const double error = std::sqrt((square - mean * mean) / (copies * samples));
    EXPECT_NEAR(average, mean, 4 * error);

    const auto field = predict({&network, 1}, tests::copies_of(x, 1, 2), {}, pool);
    EXPECT_NEAR(static_cast<double>(field(0, 0)), tests::forward(network, x, 0xfff, inverted ? 1 : p)[0],
                1e-6);
    EXPECT_GT(std::abs(static_cast<double>(field(0, 0)) - mean), 20 * error);  // the two are not the same
}

INSTANTIATE_TEST_SUITE_P(Networks, EnumeratedMixture,
                         testing::Values(Mixture{"relu", Activation::relu, 0.5, Scaling::unscaled},
                                         Mixture{"relu_inverted", Activation::relu, 0.5, Scaling::inverted},
                                         Mixture{"tanh", Activation::tanh, 77.0 / 256, Scaling::unscaled},
                                         Mixture{"sigmoid_inverted", Activation::sigmoid, 0.75,
                                                 Scaling::inverted}),
                         [](const auto& info) { return std::string(info.param.name); });

/// Baldi & Sadowski 2013: over all masks, the normalised geometric mean of a softmax layer's outputs is the softmax of
/// its mean sums, which is what mean inference gives.
TEST(SoftmaxLayer, NormalisedGeometricMeanIsTheMeanField) {
    const std::vector<float> x = {0.5f, -1.5f, 2.0f};
    base::ThreadPool pool(1);
    for (const double p : {0.5, 0.25, 0.9375}) {
        NetworkSpec spec{.inputs = 3, .layers = {{4, Activation::softmax, MaskKind::dropconnect, p}}};
        auto network = make_network(spec, {.initial_scale = 1.0, .seed = 2});
        tests::set_weights(network, 0,
                           [&](auto j, auto i) { return j == 3 ? 0.3 * i : network.weights[0](j, i); });
        std::vector<double> logs(4);
        tests::each_mask(16, p, [&](std::uint32_t mask, double share) {
            const auto f = tests::forward(network, x, mask, 1);
            for (std::size_t c = 0; c < 4; ++c) logs[c] += share * std::log(f[c]);
        });
        const auto geometric = tests::softmax(logs);
        const auto field = tests::forward(network, x, 0xffff, p);
        const auto ours = predict({&network, 1}, tests::copies_of(x, 1, 4), {}, pool);
        for (std::size_t c = 0; c < 4; ++c) {
            EXPECT_NEAR(geometric[c], field[c], 1e-12);
            EXPECT_NEAR(static_cast<double>(ours(0, c)), geometric[c], 1e-6);
        }
    }
}

Network example_network(std::uint64_t seed = 7, double keep = 0.5) {
    return make_network({.inputs = 12,
                         .layers = {{70, Activation::relu, MaskKind::dropconnect, keep},
                                    {33, Activation::tanh, MaskKind::dropout, keep},
                                    {20, Activation::sigmoid, MaskKind::dropconnect, keep},
                                    {5, Activation::softmax, MaskKind::dropconnect, keep}},
                         .input_shift = 0.25,
                         .input_scale = 2.0},
                        {.initial_scale = 0.4, .seed = seed});
}

Dataset example_data(std::size_t size = 150) {
    Dataset data{.name = "bytes", .height = 3, .width = 4, .classes = 5};
    for (std::size_t k = 0; k < size * 12; ++k)
        data.bytes.push_back(static_cast<std::uint8_t>(k * k * 37 >> 3));
    for (std::size_t b = 0; b < size; ++b) data.labels.push_back(static_cast<std::uint8_t>(b % 5));
    return data;
}

Matrix predict_one(const Network& network, const InferenceSpec& spec, std::size_t threads = 2) {
    base::ThreadPool pool(threads);
    return predict({&network, 1}, example_data(), spec, pool);
}

TEST(Predict, ThreadsChangeNothing) {
    const auto network = example_network();
    for (const Inference method : kMethods) {
        const InferenceSpec spec{.method = method, .samples = 20, .seed = 9};
        const auto one = rows_of(predict_one(network, spec, 1));
        EXPECT_EQ(rows_of(predict_one(network, spec, 2)), one);
        EXPECT_EQ(rows_of(predict_one(network, spec, 5)), one);
    }
}

TEST(Predict, SeedsAndBatches) {
    const auto network = example_network();
    for (const Inference method : kMethods) {
        const auto first = rows_of(predict_one(network, {.method = method, .samples = 20, .seed = 9}));
        const auto other = rows_of(predict_one(network, {.method = method, .samples = 20, .seed = 10}));
        EXPECT_EQ(first == other, method == Inference::mean);
        const auto batches =
            rows_of(predict_one(network, {.method = method, .samples = 20, .seed = 9, .batch = 8}));
        EXPECT_EQ(first == batches, method != Inference::sampled);
    }
}

TEST(Predict, ExamplesDrawTheirOwnMasks) {
    const auto network = example_network();
    base::ThreadPool pool(1);
    const auto data = tests::copies_of(std::vector<float>(12, 0.5f), 3, 5);
    const InferenceSpec spec{.method = Inference::sampled, .samples = 1, .batch = 2};
    const auto p = rows_of(predict({&network, 1}, data, spec, pool));
    EXPECT_NE(p[0], p[1]);
    EXPECT_NE(p[0], p[2]);  // the same place in the next batch
}

TEST(Predict, NetworksDrawEachForItself) {
    const Network twice[] = {example_network(), example_network()};
    for (const Inference method : {Inference::gaussian, Inference::sampled}) {
        const InferenceSpec spec{.method = method, .samples = 3};
        base::ThreadPool pool(1);
        EXPECT_NE(rows_of(predict(twice, example_data(), spec, pool)), rows_of(predict_one(twice[0], spec)));
    }
}

TEST(Predict, WithoutFailuresAllMethodsAgree) {
    const auto network = example_network(7, 1.0);
    const auto field = rows_of(predict_one(network, {}));
    for (const Inference method : kMethods)
        EXPECT_EQ(rows_of(predict_one(network, {.method = method})), field);
}

TEST(Predict, ProbabilitiesAddUpToOne) {
    for (const Inference method : kMethods) {
        for (const auto& row : rows_of(predict_one(example_network(), {.method = method, .samples = 7}))) {
            double sum = 0;
            for (const float p : row) sum += static_cast<double>(p);
            EXPECT_NEAR(sum, 1.0, 1e-5);
        }
    }
}

TEST(Predict, VotingIsTheMeanOverNetworks) {
    const Network networks[] = {example_network(1), example_network(2), example_network(3)};
    base::ThreadPool pool(2);
    const auto together = predict(networks, example_data(), {}, pool);
    Matrix parts[3];
    for (std::size_t n = 0; n < 3; ++n) parts[n] = predict_one(networks[n], {});
    for (std::size_t b = 0; b < together.rows(); ++b) {
        for (std::size_t c = 0; c < 5; ++c)
            EXPECT_NEAR(together(b, c), (parts[0](b, c) + parts[1](b, c) + parts[2](b, c)) / 3, 1e-6);
    }
}

TEST(Predict, InputsAreShiftedAndScaled) {
    auto network = example_network();
    const auto expected = rows_of(predict_one(network, {}));
    network.spec.input_shift = 0.0;
    network.spec.input_scale = 1.0;
    auto data = example_data();
    data.values.resize(data.bytes.size());
    for (std::size_t k = 0; k < data.bytes.size(); ++k)
        data.values[k] = (static_cast<float>(data.bytes[k]) / 255.0f - 0.25f) * 2.0f;
    data.bytes.clear();
    base::ThreadPool pool(1);
    EXPECT_EQ(rows_of(predict({&network, 1}, data, {}, pool)), expected);
}

TEST(WithMask, ChangesHiddenLayersAlone) {
    const auto network = example_network();
    const auto other = with_mask(network, MaskKind::dropout, 0.25);
    for (std::size_t l = 0; l < 3; ++l) {
        EXPECT_EQ(other.spec.layers[l].mask, MaskKind::dropout);
        EXPECT_EQ(other.spec.layers[l].keep, 0.25);
        EXPECT_EQ(rows_of(other.weights[l]), rows_of(network.weights[l]));
    }
    EXPECT_EQ(other.spec.layers[3].mask, MaskKind::dropconnect);
    EXPECT_EQ(other.spec.layers[3].keep, 0.5);
    for (const double keep : {0.0, -1.0, 1.01, std::nan("")})
        EXPECT_THROW(with_mask(network, MaskKind::dropout, keep), base::Error) << keep;
}

TEST(Evaluate, CountsErrorsAndSurprise) {
    Matrix p(3, 3);
    const float values[3][3] = {{0.7f, 0.2f, 0.1f}, {0.4f, 0.4f, 0.2f}, {0.0f, 1.0f, 0.0f}};
    for (std::size_t b = 0; b < 3; ++b) std::copy(values[b], values[b] + 3, p.row(b));
    Dataset data{
        .name = "d", .height = 1, .width = 1, .classes = 3, .values = {0, 0, 0}, .labels = {0, 1, 1}};
    auto result = evaluate(p, data);
    EXPECT_DOUBLE_EQ(result.error, 1.0 / 3);  // of two equals the first is the prediction
    EXPECT_NEAR(result.loss, -(std::log(0.7) + std::log(0.4)) / 3, 1e-7);
    EXPECT_THAT(result.confusion, testing::ElementsAre(1, 0, 0, 1, 1, 0, 0, 0, 0));
    data.labels[2] = 2;  // said to be impossible: a large loss, but a number
    result = evaluate(p, data);
    EXPECT_NEAR(result.loss, (149 * std::log(2) - std::log(0.7) - std::log(0.4)) / 3, 1e-6);
}

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const base::DiagnosticError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Predict, MisfitsAreRefused) {
    base::ThreadPool pool(1);
    const auto data = example_data();
    const auto wrong = make_network({.inputs = 9, .layers = {{5, Activation::softmax}}}, {});
    EXPECT_THAT(refusal([&] {
                    predict({&wrong, 1}, data, {}, pool);
                }),
                testing::StartsWith(
                    "error[E706]: an example of bytes has 3 x 4 = 12 values, but the network takes 9\n"));
    const Network two[] = {example_network(),
                           make_network({.inputs = 12, .layers = {{6, Activation::softmax}}}, {})};
    EXPECT_THAT(refusal([&] { predict(two, data, {}, pool); }),
                testing::StartsWith("error[E706]: one network has 5 classes, another 6\n"));
    EXPECT_THAT(refusal([&] { predict({}, data, {}, pool); }),
                testing::StartsWith("error[E706]: no network"));
    EXPECT_THAT(
        refusal([&] { evaluate(Matrix(3, 5), data); }),
        testing::StartsWith(
            "error[E706]: bytes has 150 examples of 5 classes, but there are predictions for 3 of 5"));
}

}  // namespace
}  // namespace bouton::ann
