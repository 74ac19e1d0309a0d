// SPDX-License-Identifier: BSD-3-Clause
#include "ann/trainer.hpp"

#include "ann/augmentation.hpp"
#include "ann/fit.hpp"
#include "ann/kernels/kernels.hpp"
#include "ann/shuffle.hpp"
#include "base/diagnostics.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

namespace bouton::ann {
namespace {

using Seconds = std::chrono::duration<double>;
using Now = std::chrono::steady_clock;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string describe(const Dataset& data) {
    return fmt::format("{}: {} examples of {}", data.name, data.size(), data.features());
}

/// One training set, shown batch by batch in a new order each epoch.
class Batches {
public:
    Batches(const Dataset& data, const TrainingState& state) : data_(data), state_(state) {}

    void shuffle(std::size_t epoch) { order_ = shuffled(data_.size(), state_.training.seed, epoch); }

    std::size_t count() const { return (data_.size() + state_.training.batch - 1) / state_.training.batch; }

    /// Fills the inputs and labels of batch k; returns how many examples it has.
    std::size_t fill(std::size_t k, Workspace& work, std::vector<std::uint8_t>& labels,
                     base::ThreadPool& pool) const {
        constexpr std::size_t chunk = 32;
        const std::size_t first = k * state_.training.batch;
        const std::size_t count = std::min(state_.training.batch, data_.size() - first);
        labels.resize(count);
        pool.run((count + chunk - 1) / chunk, [&](std::size_t task, std::size_t) {
            for (std::size_t b = task * chunk; b < std::min(count, (task + 1) * chunk); ++b) {
                labels[b] = data_.labels[order_[first + b]];
                read(order_[first + b], work.input(b));
            }
        });
        return count;
    }

private:
    void read(std::size_t index, float* to) const {
        const TrainingSpec& spec = state_.training;
        if (spec.augmentation.any()) {
            augment(spec.augmentation, data_, index, spec.seed, static_cast<std::uint32_t>(state_.epoch), to);
        } else {
            data_.read(index, to);
        }
        scale_input(state_.network.spec, to);
    }

    const Dataset& data_;
    const TrainingState& state_;
    std::vector<std::uint32_t> order_;
};

bool is_finite(const Matrix& matrix) {
    for (std::size_t j = 0; j < matrix.rows(); ++j) {
        const auto row = matrix.values(j);
        if (!std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); }))
            return false;
    }
    return true;
}

/// The first layer with a weight, or a velocity, that is not finite; nothing if there is none.
std::string describe_failure(const TrainingState& state) {
    for (std::size_t layer = 0; layer < state.network.weights.size(); ++layer) {
        if (!is_finite(state.network.weights[layer])) return fmt::format("weights of layer {}", layer + 1);
        if (!is_finite(state.velocities[layer])) return fmt::format("steps of layer {}", layer + 1);
    }
    return {};
}

[[noreturn]] void refuse_divergence(const std::string& where, const std::string& what) {
    throw base::Error(
        fmt::format("training diverged in {}: {} are not finite any more; use a lower learning rate", where,
                    what),
        1);
}

struct Before {
    Network network;
    std::vector<Matrix> velocities;
    std::uint64_t step;
};

class Epoch {
public:
    Epoch(TrainingState& state, base::ThreadPool& pool, const TrainingOptions& options, Workspace& work,
          const base::WholeSteps& steps)
        : state_(state), pool_(pool), options_(options), work_(work), steps_(steps) {}

    void run(const Batches& batches, EpochRecord& record) {
        double loss = 0.0;
        std::size_t errors = 0, seen = 0;
        std::vector<std::uint8_t> labels;
        for (std::size_t k = 0; k < batches.count(); ++k) {
            steps_.check_stop();
            const std::size_t here = batches.fill(k, work_, labels, pool_);
            const BatchResult result = step(labels, record.learning_rate);
            if (!std::isfinite(result.loss)) {
                const std::string what = describe_failure(state_);
                refuse_divergence(
                    fmt::format("epoch {}, batch {}", record.epoch, k + 1),
                    what.empty() ? fmt::format("the sums of layer {}", state_.network.weights.size()) : what);
            }
            loss += result.loss * static_cast<double>(here);
            errors += result.errors;
            seen += here;
            if (options_.progress) {
                options_.progress(record.epoch - 1,
                                  static_cast<double>(k + 1) / static_cast<double>(batches.count()),
                                  loss / static_cast<double>(seen));
            }
        }
        record.loss = loss / static_cast<double>(seen);
        record.masked_error = static_cast<double>(errors) / static_cast<double>(seen);
        // The loss of a batch tells of the steps before it; the last step has none after it.
        const std::string what = describe_failure(state_);
        if (!what.empty()) {
            refuse_divergence(fmt::format("epoch {}, batch {}", record.epoch, batches.count()), what);
        }
    }

private:
    BatchResult step(const std::vector<std::uint8_t>& labels, double rate) {
        const TrainingSpec& spec = state_.training;
        const MaskSource masks{spec.seed + (state_.step >> 32), static_cast<std::uint32_t>(state_.step),
                               true};
        const Passes passes(state_.network, pool_);
        passes.forward(work_, labels.size(), masks);
        const MomentumStep weights{static_cast<float>(rate), static_cast<float>(spec.momentum),
                                   static_cast<float>(spec.weight_decay)};
        const MomentumStep bias{static_cast<float>(rate * spec.bias_rate), weights.momentum, 0.0f};
        const Kernels& kernels = best_kernels();
        const auto result = passes.backward(
            work_, labels, masks,
            [&](std::size_t layer, std::size_t first, std::size_t count, const float* rows,
                std::size_t stride) {
                Matrix& w = state_.network.weights[layer];
                for (std::size_t j = first; j < first + count; ++j) {
                    kernels.update(j + 1 == w.rows() ? bias : weights, round_up(w.columns(), kLanes),
                                   rows + (j - first) * stride, state_.velocities[layer].row(j), w.row(j));
                }
            });
        ++state_.step;
        return result;
    }

    TrainingState& state_;
    base::ThreadPool& pool_;
    const TrainingOptions& options_;
    Workspace& work_;
    const base::WholeSteps& steps_;
};

/// Share of a data set that mean inference gets wrong.
double mean_error(const Network& network, const Dataset& data, Workspace& work, base::ThreadPool& pool,
                  const base::WholeSteps& steps) {
    const Passes passes(network, pool);
    std::size_t errors = 0;
    for (std::size_t first = 0; first < data.size(); first += work.batch()) {
        steps.check_stop();
        const std::size_t here = std::min(work.batch(), data.size() - first);
        for (std::size_t b = 0; b < here; ++b) {
            data.read(first + b, work.input(b));
            scale_input(network.spec, work.input(b));
        }
        passes.forward(work, here, MaskSource{});
        for (std::size_t b = 0; b < here; ++b) {
            const auto row = work.probabilities().values(b);
            if (!std::isfinite(row[0])) {  // then none of them is
                refuse_divergence(fmt::format("an epoch: of example {} of {}", first + b, data.name),
                                  fmt::format("the sums of layer {}", network.weights.size()));
            }
            const auto best =
                static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
            if (best != data.labels[first + b]) ++errors;
        }
    }
    return data.size() == 0 ? kNaN : static_cast<double>(errors) / static_cast<double>(data.size());
}

double step_multiply_adds(const Network& network, std::size_t batch) {
    double sum = 0.0;
    for (std::size_t layer = 0; layer < network.weights.size(); ++layer) {
        const Matrix& w = network.weights[layer];
        sum += (layer == 0 ? 2.0 : 3.0) * static_cast<double>(w.rows()) * static_cast<double>(w.columns());
    }
    return sum * static_cast<double>(batch);
}

void check_fit(const TrainingState& state, const Dataset& data) {
    if (data.size() == 0) refuse_data(data.name + " holds no examples", "give it at least one");
    if (data.size() > std::numeric_limits<std::uint32_t>::max()) {
        refuse_data(fmt::format("{} holds {} examples", data.name, data.size()),
                    "at most 2^32 - 1 can be shown");
    }
    check_inputs(state.network, data);
    check_labels(data, state.network.outputs());
}

/// Masks are counted in 32 bits. Steps that are done had batches of their own size, perhaps another.
void check_steps(const TrainingState& state, std::uint64_t batches) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 32;
    const std::uint64_t epochs = state.training.epochs - std::min(state.epoch, state.training.epochs);
    std::uint64_t steps = 0;
    if (__builtin_mul_overflow(epochs, batches, &steps) ||
        __builtin_add_overflow(steps, state.step, &steps) || steps > kMost) {
        throw base::Error(
            "more than 2^32 steps: the masks would come round again; use fewer epochs or larger batches", 2);
    }
}

}  // namespace

void refuse_large_training(const NetworkSpec& network, const TrainingSpec& training,
                           std::optional<double> memory, double held) {
    base::MemoryLimit limit = base::memory_limit(memory);
    if (!memory) limit.bytes += held;
    const double needed = least_training_bytes(network, training);
    if (needed > limit.bytes) {
        throw base::OutOfMemory(
            fmt::format(
                "the training needs at least {}, more than the {} {}: fewer units or a smaller batch need "
                "less",
                base::spell_bytes(needed), base::spell_bytes(limit.bytes), limit.whose),
            2);
    }
}

double held_bytes(const TrainingState& state) {
    double sum = 0.0;
    for (const auto* matrices : {&state.network.weights, &state.velocities})
        for (const Matrix& m : *matrices)
            sum += static_cast<double>(sizeof(float)) * static_cast<double>(m.rows()) *
                   static_cast<double>(m.columns());
    return sum;
}

TrainingState begin_training(const NetworkSpec& network, const TrainingSpec& training,
                             std::optional<double> memory) {
    refuse_large_training(network, training, memory);
    TrainingState state;
    state.network = make_network(network, training);
    for (const Matrix& w : state.network.weights) state.velocities.emplace_back(w.rows(), w.columns());
    state.training = training;
    return state;
}

TrainingSummary train(TrainingState& state, const Dataset& data, const Dataset* test, base::ThreadPool& pool,
                      const TrainingOptions& options) {
    check_fit(state, data);
    if (test != nullptr) check_fit(state, *test);
    if (state.epoch > 0 && state.data != describe(data)) {
        throw base::Error(
            fmt::format("the training began on other data: on {}, not {}", state.data, describe(data)), 2);
    }
    state.data = describe(data);
    Batches batches(data, state);
    check_steps(state, batches.count());
    Workspace work(state.network, state.training.batch);
    Workspace test_work(state.network, std::max<std::size_t>(state.training.batch, 128));
    TrainingSummary summary;
    const base::WholeSteps steps;
    while (state.epoch < state.training.epochs) {
        const Before before{state.network, state.velocities, state.step};
        const auto restore = [&] {
            state.network = before.network;
            state.velocities = before.velocities;
            state.step = before.step;
        };
        EpochRecord record;
        record.epoch = state.epoch + 1;
        record.learning_rate = learning_rate(state.training, state.epoch);
        batches.shuffle(state.epoch);
        const auto begin = Now::now();
        try {
            Epoch(state, pool, options, work, steps).run(batches, record);
            record.seconds = Seconds(Now::now() - begin).count();
            const auto error_on = [&](const Dataset& set) {
                return mean_error(state.network, set, test_work, pool, steps);
            };
            record.train_error = options.train_error ? error_on(data) : kNaN;
            record.test_error = test != nullptr ? error_on(*test) : kNaN;
        } catch (const base::Stopped&) {
            restore();
            summary.stopped = true;
            return summary;
        } catch (...) {
            restore();
            throw;
        }
        ++state.epoch;
        state.history.push_back(record);
        summary.steps += batches.count();
        summary.seconds += record.seconds;
        summary.multiply_adds += step_multiply_adds(state.network, data.size());
        if (options.epoch_done) options.epoch_done(state, record);
    }
    return summary;
}

}  // namespace bouton::ann
