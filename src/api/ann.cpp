// SPDX-License-Identifier: BSD-3-Clause
#include "bouton/ann.hpp"

#include "ann/inference.hpp"
#include "api/translate.hpp"
#include "base/diagnostics.hpp"
#include "base/thread_pool.hpp"
#include "io/model_file.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

namespace bouton {

struct Classifier::State {
    ann::Network network;
};

namespace {

ann::Inference method_of(Inference method) {
    switch (method) {
        case Inference::gaussian: return ann::Inference::gaussian;
        case Inference::sampled: return ann::Inference::sampled;
        default: return ann::Inference::mean;
    }
}

/// The examples as the engine takes them; it asks for labels, which an inference does not look at.
ann::Dataset unlabelled(const ann::Network& network, std::span<const float> examples) {
    const std::size_t inputs = network.spec.inputs;
    if (examples.size() % inputs != 0)
        throw base::Error(std::to_string(examples.size()) +
                              " numbers are no whole examples: the network has " + std::to_string(inputs) +
                              " inputs",
                          2);
    ann::Dataset data;
    data.name = "examples";
    data.height = 1;
    data.width = inputs;
    data.classes = network.outputs();
    data.values.assign(examples.begin(), examples.end());
    data.labels.assign(examples.size() / inputs, 0);
    return data;
}

}  // namespace

Classifier::Classifier(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Classifier Classifier::load(const std::filesystem::path& file) {
    static std::mutex hdf5;  // Debian's library may be in use by one thread only
    return Classifier(api::translated([&] {
        const std::lock_guard lock(hdf5);
        return std::make_unique<State>(State{io::load_model(file).network});
    }));
}

std::size_t Classifier::inputs() const noexcept { return state_->network.spec.inputs; }
std::size_t Classifier::classes() const noexcept { return state_->network.outputs(); }

std::vector<float> Classifier::predict(std::span<const float> examples,
                                       const InferenceOptions& options) const {
    return api::translated([&] {
        if (options.threads < 1) throw base::Error("threads: must be at least 1", 2);
        const ann::Dataset data = unlabelled(state_->network, examples);
        ann::InferenceSpec spec;
        spec.method = method_of(options.method);
        spec.samples = options.samples;
        spec.seed = options.seed;
        spec.memory = options.memory;
        base::ThreadPool pool(base::usable_threads(static_cast<std::size_t>(options.threads), {}));
        const ann::Matrix probabilities = ann::predict({&state_->network, 1}, data, spec, pool);
        std::vector<float> values;
        values.reserve(probabilities.rows() * probabilities.columns());
        for (std::size_t k = 0; k < probabilities.rows(); ++k) {
            const auto row = probabilities.values(k);
            values.insert(values.end(), row.begin(), row.end());
        }
        return values;
    });
}

std::vector<std::size_t> Classifier::classify(std::span<const float> examples,
                                              const InferenceOptions& options) const {
    const std::vector<float> probabilities = predict(examples, options);
    const std::size_t count = classes();
    std::vector<std::size_t> answers;
    for (auto row = probabilities.begin(); row != probabilities.end();
         row += static_cast<std::ptrdiff_t>(count))
        answers.push_back(
            static_cast<std::size_t>(std::max_element(row, row + static_cast<std::ptrdiff_t>(count)) - row));
    return answers;
}

}  // namespace bouton
