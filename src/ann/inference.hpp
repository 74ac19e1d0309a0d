// SPDX-License-Identifier: BSD-3-Clause
// What a trained network says about new examples: mean field, Gaussian moment matching, or averaged over masks.
#pragma once

#include "ann/dataset.hpp"
#include "ann/network.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bouton::base {
class ThreadPool;
}

namespace bouton::ann {

enum class Inference {
    mean,      ///< a(p W v): one pass
    gaussian,  ///< DropConnect layers: u ~ N(p W v, p (1-p) (W o W)(v o v)), bias included; E[a(u)] goes on
    sampled    ///< class probabilities averaged over `samples` passes, each with its own masks per example
};

struct InferenceSpec {
    Inference method = Inference::mean;
    std::size_t samples = 0;  ///< sampled: passes (0: 100). gaussian: draws of u (0: closed form where there is one, else 1000)
    std::uint64_t seed = 0;
    std::size_t batch = 128;
};

/// The same network with another mask and p in every hidden layer: what it does when its synapses fail otherwise.
Network with_mask(const Network& network, MaskKind mask, double keep);

/// Class probabilities [size, classes] of a data set's examples, the mean over several networks ("voting").
Matrix predict(std::span<const Network> networks, const Dataset& data, const InferenceSpec& spec,
               base::ThreadPool& pool);

struct Evaluation {
    double error = 0.0;              ///< share of examples wrong
    double loss = 0.0;               ///< mean cross-entropy, nats
    std::vector<std::size_t> confusion;  ///< [label, prediction], classes x classes
};
Evaluation evaluate(const Matrix& probabilities, const Dataset& data);

/// E[a(u)] for u ~ N(mean, variance). relu in closed form: mean Phi(mean/s) + s phi(mean/s).
double gaussian_relu(double mean, double variance);

}  // namespace bouton::ann
