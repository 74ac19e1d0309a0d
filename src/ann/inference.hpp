// SPDX-License-Identifier: BSD-3-Clause
// What a trained network says about new examples: mean field, Gaussian moment matching, or averaged over masks.
#pragma once

#include "ann/dataset.hpp"
#include "ann/network.hpp"

#include <cstdint>
#include <optional>
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

inline constexpr std::size_t kUsualSamples = 100;  ///< passes of `sampled`, unless said otherwise
inline constexpr std::size_t kUsualDraws = 1000;   ///< of u in `gaussian`, where there is no closed form

/// Two calls with equal specs give equal bits, whatever the number of threads. Masks go by an example's place in its
/// batch, so that `sampled` draws others for another `batch`.
struct InferenceSpec {
    Inference method = Inference::mean;
    /// sampled: passes (0: kUsualSamples). gaussian: draws of u, the same for every example (0: closed form where
    /// there is one, which is relu, else kUsualDraws).
    std::size_t samples = 0;
    std::uint64_t seed = 0;
    std::size_t batch = 128;
    /// How many bytes the inference may take beside networks and data; unset: what is free.
    std::optional<double> memory = {};
};

/// The least that an inference takes beside networks and data, in bytes: the probabilities, added up in double, and the
/// buffers of a batch.
double least_inference_bytes(std::span<const Network> networks, std::size_t examples, std::size_t batch);

/// The masks of a pass of sampled inference, counted over networks, batches and samples: others for every pass, also
/// beyond the 2^32 that a step counts.
MaskSource sampled_masks(std::uint64_t seed, std::uint64_t pass);

/// The same network with another mask and p in every hidden layer: what it does when its synapses fail otherwise.
/// Throws base::Error (status 2) unless 0 < keep <= 1.
Network with_mask(const Network& network, MaskKind mask, double keep);

/// Class probabilities [size, classes] of a data set's examples, the mean over several networks ("voting"), each of
/// which draws its own masks. Throws base::DiagnosticError (E706) if network and data do not fit, base::OutOfMemory
/// (status 2) before anything is computed if memory does not suffice, base::Error (status 1) if a sum overflows.
Matrix predict(std::span<const Network> networks, const Dataset& data, const InferenceSpec& spec,
               base::ThreadPool& pool);

struct Evaluation {
    double error = 0.0;                  ///< share of examples wrong; NaN without examples
    double loss = 0.0;                   ///< mean cross-entropy, nats
    std::vector<std::size_t> confusion;  ///< [label, prediction], classes x classes
};
/// The prediction is the most probable class, the first of equals. Throws as predict does.
Evaluation evaluate(const Matrix& probabilities, const Dataset& data);

/// E[a(u)] for u ~ N(mean, variance). relu in closed form: mean Phi(mean/s) + s phi(mean/s).
double gaussian_relu(double mean, double variance);

}  // namespace bouton::ann
