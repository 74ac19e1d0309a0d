// SPDX-License-Identifier: BSD-3-Clause
// One training step of 784-W-W-10 as ann::train does it: batch gathered, forward, backward, momentum.
// A benchmark's name says all: step/dropconnect/keep:0.5/width:800/batch:128/threads:2.
#include "ann/names.hpp"
#include "ann/trainer.hpp"
#include "base/thread_pool.hpp"

#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

namespace bouton::ann {
namespace {

constexpr std::size_t kPixels = 784, kClasses = 10, kExamples = 60000;  // as many as MNIST has
constexpr std::size_t kWarmUp = 3;                                      // steps that are not timed

struct Case {
    MaskKind mask;
    double keep;
    std::size_t width, batch, threads;

    std::string text() const {
        return fmt::format("step/{}/keep:{}/width:{}/batch:{}/threads:{}", name_of(kMaskKinds, mask), keep,
                           width, batch, threads);
    }
    bool operator==(const Case&) const = default;
};

/// Pixels without a blank one, so that nothing could be gained from zeros, and any labels.
const Dataset& noise() {
    static const Dataset data = [] {
        Dataset made{.name = "noise", .height = 28, .width = 28, .classes = kClasses};
        made.bytes.resize(kExamples * kPixels);
        made.labels.resize(kExamples);
        std::uint32_t state = 1;
        const auto next = [&state] { return (state = state * 1664525U + 1013904223U) >> 24; };
        for (auto& pixel : made.bytes) pixel = static_cast<std::uint8_t>(next() | 1U);
        for (auto& label : made.labels) label = static_cast<std::uint8_t>(next() % kClasses);
        return made;
    }();
    return data;
}

/// A value in KiB from /proc/self/status, in MiB.
double process_MiB(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double KiB = 0.0;
        if (word == key && status >> KiB) return KiB / 1024.0;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

/// What a case needs, kept from one repetition to the next.
struct Training {
    Case of;
    base::ThreadPool pool;
    TrainingState state;
    double before_MiB = 0.0;

    explicit Training(const Case& c) : of(c), pool(c.threads) {
        (void)noise();
        std::ofstream("/proc/self/clear_refs") << "5\n";  // the peak counts from here on
        before_MiB = process_MiB("VmRSS:");
        TrainingSpec training;
        training.batch = c.batch;
        training.epochs = 1;
        training.learning_rate = 1e-3;
        training.initial = Initial::he;
        const LayerSpec hidden{c.width, Activation::relu, c.mask, c.keep};
        const LayerSpec last{kClasses, Activation::softmax, MaskKind::none, 1.0};
        state = begin_training(NetworkSpec{.inputs = kPixels, .layers = {hidden, hidden, last}}, training);
    }

    /// Of one example: forward and gradient in all layers, backward in all but the first.
    double multiply_adds() const {
        const double w = static_cast<double>(of.width);
        return 2.0 * (kPixels + 1) * w + 3.0 * (w + 1) * w + 3.0 * (w + 1) * kClasses;
    }
    /// Bits of hidden layers' masks that DropConnect draws for one example; 8 binary digits of p are 8 draws.
    double mask_bits() const {
        if (of.mask != MaskKind::dropconnect) return 0.0;
        const double w = static_cast<double>(of.width);
        return (2.0 * (kPixels + 1) * w + 3.0 * (w + 1) * w) * Keep(of.keep).digits();
    }
};

/// An iteration is a step: the training's progress reports count them and end it when enough were timed.
void time_steps(benchmark::State& state, const Case& c) {
    static std::unique_ptr<Training> training;
    if (training == nullptr || training->of != c) {
        training.reset();
        training = std::make_unique<Training>(c);
    }
    std::atomic<bool> stop = false;
    TrainingOptions options;
    std::size_t steps = 0;
    options.stop = &stop;
    options.progress = [&](std::size_t, double, double) {
        if (++steps > kWarmUp && !stop && !state.KeepRunning()) stop = true;
    };
    while (!stop) {
        training->state.training.epochs = training->state.epoch + 1;
        train(training->state, noise(), nullptr, training->pool, options);
    }
    const auto per_step = [&](double count) {
        return benchmark::Counter(count * static_cast<double>(c.batch),
                                  benchmark::Counter::kIsIterationInvariantRate);
    };
    state.counters["multiply_adds"] = per_step(training->multiply_adds());
    state.counters["mask_bits"] = per_step(training->mask_bits());
    state.counters["peak_MiB"] = process_MiB("VmHWM:") - training->before_MiB;
    state.counters["workspace_MiB"] =
        static_cast<double>(Workspace(training->state.network, c.batch).bytes()) / 1048576.0;
}

const bool kRegistered = [] {
    const auto add = [](const Case& c) {
        benchmark::RegisterBenchmark(c.text().c_str(), time_steps, c)->UseRealTime()->MinTime(0.1);
    };
    for (const MaskKind mask : {MaskKind::none, MaskKind::dropout, MaskKind::dropconnect}) {
        for (const std::size_t width : {100, 400, 800, 1600}) {
            for (const std::size_t batch : {1, 32, 128}) {
                for (const std::size_t threads : {1, 2}) {
                    add({mask, mask == MaskKind::none ? 1.0 : 0.5, width, batch, threads});
                    if (mask != MaskKind::dropconnect) continue;
                    for (const double keep : {0.75, 0.9}) add({mask, keep, width, batch, threads});
                }
            }
        }
    }
    return true;
}();

}  // namespace
}  // namespace bouton::ann
