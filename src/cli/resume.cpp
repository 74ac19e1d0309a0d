// SPDX-License-Identifier: BSD-3-Clause
#include "cli/resume.hpp"

#include "ann/names.hpp"
#include "base/diagnostics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace bouton::cli {
namespace {

class Differences {
public:
    template <class Value>
    void look_at(const std::string& key, const Value& asked, const Value& trained) {
        if (asked == trained) return;
        lines_.push_back(fmt::format("  {} = {} is asked for, but the model has {}", key, asked, trained));
    }
    const std::vector<std::string>& lines() const { return lines_; }

private:
    std::vector<std::string> lines_;
};

std::vector<std::size_t> widths(const ann::NetworkSpec& spec) {
    std::vector<std::size_t> units;
    for (std::size_t k = 0; k + 1 < spec.layers.size(); ++k) units.push_back(spec.layers[k].units);
    return units;
}

std::vector<std::string_view> activations(const ann::NetworkSpec& spec) {
    std::vector<std::string_view> names;
    for (const auto& layer : spec.layers) names.push_back(ann::name_of(ann::kActivations, layer.activation));
    return names;
}

std::vector<std::string_view> masks(const ann::NetworkSpec& spec) {
    std::vector<std::string_view> names;
    for (const auto& layer : spec.layers) names.push_back(ann::name_of(ann::kMaskKinds, layer.mask));
    return names;
}

std::vector<double> keeps(const ann::NetworkSpec& spec) {
    std::vector<double> all;
    for (const auto& layer : spec.layers) all.push_back(layer.mask == ann::MaskKind::none ? 1.0 : layer.keep);
    return all;
}

void compare(const ann::NetworkSpec& asked, const ann::NetworkSpec& trained, Differences& differences) {
    differences.look_at("layers", widths(asked), widths(trained));
    if (asked.layers.size() == trained.layers.size()) {
        differences.look_at("activation", activations(asked), activations(trained));
        differences.look_at("mask", masks(asked), masks(trained));
        differences.look_at("keep", keeps(asked), keeps(trained));
    }
    differences.look_at("scaling", ann::name_of(ann::kScalings, asked.scaling),
                        ann::name_of(ann::kScalings, trained.scaling));
    differences.look_at("input_shift", asked.input_shift, trained.input_shift);
    differences.look_at("input_scale", asked.input_scale, trained.input_scale);
}

void compare(const ann::TrainingSpec& asked, const ann::TrainingSpec& trained, Differences& differences) {
    differences.look_at("batch", asked.batch, trained.batch);
    differences.look_at("learning_rate", asked.learning_rate, trained.learning_rate);
    differences.look_at("momentum", asked.momentum, trained.momentum);
    differences.look_at("weight_decay", asked.weight_decay, trained.weight_decay);
    differences.look_at("bias_rate", asked.bias_rate, trained.bias_rate);
    differences.look_at("initial", ann::name_of(ann::kInitials, asked.initial),
                        ann::name_of(ann::kInitials, trained.initial));
    differences.look_at("initial_scale", asked.initial_scale, trained.initial_scale);
    differences.look_at("shift", asked.augmentation.shift, trained.augmentation.shift);
    differences.look_at("rotation", asked.augmentation.rotation, trained.augmentation.rotation);
    differences.look_at("scale", asked.augmentation.scale, trained.augmentation.scale);
    differences.look_at("seed", asked.seed, trained.seed);
}

}  // namespace

void refuse_changes(const TrainSettings& asked, const TrainSettings& trained, std::size_t finished_epochs,
                    const std::string& model) {
    Differences differences;
    compare(asked.network, trained.network, differences);
    compare(asked.training, trained.training, differences);
    if (!differences.lines().empty()) {
        throw base::Error(
            fmt::format("cannot go on from '{}': it was trained otherwise\n{}\nleave these out, or "
                        "train a new model without --resume",
                        base::escape(model), fmt::join(differences.lines(), "\n")),
            2);
    }
    if (asked.training.epochs < finished_epochs) {
        throw base::Error(
            fmt::format("'{}' has been trained for {} epochs already, more than the {} asked for",
                        base::escape(model), finished_epochs, asked.training.epochs),
            2);
    }
}

}  // namespace bouton::cli
