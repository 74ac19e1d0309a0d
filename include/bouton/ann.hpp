// SPDX-License-Identifier: BSD-3-Clause
// Asking an artificial network that `bouton train` or Python has trained.
#pragma once

#include "bouton/version.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace bouton {

enum class Inference {
    mean,      ///< one pass with mean weights
    gaussian,  ///< DropConnect by moment matching (Wan et al. 2013)
    sampled    ///< the mean over passes with masks of their own
};

struct InferenceOptions {
    Inference method = Inference::mean;
    std::size_t samples =
        0;  ///< sampled: passes; gaussian: draws per unit. 0: as many as `bouton evaluate` takes
    std::uint64_t seed = 0;             ///< of what is drawn
    int threads = 1;                    ///< at most so many; results do not depend on it
    std::optional<double> memory = {};  ///< bytes beside network and inputs; unset: what is free
};

/// A trained network. It never changes: any number of threads may use one. It may be moved, after which the old object can only
/// be destroyed or assigned to.
class BOUTON_API Classifier {
public:
    /// Reads a model file and closes it. Throws Error (status 2) that says what is wrong with the file. One thread at a time loads, others
    /// wait.
    static Classifier load(const std::filesystem::path& file);

    Classifier(Classifier&&) noexcept;
    Classifier& operator=(Classifier&&) noexcept;
    ~Classifier();

    std::size_t inputs() const noexcept;
    std::size_t classes() const noexcept;

    /// Class probabilities, classes() for each example. `examples` holds inputs() numbers for each, one after the other, as the network
    /// was trained: 0 to 1 for images. Takes time and memory in proportion. Throws Error: status 2 if that is not a number of whole
    /// examples or memory does not suffice, 1 if a sum overflows.
    std::vector<float> predict(std::span<const float> examples, const InferenceOptions& options = {}) const;
    /// The most probable class of each example, the first of equals.
    std::vector<std::size_t> classify(std::span<const float> examples,
                                      const InferenceOptions& options = {}) const;

    struct State;

private:
    explicit Classifier(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace bouton
