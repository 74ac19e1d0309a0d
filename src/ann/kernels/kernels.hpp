// SPDX-License-Identifier: BSD-3-Clause
// The products of a layer, masked or not, for whatever instruction set the CPU has. One mask per example; bits are
// drawn in registers for a tile of 8 examples, 8 inputs and 16 outputs, and used at once.
//
// Every kernel works on one block of its result, which no other block's work touches and whose sums have a fixed
// order: results depend neither on threads nor on how the blocks are dealt out. Masks are the same in every
// instruction set (see mask.hpp), sums differ in the last bits where one has fused multiply-add.
#pragma once

#include "ann/mask.hpp"

#include <cstddef>
#include <span>

namespace bouton::ann {

/// One layer and one batch, as ann::Matrix lays them out: rows padded to 8, columns to 16, padding zero.
struct LayerBatch {
    const float* inputs;  ///< v [examples, rows]
    std::size_t inputs_stride;
    const float* weights;  ///< W [rows, outputs]
    std::size_t weights_stride;
    float* sums;  ///< W v [examples, outputs], or delta
    std::size_t sums_stride;
    float* errors;  ///< dE/dv [examples, rows]
    std::size_t errors_stride;
    std::size_t examples;  ///< how many are there; the kernels may compute the padding too
    std::size_t rows;      ///< inputs and the bias's 1
    std::size_t outputs;
    const MaskStream* masks;  ///< null: every weight is kept
};

/// What the momentum step does to a row of weights: v = momentum*v - rate*(g + decay*w), w += v.
struct MomentumStep {
    float rate;
    float momentum;
    float decay;
};

struct Kernels {
    const char* name;  ///< "avx512", "avx2", "portable"
    /// Blocks of outputs that `forward` should be called with: a multiple of this, but for the last.
    std::size_t outputs_block;

    /// sums[b, i] = sum_j m(b,j,i) W[j,i] v[b,j] for b in [b0, b1), i in [i0, i1); b0 a multiple of 8, i0 of 16.
    void (*forward)(const LayerBatch&, std::size_t b0, std::size_t b1, std::size_t i0, std::size_t i1);
    /// gradient[j - j0, i] = scale * sum_b m(b,j,i) v[b,j] delta[b,i] for the 8 rows from j0 (a multiple of 8) on.
    void (*gradient)(const LayerBatch&, std::size_t j0, float scale, float* gradient, std::size_t stride);
    /// errors[b, j] = sum_i m(b,j,i) W[j,i] delta[b,i] for the 8 examples from b0 on, j in [j0, j1), j0 a multiple of 8.
    void (*backward)(const LayerBatch&, std::size_t b0, std::size_t j0, std::size_t j1);
    /// The momentum step on n values (a multiple of 16).
    void (*update)(const MomentumStep&, std::size_t n, const float* gradient, float* velocity,
                   float* weights);
    /// kept[b][j][i] as bits for 8 examples from b0, 8 inputs from j0, 16 outputs from i0: bit i of
    /// bits[(j%8/4)*32 + (b%8)*4 + j%4]. For tests.
    void (*draw)(const MaskStream&, std::size_t b0, std::size_t j0, std::size_t i0, std::uint16_t bits[64]);
};

/// The best kernels for this CPU, or those that BOUTON_SIMD names. Throws base::Error if it names none that run.
const Kernels& best_kernels();
/// Those that this CPU runs, the best first.
std::span<const Kernels* const> all_kernels();

}  // namespace bouton::ann
