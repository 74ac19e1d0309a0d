// SPDX-License-Identifier: BSD-3-Clause
#include "ann/inference.hpp"

#include "ann/fit.hpp"
#include "ann/gaussian.hpp"
#include "base/diagnostics.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "kernel/bouton_random.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace bouton::ann {
namespace {

void check_fit(std::span<const Network> networks, const Dataset& data) {
    if (networks.empty()) refuse_data("no network to predict with", "name at least one model");
    for (const Network& network : networks) {
        check_inputs(network, data);
        if (network.outputs() != networks.front().outputs()) {
            refuse_data(fmt::format("one network has {} classes, another {}", networks.front().outputs(),
                                    network.outputs()),
                        "only networks that were trained on the same classes can be averaged");
        }
    }
}

bool is_random(const Network& network) {
    return std::any_of(network.spec.layers.begin(), network.spec.layers.end(), [](const LayerSpec& layer) {
        return layer.mask != MaskKind::none && !Keep(layer.keep).always();
    });
}

void refuse_large(double needed, const base::MemoryLimit& limit) {
    if (needed <= limit.bytes) return;
    throw base::OutOfMemory(
        fmt::format("the inference needs at least {}, more than the {} {}: fewer examples "
                    "at a time or a smaller batch need less",
                    base::spell_bytes(needed), base::spell_bytes(limit.bytes), limit.whose),
        2);
}

/// Sums of class probabilities over passes and networks.
class Votes {
public:
    Votes(std::size_t examples, std::size_t classes) : examples_(examples), classes_(classes) {
        sums_.resize(examples * classes);
    }
    void add(const Matrix& probabilities, std::size_t first, std::size_t count, double weight) {
        for (std::size_t b = 0; b < count; ++b) {
            double* sum = &sums_[(first + b) * classes_];
            const float* row = probabilities.row(b);
            for (std::size_t c = 0; c < classes_; ++c) sum[c] += weight * static_cast<double>(row[c]);
        }
    }
    Matrix take() const {
        Matrix result(examples_, classes_);
        for (std::size_t b = 0; b < examples_; ++b) {
            for (std::size_t c = 0; c < classes_; ++c)
                result(b, c) = static_cast<float>(sums_[b * classes_ + c]);
        }
        return result;
    }

private:
    std::size_t examples_, classes_;
    std::vector<double> sums_;
};

/// One network's part of a prediction.
class Predictor {
public:
    Predictor(const Network& network, std::size_t number, const Dataset& data, const InferenceSpec& spec,
              base::ThreadPool& pool)
        : network_(network), number_(number), data_(data), spec_(spec), pool_(pool) {}

    void gaussian(Votes& votes, double weight) const {
        GaussianPasses passes(network_, spec_, number_, pool_);
        for (std::size_t first = 0; first < data_.size(); first += spec_.batch) {
            steps_.check_stop();
            const std::size_t count = fill(passes, first);
            votes.add(passes.forward(count), first, count, weight);
        }
    }

    /// `samples` passes with masks, or one without any.
    void passes(std::size_t samples, bool masked, Votes& votes, double weight) const {
        Workspace work(network_, spec_.batch);
        const Passes passes(network_, pool_);
        const std::size_t batches = (data_.size() + spec_.batch - 1) / spec_.batch;
        for (std::size_t k = 0; k < batches; ++k) {
            const std::size_t count = fill(work, k * spec_.batch);
            for (std::size_t sample = 0; sample < samples; ++sample) {
                steps_.check_stop();
                const std::uint64_t pass = (number_ * batches + k) * samples + sample;
                passes.forward(work, count, masked ? sampled_masks(spec_.seed, pass) : MaskSource{});
                votes.add(work.probabilities(), k * spec_.batch, count,
                          weight / static_cast<double>(samples));
            }
        }
    }

private:
    template <class Inputs>
    std::size_t fill(Inputs& inputs, std::size_t first) const {
        constexpr std::size_t chunk = 32;
        const std::size_t count = std::min(spec_.batch, data_.size() - first);
        pool_.run((count + chunk - 1) / chunk, [&](std::size_t task, std::size_t) {
            for (std::size_t b = task * chunk; b < std::min(count, (task + 1) * chunk); ++b) {
                data_.read(first + b, inputs.input(b));
                scale_input(network_.spec, inputs.input(b));
            }
        });
        return count;
    }

    const Network& network_;
    std::size_t number_;
    const Dataset& data_;
    const InferenceSpec& spec_;
    base::ThreadPool& pool_;
    base::WholeSteps steps_;
};

}  // namespace

MaskSource sampled_masks(std::uint64_t seed, std::uint64_t pass) {
    constexpr std::uint64_t kLaterPasses = 0x7061737300000000U;  // "pass"
    const auto step = static_cast<std::uint32_t>(pass);
    const std::uint64_t round = pass >> 32;
    if (round == 0) return {seed, step, true};
    const bn::Key key = bn::derive(seed, kLaterPasses + round);
    return {std::uint64_t{key.k1} << 32 | key.k0, step, true};
}

Network with_mask(const Network& network, MaskKind mask, double keep) {
    if (!(keep > 0.0 && keep <= 1.0)) throw base::Error(fmt::format("keep {}: must lie in (0, 1]", keep), 2);
    Network result = network;
    for (std::size_t l = 0; l + 1 < result.spec.layers.size(); ++l) {
        result.spec.layers[l].mask = mask;
        result.spec.layers[l].keep = keep;
    }
    return result;
}

double least_inference_bytes(std::span<const Network> networks, std::size_t examples, std::size_t batch) {
    double buffers = 0.0;
    for (const Network& network : networks) {
        double values = 0.0;
        for (std::size_t layer = 0; layer < network.weights.size(); ++layer)
            values += static_cast<double>(network.inputs(layer)) +
                      static_cast<double>(network.spec.layers[layer].units);
        buffers = std::max(buffers, values);  // one network after the other
    }
    const double sums = static_cast<double>(examples) * static_cast<double>(networks.front().outputs());
    return (sizeof(double) + sizeof(float)) * sums + sizeof(float) * static_cast<double>(batch) * buffers;
}

Matrix predict(std::span<const Network> networks, const Dataset& data, const InferenceSpec& wanted,
               base::ThreadPool& pool) {
    check_fit(networks, data);
    InferenceSpec spec = wanted;
    spec.batch = std::clamp<std::size_t>(spec.batch, 1, std::max<std::size_t>(data.size(), 1));
    refuse_large(least_inference_bytes(networks, data.size(), spec.batch), base::memory_limit(spec.memory));
    Votes votes(data.size(), networks.front().outputs());
    const double weight = 1.0 / static_cast<double>(networks.size());
    for (std::size_t n = 0; n < networks.size(); ++n) {
        const Predictor predictor(networks[n], n, data, spec, pool);
        const bool sampled = spec.method == Inference::sampled && is_random(networks[n]);
        if (spec.method == Inference::gaussian) {
            predictor.gaussian(votes, weight);
        } else {
            predictor.passes(sampled ? (spec.samples == 0 ? kUsualSamples : spec.samples) : 1, sampled, votes,
                             weight);
        }
    }
    Matrix result = votes.take();
    for (std::size_t b = 0; b < data.size(); ++b) {
        const auto row = result.values(b);
        if (std::all_of(row.begin(), row.end(), [](float p) { return std::isfinite(p); })) continue;
        throw base::Error(
            fmt::format("the class probabilities of example {} of {} are not finite: the sums overflow; "
                        "inputs or weights are too large",
                        b, data.name),
            1);
    }
    return result;
}

Evaluation evaluate(const Matrix& probabilities, const Dataset& data) {
    const std::size_t classes = probabilities.columns();
    if (probabilities.rows() != data.size() || data.classes > classes) {
        refuse_data(fmt::format("{} has {} examples of {} classes, but there are predictions for {} of {}",
                                data.name, data.size(), data.classes, probabilities.rows(), classes),
                    "predict these very data with a network that has as many classes");
    }
    check_labels(data, classes);
    Evaluation result{0.0, 0.0, std::vector<std::size_t>(classes * classes)};
    std::size_t errors = 0;
    for (std::size_t b = 0; b < data.size(); ++b) {
        const auto row = probabilities.values(b);
        const auto best = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        const std::size_t label = data.labels[b];
        errors += best != label ? 1 : 0;
        ++result.confusion[label * classes + best];
        // Not even the least float is 0.
        const float given = std::max(row[label], std::numeric_limits<float>::denorm_min());
        result.loss -= std::log(static_cast<double>(given));
    }
    result.error = static_cast<double>(errors) / static_cast<double>(data.size());
    result.loss /= static_cast<double>(data.size());
    return result;
}

}  // namespace bouton::ann
