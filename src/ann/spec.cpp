// SPDX-License-Identifier: BSD-3-Clause
#include "ann/spec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace bouton::ann {
namespace {

constexpr double kLargest = std::numeric_limits<float>::max();  // rates and weights are floats
constexpr double kPi = 0x1.921fb54442d18p1;

/// Gathers complaints. Every comparison is written so that NaN fails it.
class Complaints {
public:
    void unless(bool fine, std::string complaint) {
        if (!fine) list_.push_back(std::move(complaint));
    }
    void not_negative(const char* name, double value) {
        unless(value >= 0.0 && std::isfinite(value),
               fmt::format("{} {}: must be 0 or a positive number", name, value));
        at_most_largest(name, value);
    }
    void positive(const char* name, double value) {
        unless(value > 0.0 && std::isfinite(value),
               fmt::format("{} {}: must be a positive number", name, value));
        at_most_largest(name, value);
    }
    /// Of finite numbers; another complaint is about the rest.
    void at_most_largest(const char* name, double value) {
        unless(!(std::abs(value) > kLargest) || std::isinf(value),
               fmt::format("{} {}: must be at most {:.2g} in size, as floats are", name, value, kLargest));
    }
    void count(const std::string& name, std::size_t value, std::size_t least, std::size_t most) {
        unless(value >= least && value <= most,
               fmt::format("{} {}: must lie in {} to {}", name, value, least, most));
    }
    std::vector<std::string> take() { return std::move(list_); }

private:
    std::vector<std::string> list_;
};

void check_layer(const LayerSpec& layer, std::size_t number, bool last, Complaints& complaints) {
    const auto where = fmt::format("layer {}: ", number);
    if (last) {
        complaints.count(where + "units", layer.units, 2, kMostClasses);
        complaints.unless(
            layer.mask != MaskKind::dropout,
            where + "mask dropout: the last layer gives probabilities; use dropconnect or none there");
    } else {
        complaints.count(where + "units", layer.units, 1, kWidest);
    }
    complaints.unless(
        (layer.activation == Activation::softmax) == last,
        where + (last ? "the last layer must be softmax" : "softmax stands in the last layer only"));
    complaints.unless(layer.keep > 0.0 && layer.keep <= 1.0,
                      fmt::format("{}keep {}: must lie in (0, 1]", where, layer.keep));
}

void check_network(const NetworkSpec& network, Complaints& complaints) {
    complaints.count("inputs", network.inputs, 1, kWidest);
    complaints.unless(!network.layers.empty(),
                      "layers: there must be at least one, as wide as there are classes");
    complaints.unless(network.layers.size() <= kMostLayers,
                      fmt::format("layers: {} are too many; there may be {}, the last one among them",
                                  network.layers.size(), kMostLayers));
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        check_layer(network.layers[i], i + 1, i + 1 == network.layers.size(), complaints);
    }
    complaints.unless(std::isfinite(network.input_shift),
                      fmt::format("input_shift {}: must be a number", network.input_shift));
    complaints.at_most_largest("input_shift", network.input_shift);
    complaints.unless(std::isfinite(network.input_scale) && network.input_scale != 0.0,
                      fmt::format("input_scale {}: must be a number other than 0", network.input_scale));
    complaints.at_most_largest("input_scale", network.input_scale);
}

/// The largest rate that a step has is a float too.
void check_rates(const TrainingSpec& training, Complaints& complaints) {
    double factor = training.stages.empty() ? 1.0 : 0.0;
    for (const Stage& stage : training.stages) factor = std::max(factor, stage.factor);
    const double rate = training.learning_rate * factor;
    const double largest = std::max(rate, rate * training.bias_rate);
    complaints.unless(
        !(largest > kLargest) || training.learning_rate > kLargest || training.bias_rate > kLargest,
        fmt::format("learning_rate {}: times the largest factor and bias_rate it is {}, and must be "
                    "at most {:.2g}",
                    training.learning_rate, largest, kLargest));
}

void check_stages(const TrainingSpec& training, Complaints& complaints) {
    if (training.stages.empty()) return;
    complaints.unless(training.decay == Decay::stages,
                      "stages: cosine decay has none; leave them out or the decay");
    std::size_t sum = 0;
    bool too_many = false;
    for (const Stage& stage : training.stages) {
        complaints.positive("factor", stage.factor);
        too_many |= __builtin_add_overflow(sum, stage.epochs, &sum);
    }
    complaints.unless(
        !too_many && sum == training.epochs,
        fmt::format("stages: their epochs must add up to the {} of the training, not to {}", training.epochs,
                    too_many ? "more than can be counted" : fmt::to_string(sum)));
}

void check_augmentation(const Augmentation& ranges, Complaints& complaints) {
    complaints.not_negative("shift", ranges.shift);
    complaints.unless(ranges.rotation >= 0.0 && ranges.rotation <= 180.0,
                      fmt::format("rotation {}: must lie in [0, 180] degrees", ranges.rotation));
    complaints.unless(ranges.scale >= 0.0 && ranges.scale < 1.0,
                      fmt::format("scale {}: must lie in [0, 1)", ranges.scale));
}

}  // namespace

double learning_rate(const TrainingSpec& spec, std::size_t epoch) {
    if (spec.decay == Decay::cosine) {
        const double share = static_cast<double>(epoch) / static_cast<double>(spec.epochs);
        return spec.learning_rate * 0.5 * (1.0 + std::cos(kPi * std::min(share, 1.0)));
    }
    double factor = 1.0;
    std::size_t begin = 0;
    for (const Stage& stage : spec.stages) {
        if (epoch < begin) break;
        if (stage.epochs > 0) factor = stage.factor;
        begin += stage.epochs;
    }
    return spec.learning_rate * factor;
}

std::vector<Stage> wan_stages(std::size_t a, std::size_t b, std::size_t c) {
    return {{a, 1.0}, {b, 0.5}, {c, 0.1}, {c, 0.05}, {c, 0.01}, {c, 0.005}, {c, 0.001}};
}

double least_training_bytes(const NetworkSpec& network, const TrainingSpec& training) {
    double weights = 0.0, buffers = 0.0;
    auto inputs = static_cast<double>(network.inputs);
    for (const LayerSpec& layer : network.layers) {
        const auto units = static_cast<double>(layer.units);
        weights += (inputs + 1.0) * units;
        buffers += inputs + units;
        inputs = units;
    }
    return sizeof(float) * (4.0 * weights + static_cast<double>(training.batch) * buffers);
}

std::vector<std::string> check_spec(const NetworkSpec& network, const TrainingSpec& training) {
    Complaints complaints;
    check_network(network, complaints);
    complaints.count("batch", training.batch, 1, kWidest);
    complaints.count("epochs", training.epochs, 1, kMostEpochs);
    complaints.positive("learning_rate", training.learning_rate);
    complaints.unless(training.momentum >= 0.0 && training.momentum < 1.0,
                      fmt::format("momentum {}: must lie in [0, 1)", training.momentum));
    complaints.not_negative("weight_decay", training.weight_decay);
    complaints.not_negative("bias_rate", training.bias_rate);
    complaints.positive("initial_scale", training.initial_scale);
    check_stages(training, complaints);
    check_rates(training, complaints);
    check_augmentation(training.augmentation, complaints);
    return complaints.take();
}

}  // namespace bouton::ann
