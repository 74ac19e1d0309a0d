// SPDX-License-Identifier: BSD-3-Clause
// Schedules of the learning rate, and what check_spec says of what cannot be.
#include "ann/spec.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>

namespace bouton::ann {
namespace {

TEST(LearningRate, WithoutStagesIsConstant) {
    const TrainingSpec spec{.learning_rate = 0.3};
    EXPECT_EQ(learning_rate(spec, 0), 0.3);
    EXPECT_EQ(learning_rate(spec, 1000), 0.3);
}

TEST(LearningRate, StagesOfThePaper) {
    TrainingSpec spec{.epochs = 1100, .learning_rate = 0.1, .stages = wan_stages(600, 400, 20)};
    std::size_t sum = 0;
    for (const auto& stage : spec.stages) sum += stage.epochs;
    EXPECT_EQ(sum, 1100u);
    const struct {
        std::size_t epoch;
        double rate;
    } cases[] = {{0, 0.1},       {599, 0.1},     {600, 0.05},    {999, 0.05},
                 {1000, 0.01},   {1019, 0.01},   {1020, 0.005},  {1040, 0.001},
                 {1060, 0.0005}, {1080, 0.0001}, {1099, 0.0001}, {5000, 0.0001}};
    for (const auto& c : cases) EXPECT_DOUBLE_EQ(learning_rate(spec, c.epoch), c.rate) << c.epoch;
}

TEST(LearningRate, EmptyStagesAreSkipped) {
    const TrainingSpec spec{.learning_rate = 1.0,
                            .stages = {{0, 9.0}, {2, 0.5}, {0, 7.0}, {1, 0.25}, {0, 3.0}}};
    EXPECT_EQ(learning_rate(spec, 0), 0.5);
    EXPECT_EQ(learning_rate(spec, 1), 0.5);
    EXPECT_EQ(learning_rate(spec, 2), 0.25);
    EXPECT_EQ(learning_rate(spec, 3), 0.25);
}

TEST(LearningRate, CosineFallsFromWholeToNothing) {
    const TrainingSpec spec{.epochs = 10, .learning_rate = 0.2, .decay = Decay::cosine};
    EXPECT_DOUBLE_EQ(learning_rate(spec, 0), 0.2);
    EXPECT_DOUBLE_EQ(learning_rate(spec, 5), 0.1);
    EXPECT_DOUBLE_EQ(learning_rate(spec, 2), 0.1 * (1 + std::cos(0.2 * M_PI)));
    for (std::size_t e = 1; e < 10; ++e) EXPECT_LT(learning_rate(spec, e), learning_rate(spec, e - 1));
    EXPECT_GT(learning_rate(spec, 9), 0.0);
    EXPECT_NEAR(learning_rate(spec, 99), 0.0, 1e-17);
}

TEST(ScaleInput, ShiftsThenScales) {
    std::vector<float> x = {0.0f, 0.5f, 1.0f};
    scale_input({.inputs = 3, .input_shift = 0.5, .input_scale = 4.0}, x.data());
    EXPECT_THAT(x, testing::ElementsAre(-2.0f, 0.0f, 2.0f));
    scale_input({.inputs = 3}, x.data());
    EXPECT_THAT(x, testing::ElementsAre(-2.0f, 0.0f, 2.0f));
}

NetworkSpec good_network() {
    return {.inputs = 784,
            .layers = {{800, Activation::relu, MaskKind::dropconnect, 0.5},
                       {800, Activation::tanh, MaskKind::dropout, 1.0},
                       {10, Activation::softmax, MaskKind::none, 1.0}}};
}

struct Mistake {
    std::function<void(NetworkSpec&, TrainingSpec&)> make;
    std::string said;
};

TEST(CheckSpec, GoodOnesPass) {
    EXPECT_THAT(check_spec(good_network(), {}), testing::IsEmpty());
    auto network = good_network();
    network.layers[2].mask = MaskKind::dropconnect;
    const TrainingSpec training{.epochs = 1100,
                                .momentum = 0.0,
                                .bias_rate = 2.0,
                                .stages = wan_stages(600, 400, 20),
                                .augmentation = {2.0, 15.0, 0.15}};
    EXPECT_THAT(check_spec(network, training), testing::IsEmpty());
}

TEST(CheckSpec, EveryMistakeIsSaid) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double inf = std::numeric_limits<double>::infinity();
    const Mistake mistakes[] = {
        {[](auto& n, auto&) { n.inputs = 0; }, "inputs 0: must lie in 1 to 1048576"},
        {[](auto& n, auto&) { n.layers.clear(); },
         "layers: there must be at least one, as wide as there are classes"},
        {[](auto& n, auto&) { n.layers[1].units = 0; }, "layer 2: units 0: must lie in 1 to 1048576"},
        {[](auto& n, auto&) { n.layers[2].units = 1; }, "layer 3: units 1: must lie in 2 to 256"},
        {[](auto& n, auto&) { n.layers[2].units = 257; }, "layer 3: units 257: must lie in 2 to 256"},
        {[](auto& n, auto&) { n.layers[0].keep = 0.0; }, "layer 1: keep 0: must lie in (0, 1]"},
        {[](auto& n, auto&) { n.layers[0].keep = 1.5; }, "layer 1: keep 1.5: must lie in (0, 1]"},
        {[](auto& n, auto&) { n.layers[0].keep = nan; }, "layer 1: keep nan: must lie in (0, 1]"},
        {[](auto& n, auto&) { n.layers[0].activation = Activation::softmax; },
         "layer 1: softmax stands in the last layer only"},
        {[](auto& n, auto&) { n.layers[2].activation = Activation::relu; },
         "layer 3: the last layer must be softmax"},
        {[](auto& n, auto&) { n.layers[2].mask = MaskKind::dropout; },
         "layer 3: mask dropout: the last layer gives probabilities; use dropconnect or none there"},
        {[](auto& n, auto&) { n.input_shift = nan; }, "input_shift nan: must be a number"},
        {[](auto& n, auto&) { n.input_scale = 0.0; }, "input_scale 0: must be a number other than 0"},
        {[](auto&, auto& t) { t.batch = 0; }, "batch 0: must lie in 1 to 1048576"},
        {[](auto&, auto& t) { t.epochs = 0; }, "epochs 0: must lie in 1 to 4294967295"},
        {[](auto&, auto& t) { t.learning_rate = 0.0; }, "learning_rate 0: must be a positive number"},
        {[](auto&, auto& t) { t.learning_rate = inf; }, "learning_rate inf: must be a positive number"},
        {[](auto&, auto& t) { t.learning_rate = 1e39; },
         "learning_rate 1e+39: must be at most 3.4e+38 in size, as floats are"},
        {[](auto&, auto& t) { t.learning_rate = 1e20, t.bias_rate = 1e19; },
         "learning_rate 1e+20: times the largest factor and bias_rate it is 1e+39, and must be at most "
         "3.4e+38"},
        {[](auto& n, auto&) { n.input_scale = -1e39; },
         "input_scale -1e+39: must be at most 3.4e+38 in size, as floats are"},
        {[](auto& n, auto&) { n.layers.insert(n.layers.begin(), 998, {3}); },
         "layers: 1001 are too many; there may be 1000, the last one among them"},
        {[](auto&, auto& t) { t.momentum = 1.0; }, "momentum 1: must lie in [0, 1)"},
        {[](auto&, auto& t) { t.momentum = -0.1; }, "momentum -0.1: must lie in [0, 1)"},
        {[](auto&, auto& t) { t.weight_decay = -1.0; }, "weight_decay -1: must be 0 or a positive number"},
        {[](auto&, auto& t) { t.bias_rate = nan; }, "bias_rate nan: must be 0 or a positive number"},
        {[](auto&, auto& t) { t.initial_scale = 0.0; }, "initial_scale 0: must be a positive number"},
        {[](auto&, auto& t) {
             t.stages = {{19, 1.0}};
         },
         "stages: their epochs must add up to the 20 of the training, not to 19"},
        {[](auto&, auto& t) {
             t.stages = {{std::size_t(-1), 1.0}, {21, 1.0}};
         },
         "stages: their epochs must add up to the 20 of the training, not to more than can be counted"},
        {[](auto&, auto& t) {
             t.stages = {{20, -0.5}};
         },
         "factor -0.5: must be a positive number"},
        {[](auto&, auto& t) {
             t.stages = {{20, 1.0}}, t.decay = Decay::cosine;
         },
         "stages: cosine decay has none; leave them out or the decay"},
        {[](auto&, auto& t) { t.augmentation.shift = -1.0; }, "shift -1: must be 0 or a positive number"},
        {[](auto&, auto& t) { t.augmentation.rotation = 181.0; },
         "rotation 181: must lie in [0, 180] degrees"},
        {[](auto&, auto& t) { t.augmentation.scale = 1.0; }, "scale 1: must lie in [0, 1)"},
    };
    for (const auto& mistake : mistakes) {
        auto network = good_network();
        TrainingSpec training;
        mistake.make(network, training);
        EXPECT_THAT(check_spec(network, training), testing::ElementsAre(mistake.said));
    }
}

TEST(CheckSpec, AllMistakesAtOnce) {
    auto network = good_network();
    network.inputs = 0;
    network.layers[0].keep = 2.0;
    EXPECT_EQ(check_spec(network, {.batch = 0}).size(), 3u);
}

}  // namespace
}  // namespace bouton::ann
