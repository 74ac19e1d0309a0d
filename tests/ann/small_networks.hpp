// SPDX-License-Identifier: BSD-3-Clause
// Small networks whose inside can be read from the class probabilities, and all their masks one by one, in double.
#pragma once

#include "ann/dataset.hpp"
#include "ann/network.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bouton::tests {

/// Weights of layer `layer` by a formula of input and unit; the row after the last input is the bias.
inline void set_weights(ann::Network& network, std::size_t layer,
                        const std::function<double(std::size_t j, std::size_t i)>& weight) {
    ann::Matrix& w = network.weights[layer];
    for (std::size_t j = 0; j < w.rows(); ++j) {
        for (std::size_t i = 0; i < w.columns(); ++i) w(j, i) = static_cast<float>(weight(j, i));
    }
}

/// `hidden` and behind it a softmax layer of one more class, through which r_k = log(P_k / P_last) can be read.
inline ann::Network readable(std::size_t inputs, std::vector<ann::LayerSpec> hidden, std::uint64_t seed = 1) {
    ann::NetworkSpec spec{.inputs = inputs, .layers = std::move(hidden)};
    const std::size_t units = spec.layers.back().units;
    spec.layers.push_back({units + 1, ann::Activation::softmax});
    auto network = ann::make_network(spec, {.seed = seed});
    set_weights(network, network.weights.size() - 1,
                [&](auto j, auto i) { return i == j && j < units ? 1 : 0; });
    return network;
}

inline std::vector<double> read_hidden(std::span<const float> probabilities) {
    std::vector<double> result;
    for (std::size_t k = 0; k + 1 < probabilities.size(); ++k) {
        result.push_back(
            std::log(static_cast<double>(probabilities[k]) / static_cast<double>(probabilities.back())));
    }
    return result;
}

/// `copies` times the same example, labelled 0.
inline ann::Dataset copies_of(const std::vector<float>& example, std::size_t copies, std::size_t classes) {
    ann::Dataset data{.name = "copies", .height = 1, .width = example.size(), .classes = classes};
    for (std::size_t c = 0; c < copies; ++c)
        data.values.insert(data.values.end(), example.begin(), example.end());
    data.labels.resize(copies);
    return data;
}

inline double activation(ann::Activation a, double u) {
    switch (a) {
        case ann::Activation::relu: return u > 0 ? u : 0;
        case ann::Activation::tanh: return std::tanh(u);
        case ann::Activation::sigmoid: return 1 / (1 + std::exp(-u));
        default: return u;
    }
}

inline std::vector<double> softmax(std::vector<double> u) {
    double sum = 0;
    for (double& x : u) sum += x = std::exp(x);
    for (double& x : u) x /= sum;
    return u;
}

/// Class probabilities in double with the weights that `mask` keeps: bit k is that of the k-th weight of the network,
/// row by row and layer by layer. Every sum is multiplied by `scale`.
inline std::vector<double> forward(const ann::Network& network, const std::vector<float>& example,
                                   std::uint32_t mask, double scale) {
    std::vector<double> v(example.begin(), example.end());
    unsigned bit = 0;
    for (std::size_t l = 0; l < network.weights.size(); ++l) {
        const ann::Matrix& w = network.weights[l];
        v.push_back(1.0);
        std::vector<double> u(w.columns());
        for (std::size_t j = 0; j < w.rows(); ++j) {
            for (std::size_t i = 0; i < w.columns(); ++i, ++bit) {
                if (mask >> bit & 1U) u[i] += static_cast<double>(w(j, i)) * v[j] * scale;
            }
        }
        v = u;
        for (double& r : v) r = activation(network.spec.layers[l].activation, r);
    }
    return softmax(v);
}

/// Calls visit(mask, probability) for every mask of n weights.
inline void each_mask(unsigned n, double p, const std::function<void(std::uint32_t, double)>& visit) {
    for (std::uint32_t mask = 0; mask < 1U << n; ++mask) {
        const int kept = __builtin_popcount(mask);
        visit(mask, std::pow(p, kept) * std::pow(1 - p, static_cast<int>(n) - kept));
    }
}

}  // namespace bouton::tests
