// SPDX-License-Identifier: BSD-3-Clause
// What a fully connected network is and how it is trained: plain data, filled from options, a TOML file, Python or
// a model file, and checked in one place (check_spec).
#pragma once

#include "ann/mask.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bouton::ann {

// What check_spec allows, which is what model files are read up to.
inline constexpr std::size_t kWidest = std::size_t{1}
                                       << 20;  ///< inputs, units of a layer, examples of a batch
inline constexpr std::size_t kMostLayers = 1000;
inline constexpr std::size_t kMostClasses = 256;        ///< a label is a byte
inline constexpr std::size_t kMostEpochs = 0xffffffff;  ///< counters of epochs have 32 bits

enum class Activation { relu, tanh, sigmoid, softmax };

/// One layer: r = m o a(W v + b) with Dropout, a((M o W) v + M_b o b) with DropConnect.
struct LayerSpec {
    std::size_t units = 0;
    Activation activation = Activation::relu;  ///< softmax in the last layer and only there
    MaskKind mask = MaskKind::none;
    double keep = 1.0;  ///< as asked for; ann::Keep rounds it to 1/256
};

enum class Scaling {
    unscaled,  ///< as in Wan et al. 2013: training sums what is kept, inference multiplies by p
    inverted   ///< training divides by p, inference takes the weights as they are
};

struct NetworkSpec {
    std::size_t inputs = 0;
    std::vector<LayerSpec> layers{};  ///< the last one has as many units as there are classes
    Scaling scaling = Scaling::unscaled;
    double input_shift = 0.0;  ///< the network sees (x - input_shift) * input_scale
    double input_scale = 1.0;
};

enum class Initial { normal, he };  ///< N(0, 0.1^2) (`initial_scale`) or N(0, 2/inputs); biases 0

/// The learning rate at an epoch is learning_rate times the stage's (step list) or cosine's factor.
struct Stage {
    std::size_t epochs = 0;
    double factor = 1.0;
};
enum class Decay { stages, cosine };

/// Random shifts, rotations and changes of scale of each training image, drawn anew whenever it is shown.
struct Augmentation {
    double shift = 0.0;     ///< pixels, uniform in [-shift, shift] in each direction
    double rotation = 0.0;  ///< degrees, uniform in [-rotation, rotation]
    double scale = 0.0;     ///< uniform in [1 - scale, 1 + scale]
    bool any() const { return shift > 0.0 || rotation > 0.0 || scale > 0.0; }
};

struct TrainingSpec {
    std::size_t batch = 128;
    std::size_t epochs = 20;
    double learning_rate = 0.1;
    double momentum = 0.9;
    double weight_decay = 0.0;  ///< of the weights, not the biases
    double bias_rate = 1.0;     ///< the biases' learning rate relative to the weights'
    Decay decay = Decay::stages;
    std::vector<Stage> stages{};  ///< empty: one stage of all epochs; else their sum is `epochs`
    Initial initial = Initial::normal;
    double initial_scale = 0.1;
    Augmentation augmentation{};
    std::uint64_t seed = 0;
};

/// The learning rate of an epoch (from 0). After the last stage its factor goes on.
double learning_rate(const TrainingSpec& spec, std::size_t epoch);

/// The stages of Wan et al. 2013 ("600-400-20"): a epochs at factor 1, b at 0.5, then c each at
/// 0.1, 0.05, 0.01, 0.005, 0.001.
std::vector<Stage> wan_stages(std::size_t a, std::size_t b, std::size_t c);

/// x becomes (x - input_shift) * input_scale.
void scale_input(const NetworkSpec& spec, float* inputs);

/// What a training takes at least, in bytes: weights and velocities, twice, and the buffers of a batch.
double least_training_bytes(const NetworkSpec& network, const TrainingSpec& training);

/// What is wrong, one line each with a way out ("keep 1.5: must lie in (0, 1]"); empty if all is well.
std::vector<std::string> check_spec(const NetworkSpec& network, const TrainingSpec& training);

}  // namespace bouton::ann
