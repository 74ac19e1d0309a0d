// SPDX-License-Identifier: BSD-3-Clause
// The forward and backward pass: which block of which layer is whose task, and what happens to a block at once while
// it lies in the cache.
#include "ann/activation.hpp"
#include "ann/kernels/kernels.hpp"
#include "ann/network.hpp"
#include "base/thread_pool.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::ann {
namespace {

// Sizes of the blocks: large enough that starting a task costs nothing, small enough for many threads.
constexpr std::size_t kForwardExamples = 32;
constexpr std::size_t kBackwardInputs = 64;

/// How layer l is computed in this pass: what multiplies sums and outputs, and the masks, if there are any.
struct LayerPass {
    float before = 1.0f;  ///< multiplies sums
    float after = 1.0f;   ///< multiplies outputs
    MaskKind mask = MaskKind::none;
    MaskStream stream{};

    LayerPass(const NetworkSpec& spec, std::size_t layer, const MaskSource& masks) {
        const LayerSpec& of = spec.layers[layer];
        const LayerScale scale = layer_scale(spec, layer);
        const float factor = masks.masked ? scale.training : scale.mean;
        if (of.mask == MaskKind::dropconnect) before = factor;
        if (of.mask == MaskKind::dropout) after = factor;
        const Keep keep(of.keep);
        if (masks.masked && !keep.always()) mask = of.mask;
        stream = mask_stream(masks.seed, layer, masks.step, keep);
    }
};

LayerBatch layer_batch(const Matrix& inputs, const Matrix& weights, Matrix& sums, Matrix& errors,
                       std::size_t examples, const LayerPass& pass) {
    return {inputs.row(0),    inputs.stride(),   weights.row(0),
            weights.stride(), sums.row(0),       sums.stride(),
            errors.row(0),    errors.stride(),   examples,
            weights.rows(),   weights.columns(), pass.mask == MaskKind::dropconnect ? &pass.stream : nullptr};
}

/// Sets to 0 what Dropout drops of values[b][i] for b in [b0, b1), i in [i0, i1).
void drop_units(const Kernels& kernels, const MaskStream& stream, Matrix& values, std::size_t b0,
                std::size_t b1, std::size_t i0, std::size_t i1) {
    alignas(64) std::uint16_t bits[64];
    for (std::size_t b = b0; b < b1; b += kRowGroup) {
        for (std::size_t i = i0; i < i1; i += kLanes) {
            kernels.draw(stream, b, 0, i, bits);
            for (std::size_t e = 0; e < std::min(kRowGroup, b1 - b); ++e) {
                float* row = values.row(b + e) + i;
                const unsigned kept = bits[e * 4];
                for (std::size_t k = 0; k < std::min(kLanes, i1 - i); ++k) {
                    row[k] = (kept >> k & 1U) != 0 ? row[k] : 0.0f;
                }
            }
        }
    }
}

struct Grid {
    std::size_t count, step;
    std::size_t blocks;
    Grid(std::size_t n, std::size_t block) : count(n), step(block), blocks((n + block - 1) / block) {}
    std::size_t begin(std::size_t k) const { return k * step; }
    std::size_t end(std::size_t k) const { return std::min(count, (k + 1) * step); }
};

/// Loss, wrong answers, and delta = probability - truth in place of the probabilities.
BatchResult compare(Matrix& probabilities, std::span<const std::uint8_t> labels, float factor) {
    BatchResult result;
    for (std::size_t b = 0; b < labels.size(); ++b) {
        const auto row = probabilities.values(b);
        const std::size_t truth = labels[b];
        result.loss -= std::log(std::max(static_cast<double>(row[truth]), 1e-300));
        if (static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()) != truth)
            ++result.errors;
        row[truth] -= 1.0f;
        for (float& delta : row) delta *= factor;
    }
    result.loss /= static_cast<double>(labels.size());
    return result;
}

}  // namespace

Workspace::Workspace(const Network& network, std::size_t batch) : batch_(batch) {
    for (std::size_t layer = 0; layer < network.weights.size(); ++layer) {
        const Matrix& w = network.weights[layer];
        inputs_.emplace_back(batch, w.rows());
        for (std::size_t b = 0; b < batch; ++b) inputs_.back()(b, w.rows() - 1) = 1.0f;
        sums_.emplace_back(batch, w.columns());
        errors_.emplace_back(layer == 0 ? 0 : batch, w.rows());
    }
}

std::size_t Workspace::bytes() const {
    std::size_t sum = 0;
    for (const auto* list : {&inputs_, &sums_, &errors_, &gradients_}) {
        for (const Matrix& m : *list) sum += m.bytes();
    }
    return sum;
}

void Passes::forward(Workspace& work, std::size_t examples, const MaskSource& masks) const {
    const Kernels& kernels = best_kernels();
    const std::size_t last = network_.weights.size() - 1;
    for (std::size_t layer = 0; layer <= last; ++layer) {
        const LayerPass pass(network_.spec, layer, masks);
        const LayerSpec& spec = network_.spec.layers[layer];
        Matrix& sums = work.sums_[layer];
        const LayerBatch batch = layer_batch(work.inputs_[layer], network_.weights[layer], sums,
                                             work.errors_[layer], examples, pass);
        const Grid rows(examples, kForwardExamples);
        const Grid panels(round_up(spec.units, kLanes), kernels.outputs_block);
        pool_.run(rows.blocks * panels.blocks, [&](std::size_t task, std::size_t) {
            const std::size_t r = task % rows.blocks, c = task / rows.blocks;
            const std::size_t b0 = rows.begin(r), b1 = rows.end(r);
            const std::size_t i0 = panels.begin(c), i1 = std::min(panels.end(c), spec.units);
            kernels.forward(batch, b0, b1, i0, panels.end(c));
            if (layer == last) return;
            Matrix& outputs = work.inputs_[layer + 1];
            for (std::size_t b = b0; b < b1; ++b) {
                activate(spec.activation, i1 - i0, sums.row(b) + i0, pass.before, pass.after,
                         outputs.row(b) + i0);
            }
            if (pass.mask == MaskKind::dropout) drop_units(kernels, pass.stream, outputs, b0, b1, i0, i1);
        });
        if (layer == last) {
            for (std::size_t b = 0; b < examples; ++b) softmax(spec.units, sums.row(b), pass.before);
        }
    }
}

BatchResult Passes::backward(Workspace& work, std::span<const std::uint8_t> labels, const MaskSource& masks,
                             const GradientSink& sink) const {
    const Kernels& kernels = best_kernels();
    const std::size_t examples = labels.size();
    const float share = 1.0f / static_cast<float>(examples);
    const std::size_t last = network_.weights.size() - 1;
    const BatchResult result =
        compare(work.sums_[last], labels, LayerPass(network_.spec, last, masks).before);
    for (std::size_t layer = last + 1; layer-- > 0;) {
        const LayerPass pass(network_.spec, layer, masks);
        const LayerBatch batch = layer_batch(work.inputs_[layer], network_.weights[layer], work.sums_[layer],
                                             work.errors_[layer], examples, pass);
        if (layer > 0) {
            const LayerPass below(network_.spec, layer - 1, masks);
            const LayerSpec& spec = network_.spec.layers[layer - 1];
            Matrix& deltas = work.sums_[layer - 1];
            const Grid rows(examples, kRowGroup);
            const Grid columns(round_up(spec.units, kRowGroup), kBackwardInputs);
            pool_.run(rows.blocks * columns.blocks, [&](std::size_t task, std::size_t) {
                const std::size_t r = task % rows.blocks, c = task / rows.blocks;
                const std::size_t j0 = columns.begin(c), j1 = std::min(columns.end(c), spec.units);
                kernels.backward(batch, rows.begin(r), j0, columns.end(c));
                for (std::size_t b = rows.begin(r); b < rows.end(r); ++b) {
                    descend(spec.activation, j1 - j0, work.errors_[layer].row(b) + j0,
                            work.inputs_[layer].row(b) + j0, below.after, below.before * below.after,
                            deltas.row(b) + j0);
                }
                if (below.mask == MaskKind::dropout) {
                    drop_units(kernels, below.stream, deltas, rows.begin(r), rows.end(r), j0, j1);
                }
            });
        }
        auto& buffers = work.gradients_;
        while (buffers.size() < pool_.threads()) buffers.emplace_back();
        for (Matrix& buffer : buffers) {
            if (buffer.stride() != network_.weights[layer].stride())
                buffer = Matrix(kRowGroup, batch.outputs);
        }
        const Grid rows(batch.rows, kRowGroup);
        pool_.run(rows.blocks, [&](std::size_t task, std::size_t thread) {
            Matrix& buffer = buffers[thread];
            kernels.gradient(batch, rows.begin(task), share, buffer.row(0), buffer.stride());
            sink(layer, rows.begin(task), rows.end(task) - rows.begin(task), buffer.row(0), buffer.stride());
        });
    }
    return result;
}

}  // namespace bouton::ann
