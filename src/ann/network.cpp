// SPDX-License-Identifier: BSD-3-Clause
#include "ann/network.hpp"

#include "kernel/bouton_random.h"

#include <cmath>

namespace bouton::ann {
namespace {

constexpr std::uint64_t kWeightStreams = 0x696e697400000000U;  // "init"

}  // namespace

std::size_t Network::parameters() const {
    std::size_t sum = 0;
    for (const Matrix& w : weights) sum += w.rows() * w.columns();
    return sum;
}

Network make_network(const NetworkSpec& spec, const TrainingSpec& training) {
    Network network{spec, {}};
    for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
        const std::size_t inputs = network.inputs(layer);
        Matrix weights(inputs + 1, spec.layers[layer].units);
        const bn::Key key = bn::derive(training.seed, kWeightStreams + layer);
        const float scale =
            static_cast<float>(training.initial == Initial::he ? std::sqrt(2.0 / static_cast<double>(inputs))
                                                               : training.initial_scale);
        for (std::size_t j = 0; j < inputs; ++j) {
            for (std::size_t i = 0; i < weights.columns(); ++i) {
                weights(j, i) =
                    scale * bn::normal<float>(
                                {static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(i), 0, 0}, key);
            }
        }
        network.weights.push_back(std::move(weights));
    }
    return network;
}

void scale_input(const NetworkSpec& spec, float* inputs) {
    if (spec.input_shift == 0.0 && spec.input_scale == 1.0) return;
    const auto shift = static_cast<float>(spec.input_shift), scale = static_cast<float>(spec.input_scale);
    for (std::size_t j = 0; j < spec.inputs; ++j) inputs[j] = (inputs[j] - shift) * scale;
}

LayerScale layer_scale(const NetworkSpec& spec, std::size_t layer) {
    const LayerSpec& of = spec.layers[layer];
    if (of.mask == MaskKind::none) return {};
    const auto p = static_cast<float>(Keep(of.keep).value());
    return spec.scaling == Scaling::inverted ? LayerScale{1.0f / p, 1.0f} : LayerScale{1.0f, p};
}

}  // namespace bouton::ann
