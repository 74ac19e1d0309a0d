// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_report.hpp"

#include "ann/kernels/kernels.hpp"
#include "ann/names.hpp"
#include "base/diagnostics.hpp"
#include "cli/standard_streams.hpp"
#include "cli/text_layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>
#include <vector>

namespace bouton::cli {
namespace {

constexpr auto kShowEvery = std::chrono::milliseconds(100);

/// "a in layers 1 and 2, b in layer 3"; just "a" if it is so in all of them.
std::string spell_by_layer(const std::vector<std::string>& words) {
    std::vector<std::pair<std::string, std::vector<std::size_t>>> groups;
    for (std::size_t k = 0; k < words.size(); ++k) {
        auto at = groups.begin();
        while (at != groups.end() && at->first != words[k]) ++at;
        if (at == groups.end()) at = groups.insert(at, {words[k], {}});
        at->second.push_back(k + 1);
    }
    if (groups.size() == 1) return groups.front().first;
    std::vector<std::string> parts;
    for (const auto& [word, layers] : groups) {
        parts.push_back(
            fmt::format("{} in layer{} {}", word, layers.size() > 1 ? "s" : "", fmt::join(layers, " and ")));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string spell_mask(const ann::LayerSpec& layer) {
    if (layer.mask == ann::MaskKind::none) return "no mask";
    return fmt::format("{} p {}", ann::name_of(ann::kMaskKinds, layer.mask), ann::Keep(layer.keep).value());
}

std::string percent(double share) {
    return std::isfinite(share) ? fmt::format("{:.2f} %", 100.0 * share) : std::string("-");
}

}  // namespace

std::string spell_network(const ann::NetworkSpec& spec) {
    std::vector<std::size_t> widths = {spec.inputs};
    std::vector<std::string> activations, masks;
    for (const auto& layer : spec.layers) {
        widths.push_back(layer.units);
        if (layer.activation != ann::Activation::softmax)
            activations.emplace_back(ann::name_of(ann::kActivations, layer.activation));
        masks.push_back(spell_mask(layer));
    }
    // The last layer has a mask only where someone asked for it.
    if (spec.layers.size() > 1 && spec.layers.back().mask == ann::MaskKind::none) masks.pop_back();
    std::vector<std::string> parts = {fmt::format("{}", fmt::join(widths, "-"))};
    if (!activations.empty()) parts.push_back(spell_by_layer(activations));
    parts.push_back(spell_by_layer(masks));
    return fmt::format("{}", fmt::join(parts, ", "));
}

void TrainReport::head(const ann::TrainingState& state, const std::string& data, std::size_t threads) {
    print("{}; {} weights; {}; {} thread{}, {}\n", spell_network(state.network.spec),
          spell_count(static_cast<double>(state.network.parameters())), base::escape(data), threads,
          threads == 1 ? "" : "s", ann::best_kernels().name);
    print("{:>6}  {:>10}  {:>9}  {:>12}  {:>11}  {:>10}  {:>9}\n", "epoch", "rate", "loss", "masked error",
          "train error", "test error", "seconds");
    flush_output();
}

void TrainReport::progress(std::size_t epoch, double share, double loss) {
    const auto now = Clock::now();
    if (now - shown_ < kShowEvery) return;
    shown_ = now;
    const double done = static_cast<double>(epoch - begin_) + share;
    progress_.show(
        done / static_cast<double>(epochs_ - begin_),
        fmt::format("epoch {} of {}, {:.0f} % of it, loss {:.4f}", epoch + 1, epochs_, 100.0 * share, loss),
        std::chrono::duration<double>(now - start_).count());
}

void TrainReport::epoch(const ann::EpochRecord& record) {
    clear();
    print("{:>6}  {:>10.6g}  {:>9.6f}  {:>12}  {:>11}  {:>10}  {:>9.2f}\n", record.epoch,
          record.learning_rate, record.loss, percent(record.masked_error), percent(record.train_error),
          percent(record.test_error), record.seconds);
    flush_output();
}

void TrainReport::summary(const ann::TrainingSummary& summary, const ann::TrainingState& state,
                          const std::string& model) {
    clear();
    const double error = state.history.empty() ? NAN : state.history.back().test_error;
    std::string speed;
    if (summary.steps > 0) {
        speed = fmt::format(", {} per step, {:.3g} multiply-adds per second",
                            spell_seconds(summary.seconds / static_cast<double>(summary.steps)),
                            summary.multiply_adds / summary.seconds);
    }
    print("{} steps in {}{}; test error {}; model in {}\n", spell_count(static_cast<double>(summary.steps)),
          spell_seconds(summary.seconds), speed, percent(error), base::escape(model));
}

}  // namespace bouton::cli
