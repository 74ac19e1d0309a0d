// SPDX-License-Identifier: BSD-3-Clause
#include "ann/gaussian.hpp"

#include "ann/activation.hpp"
#include "ann/kernels/kernels.hpp"
#include "base/thread_pool.hpp"
#include "kernel/bouton_random.h"

#include <algorithm>
#include <cmath>

namespace bouton::ann {
namespace {

constexpr std::uint64_t kDrawStreams = 0x6761757300000000U;  // "gaus": apart from other uses of the seed
constexpr std::size_t kExamples = 32;                        // of a task
constexpr std::size_t kUnits = 64;

Matrix squared(const Matrix& m) {
    Matrix result(m.rows(), m.columns());
    for (std::size_t i = 0; i < m.rows(); ++i) {
        std::transform(m.row(i), m.row(i) + m.columns(), result.row(i), [](float x) { return x * x; });
    }
    return result;
}

LayerBatch product(const Matrix& inputs, const Matrix& weights, Matrix& sums, std::size_t examples) {
    return {inputs.row(0), inputs.stride(), weights.row(0),    weights.stride(),
            sums.row(0),   sums.stride(),   nullptr,           0,
            examples,      weights.rows(),  weights.columns(), nullptr};
}

std::size_t blocks(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

}  // namespace

double gaussian_relu(double mean, double variance) {
    if (!(variance > 0.0)) return std::max(mean, 0.0);
    const double s = std::sqrt(variance), z = mean / s;
    const double below = 0.5 * std::erfc(-z * 0x1.6a09e667f3bcdp-1);       // Phi(z); 1/sqrt(2)
    const double density = 0x1.9884533d43651p-2 * std::exp(-0.5 * z * z);  // phi(z); 1/sqrt(2 pi)
    return std::max(mean * below + s * density, 0.0);
}

GaussianPasses::GaussianPasses(const Network& network, const InferenceSpec& spec, std::size_t number,
                               base::ThreadPool& pool)
    : network_(network), spec_(spec), number_(number), pool_(pool) {
    for (std::size_t l = 0; l < network.weights.size(); ++l) {
        const Matrix& w = network.weights[l];
        const LayerSpec& of = network.spec.layers[l];
        Layer layer{Matrix(spec.batch, w.rows()), {}, {}, Matrix(spec.batch, w.columns()), {}};
        for (std::size_t b = 0; b < spec.batch; ++b) layer.inputs(b, w.rows() - 1) = 1.0f;
        if (of.mask == MaskKind::dropconnect && !Keep(of.keep).always()) {
            layer.inputs_squared = Matrix(spec.batch, w.rows());
            layer.weights_squared = squared(w);
            layer.variances = Matrix(spec.batch, w.columns());
        }
        layers_.push_back(std::move(layer));
    }
}

const Matrix& GaussianPasses::forward(std::size_t examples) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        Layer& layer = layers_[l];
        const bool last = l + 1 == layers_.size();
        if (layer.random()) {
            pool_.run(blocks(examples, kExamples), [&](std::size_t task, std::size_t) {
                for (std::size_t b = task * kExamples; b < std::min(examples, (task + 1) * kExamples); ++b) {
                    std::transform(layer.inputs.row(b), layer.inputs.row(b) + layer.inputs.columns(),
                                   layer.inputs_squared.row(b), [](float v) { return v * v; });
                }
            });
        }
        // Softmax needs all units of an example at once.
        const std::size_t units = layer.means.columns();
        const std::size_t wide = last ? round_up(units, kUnits) : kUnits;
        const std::size_t rows = blocks(examples, kExamples);
        pool_.run(rows * blocks(units, wide), [&](std::size_t task, std::size_t) {
            const std::size_t b0 = task % rows * kExamples, i0 = task / rows * wide;
            const Block block{l, b0, std::min(examples, b0 + kExamples), i0, std::min(units, i0 + wide)};
            moments(block);
            apply(block);
        });
    }
    return layers_.back().means;
}

/// Mean and variance of u = sum_j m_j W_j v_j, m_j ~ Bernoulli(p), times the layer's scale.
void GaussianPasses::moments(const Block& block) {
    const Kernels& kernels = best_kernels();
    Layer& layer = layers_[block.layer];
    const LayerSpec& of = network_.spec.layers[block.layer];
    const std::size_t padded = round_up(block.i1, kLanes);
    kernels.forward(product(layer.inputs, network_.weights[block.layer], layer.means, block.b1), block.b0,
                    block.b1, block.i0, padded);
    if (of.mask != MaskKind::dropconnect) return;

    const LayerScale scale = layer_scale(network_.spec, block.layer);
    for (std::size_t b = block.b0; b < block.b1; ++b) {
        for (std::size_t i = block.i0; i < block.i1; ++i) layer.means(b, i) *= scale.mean;
    }
    if (!layer.random()) return;
    kernels.forward(product(layer.inputs_squared, layer.weights_squared, layer.variances, block.b1), block.b0,
                    block.b1, block.i0, padded);
    const auto p = static_cast<float>(Keep(of.keep).value());
    const float factor = p * (1.0f - p) * scale.training * scale.training;
    for (std::size_t b = block.b0; b < block.b1; ++b) {
        for (std::size_t i = block.i0; i < block.i1; ++i) layer.variances(b, i) *= factor;
    }
}

/// Where E[a(u)] goes: into the next layer, and class probabilities in place of their means.
float* GaussianPasses::outputs(const Block& block, std::size_t example) {
    const bool last = block.layer + 1 == layers_.size();
    return last ? layers_.back().means.row(example) : layers_[block.layer + 1].inputs.row(example);
}

void GaussianPasses::apply(const Block& block) {
    Layer& layer = layers_[block.layer];
    const LayerSpec& of = network_.spec.layers[block.layer];
    if (layer.random() && !(of.activation == Activation::relu && spec_.samples == 0))
        return average_draws(block);

    const float after = of.mask == MaskKind::dropout ? layer_scale(network_.spec, block.layer).mean : 1.0f;
    for (std::size_t b = block.b0; b < block.b1; ++b) {
        const float* mean = layer.means.row(b);
        float* to = outputs(block, b);
        if (of.activation == Activation::softmax) {
            softmax(block.i1, to, 1.0f);
        } else if (layer.random()) {
            const float* variance = layer.variances.row(b);
            for (std::size_t i = block.i0; i < block.i1; ++i)
                to[i] = static_cast<float>(
                    gaussian_relu(static_cast<double>(mean[i]), static_cast<double>(variance[i])));
        } else {
            activate(of.activation, block.i1 - block.i0, mean + block.i0, 1.0f, after, to + block.i0);
        }
    }
}

/// The mean of a(u) over draws u = mean + s z. Every example meets the same z: differences between examples then carry
/// no noise, and drawing costs little beside evaluating.
void GaussianPasses::average_draws(const Block& block) {
    Layer& layer = layers_[block.layer];
    const Activation activation = network_.spec.layers[block.layer].activation;
    const std::size_t draws = spec_.samples == 0 ? kUsualDraws : spec_.samples;
    const std::size_t units = block.i1 - block.i0;
    const bn::Key key = bn::derive(spec_.seed, kDrawStreams + block.layer);

    for (std::size_t b = block.b0; b < block.b1; ++b) {
        float* s = layer.variances.row(b);
        for (std::size_t i = block.i0; i < block.i1; ++i) s[i] = std::sqrt(s[i]);
    }
    std::vector<float> z(units), u(units), a(units);
    std::vector<double> sums((block.b1 - block.b0) * units);
    for (std::size_t draw = 0; draw < draws; ++draw) {
        for (std::size_t k = 0; k < units; ++k) {
            const auto unit = static_cast<std::uint32_t>(block.i0 + k);
            z[k] =
                bn::normal<float>({static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32),
                                   unit, static_cast<std::uint32_t>(number_)},
                                  key);
        }
        for (std::size_t b = block.b0; b < block.b1; ++b) {
            const float* mean = layer.means.row(b) + block.i0;
            const float* s = layer.variances.row(b) + block.i0;
            double* sum = &sums[(b - block.b0) * units];
            for (std::size_t k = 0; k < units; ++k) u[k] = mean[k] + s[k] * z[k];
            if (activation == Activation::softmax) {
                std::copy(u.begin(), u.end(), a.begin());
                softmax(units, a.data(), 1.0f);
            } else {
                activate(activation, units, u.data(), 1.0f, 1.0f, a.data());
            }
            for (std::size_t k = 0; k < units; ++k) sum[k] += static_cast<double>(a[k]);
        }
    }
    for (std::size_t b = block.b0; b < block.b1; ++b) {
        float* to = outputs(block, b) + block.i0;
        const double* sum = &sums[(b - block.b0) * units];
        for (std::size_t k = 0; k < units; ++k)
            to[k] = static_cast<float>(sum[k] / static_cast<double>(draws));
    }
}

}  // namespace bouton::ann
