// SPDX-License-Identifier: BSD-3-Clause
// DropConnect's inference by moment matching (Wan et al. 2013, section 4.1): a unit's sum over random masks is taken
// as normal with the sum's mean and variance, layer by layer.
#pragma once

#include "ann/inference.hpp"

namespace bouton::ann {

class GaussianPasses {
public:
    /// Squares the weights of the layers with DropConnect. `number` tells apart the draws of several networks.
    GaussianPasses(const Network& network, const InferenceSpec& spec, std::size_t number,
                   base::ThreadPool& pool);

    float* input(std::size_t example) { return layers_.front().inputs.row(example); }
    /// Class probabilities [batch, classes] of the first `examples` inputs.
    const Matrix& forward(std::size_t examples);

private:
    /// One layer's buffers; those that say `squared`, and the variances, are empty where nothing is drawn.
    struct Layer {
        Matrix inputs;  ///< [batch, rows], the last of them 1
        Matrix inputs_squared;
        Matrix weights_squared;  ///< [rows, units]
        Matrix means;            ///< of u [batch, units]
        Matrix variances;
        bool random() const { return weights_squared.rows() > 0; }
    };
    /// A block of a layer's result, one task's work.
    struct Block {
        std::size_t layer, b0, b1, i0, i1;
    };

    void moments(const Block& block);
    float* outputs(const Block& block, std::size_t example);
    void apply(const Block& block);
    void average_draws(const Block& block);

    const Network& network_;
    const InferenceSpec spec_;
    const std::size_t number_;
    base::ThreadPool& pool_;
    std::vector<Layer> layers_;
};

}  // namespace bouton::ann
