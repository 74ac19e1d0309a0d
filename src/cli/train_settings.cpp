// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_settings.hpp"

#include "cli/train_values.hpp"

#include <climits>
#include <limits>

namespace bouton::cli {
namespace {

using document::Context;
using document::Fields;
using document::Node;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Interval kAboveZero = {0.0, kInfinity, false};
constexpr Interval kFromZero = {0.0, kInfinity};
constexpr Interval kAny = {-kInfinity, kInfinity};
constexpr Interval kBelowOne = {0.0, 1.0, true, false};

/// Reads keys one by one into what they set.
struct Setter {
    const Context& context;
    Fields& fields;

    void number(const char* key, double& to, const Interval& interval) const {
        if (const Node* node = fields.find(key)) to = read_number(context, *node, key, interval).value_or(to);
    }
    template <class Count>
    void count(const char* key, Count& to, std::int64_t low, std::int64_t high) const {
        if (const Node* node = fields.find(key)) {
            if (const auto value = document::as_integer(context, *node, key, low, high))
                to = static_cast<Count>(*value);
        }
    }
    void flag(const char* key, bool& to) const {
        if (const Node* node = fields.find(key)) to = document::as_bool(context, *node, key).value_or(to);
    }
    template <class Choice, std::size_t N>
    void choice(const char* key, Choice& to, const ann::Names<Choice, N>& names) const {
        if (const Node* node = fields.find(key)) to = read_choice(context, *node, key, names).value_or(to);
    }
};

void read_descent(const Setter& set, ann::TrainingSpec& training) {
    set.count("batch", training.batch, 1, kMostUnits);
    set.number("learning_rate", training.learning_rate, kAboveZero);
    set.number("momentum", training.momentum, kBelowOne);
    set.number("weight_decay", training.weight_decay, kFromZero);
    set.number("bias_rate", training.bias_rate, kFromZero);
    set.choice("initial", training.initial, ann::kInitials);
    set.number("initial_scale", training.initial_scale, kAboveZero);
    set.count("seed", training.seed, 0, INT64_MAX);
    set.number("shift", training.augmentation.shift, kFromZero);
    set.number("rotation", training.augmentation.rotation, {0.0, 180.0});
    set.number("scale", training.augmentation.scale, kBelowOne);
}

void read_inputs(const Setter& set, ann::NetworkSpec& network) {
    set.choice("scaling", network.scaling, ann::kScalings);
    set.number("input_shift", network.input_shift, kAny);
    const Node* scale = set.fields.find("input_scale");
    if (!scale) return;
    const auto value = read_number(set.context, *scale, "input_scale", kAny);
    if (value == 0.0) {
        set.context.error(base::Code::E306, scale->span, "'input_scale' must not be 0",
                          "with it all inputs would be the same");
    }
    network.input_scale = value.value_or(1.0);
}

}  // namespace

TrainSettings default_settings() {
    TrainSettings settings;
    settings.network.layers = {{800}, {800}, {0, ann::Activation::softmax}};
    return settings;
}

void read_train_settings(const Context& context, Fields& fields, TrainSettings& settings) {
    const Setter set{context, fields};
    read_layers(context, fields, settings.network);
    read_inputs(set, settings.network);
    read_schedule(context, fields, settings.training);
    read_descent(set, settings.training);
    if (const Node* data = fields.find("data")) {
        if (const auto* text = document::as_text(context, *data, "data"))
            settings.data = context.directory / text->source->text;
    }
    set.flag("other_data", settings.other_data);
    set.count("classes", settings.classes, 2, 256);
    set.count("train", settings.examples, 1, INT64_MAX);
    set.count("threads", settings.threads, 1, kMostThreads);
    set.count("save_every", settings.save_every, 1, kMostEpochs);
    set.flag("train_error", settings.train_error);
}

}  // namespace bouton::cli
