// SPDX-License-Identifier: BSD-3-Clause
// epochs and schedule: "constant", "cosine", "600-400-20" as in Wan et al. 2013, or "10x1,5x0.1", which is 10 epochs
// at the learning rate and 5 at a tenth of it.
#include "cli/train_settings.hpp"
#include "cli/train_values.hpp"

#include <charconv>
#include <cmath>

namespace bouton::cli {
namespace {

using ann::Stage;
using base::Code;
using document::Context;
using document::Node;

template <class Number>
std::optional<Number> whole_text(std::string_view text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        std::string_view part = text.substr(begin, end - begin);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        parts.push_back(part);
        begin = end + 1;
    }
    return parts;
}

std::optional<std::size_t> epochs_of(std::string_view text) {
    const auto epochs = whole_text<std::uint32_t>(text);
    return epochs ? std::optional<std::size_t>(*epochs) : std::nullopt;
}

std::optional<std::vector<Stage>> parse_wan(std::string_view text) {
    const auto parts = split(text, '-');
    if (parts.size() != 3) return std::nullopt;
    const auto a = epochs_of(parts[0]), b = epochs_of(parts[1]), c = epochs_of(parts[2]);
    if (!a || !b || !c) return std::nullopt;
    return ann::wan_stages(*a, *b, *c);
}

std::optional<std::vector<Stage>> parse_steps(std::string_view text) {
    std::vector<Stage> stages;
    for (const auto part : split(text, ',')) {
        const auto halves = split(part, 'x');
        if (halves.size() != 2) return std::nullopt;
        const auto epochs = epochs_of(halves[0]);
        const auto factor = whole_text<double>(halves[1]);
        if (!epochs || !factor || !(*factor > 0.0) || !std::isfinite(*factor)) return std::nullopt;
        stages.push_back({*epochs, *factor});
    }
    return stages;
}

std::size_t sum_of(const std::vector<Stage>& stages) {
    std::size_t sum = 0;
    for (const auto& stage : stages) sum += stage.epochs;
    return sum;
}

/// Stages that were set for another number of epochs: the last one goes on, or those at the end go.
void fit(std::vector<Stage>& stages, std::size_t epochs) {
    std::size_t begun = 0;
    for (auto& stage : stages) {
        stage.epochs = std::min(stage.epochs, epochs - begun);
        begun += stage.epochs;
    }
    if (!stages.empty()) stages.back().epochs += epochs - begun;
}

/// Whether it names stages.
bool read_stages(const Context& context, const Node& node, ann::TrainingSpec& training) {
    const auto* text = document::as_text(context, node, "schedule");
    if (!text) return false;
    const std::string_view name = text->source->text;
    training.decay = name == "cosine" ? ann::Decay::cosine : ann::Decay::stages;
    training.stages.clear();
    if (name == "cosine" || name == "constant") return false;
    auto stages = parse_wan(name);
    if (!stages) stages = parse_steps(name);
    const std::size_t epochs = stages ? sum_of(*stages) : 0;
    if (epochs == 0 || epochs > static_cast<std::size_t>(kMostEpochs)) {
        context.error(Code::E315, document::content_span(*text),
                      fmt::format("there is no schedule {}", document::in_quotes(name)),
                      "such as \"constant\", \"cosine\", \"600-400-20\" or \"10x1,5x0.1\"");
        return false;
    }
    training.stages = std::move(*stages);
    return true;
}

}  // namespace

void read_schedule(const Context& context, document::Fields& fields, ann::TrainingSpec& training) {
    const Node* epochs_node = fields.find("epochs");
    const Node* schedule_node = fields.find("schedule");
    std::optional<std::int64_t> epochs;
    if (epochs_node) epochs = document::as_integer(context, *epochs_node, "epochs", 1, kMostEpochs);
    const bool has_stages = schedule_node && read_stages(context, *schedule_node, training);
    const std::size_t sum = sum_of(training.stages);
    if (has_stages && epochs && static_cast<std::size_t>(*epochs) != sum) {
        context.error(Code::E311, epochs_node->span,
                      fmt::format("there are {} epochs, but the schedule has {}", *epochs, sum),
                      "leave 'epochs' out, or change the schedule");
        return;
    }
    if (has_stages) training.epochs = sum;
    if (epochs) training.epochs = static_cast<std::size_t>(*epochs);
    fit(training.stages, training.epochs);
}

}  // namespace bouton::cli
