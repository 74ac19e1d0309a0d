// SPDX-License-Identifier: BSD-3-Clause
// A fully connected network: its weights, and the forward and backward pass over a batch.
#pragma once

#include "ann/matrix.hpp"
#include "ann/spec.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bouton::base {
class ThreadPool;
}

namespace bouton::ann {

/// weights[l] is [inputs + 1, units] of layer l: row j holds what input j sends to each unit, the last row the
/// biases (the weights of a further input that is always 1).
struct Network {
    NetworkSpec spec;
    std::vector<Matrix> weights;

    std::size_t inputs(std::size_t layer) const {
        return layer == 0 ? spec.inputs : spec.layers[layer - 1].units;
    }
    std::size_t outputs() const { return spec.layers.back().units; }
    std::size_t parameters() const;
};

/// Weights drawn by counter: they depend on the seed and the shape alone.
Network make_network(const NetworkSpec& spec, const TrainingSpec& training);

/// What multiplies layer l's sum (DropConnect) or output (Dropout) in training and, as `mean`, in mean inference.
struct LayerScale {
    float training = 1.0f;
    float mean = 1.0f;
};
LayerScale layer_scale(const NetworkSpec& spec, std::size_t layer);

/// Where masks come from in a pass: the masks of (seed, step); none at all if `masked` is false.
struct MaskSource {
    std::uint64_t seed = 0;
    std::uint32_t step = 0;
    bool masked = false;
};

/// Buffers of one batch: inputs and their 1, sums, outputs, deltas. Made once, used again every step.
class Workspace {
public:
    Workspace(const Network& network, std::size_t batch);

    std::size_t batch() const { return batch_; }
    /// Rows to fill with the examples' inputs before a pass: input(example)[0 .. inputs).
    float* input(std::size_t example) { return inputs_.front().row(example); }
    /// After a forward pass: class probabilities [batch, classes].
    const Matrix& probabilities() const { return sums_.back(); }
    std::size_t bytes() const;

private:
    friend class Passes;
    std::size_t batch_;
    std::vector<Matrix> inputs_;     ///< of layer l, with the constant 1 behind the last
    std::vector<Matrix> sums_;       ///< W v + b of layer l; becomes delta in the backward pass
    std::vector<Matrix> errors_;     ///< dE/d(input) of layer l
    std::vector<Matrix> gradients_;  ///< 8 rows of a gradient, per thread
};

/// Receives layer l's gradient (mean over the batch), rows [first, first + count) of it, from many threads, each
/// row once: count rows of `stride` floats.
using GradientSink = std::function<void(std::size_t layer, std::size_t first, std::size_t count,
                                        const float* rows, std::size_t stride)>;

struct BatchResult {
    double loss = 0.0;       ///< mean cross-entropy, nats
    std::size_t errors = 0;  ///< examples whose most probable class is not the label
};

class Passes {
public:
    Passes(const Network& network, base::ThreadPool& pool) : network_(network), pool_(pool) {}

    /// Fills workspace.probabilities() from the first `examples` inputs. With masks: a training pass; without:
    /// mean-field inference (weights times p where training is unscaled).
    void forward(Workspace& workspace, std::size_t examples, const MaskSource& masks) const;

    /// After a forward pass with the same masks: the loss, and every gradient to the sink. The weights of a layer
    /// may be changed by the sink: they are not read again.
    BatchResult backward(Workspace& workspace, std::span<const std::uint8_t> labels, const MaskSource& masks,
                         const GradientSink& sink) const;

private:
    const Network& network_;
    base::ThreadPool& pool_;
};

}  // namespace bouton::ann
