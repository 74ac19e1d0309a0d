// SPDX-License-Identifier: BSD-3-Clause
// Values of a training file: numbers within bounds, choices by name, and lists that may be written as one value.
#pragma once

#include "ann/names.hpp"
#include "document/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <vector>

namespace bouton::cli {

inline constexpr auto kMostUnits = static_cast<std::int64_t>(ann::kWidest);
inline constexpr auto kMostEpochs = static_cast<std::int64_t>(ann::kMostEpochs);
inline constexpr int kMostThreads = 1024;

/// An interval of numbers, each end in it or not. Infinite ends are open.
struct Interval {
    double low;
    double high;
    bool low_in = true;
    bool high_in = true;

    bool holds(double x) const { return (low_in ? x >= low : x > low) && (high_in ? x <= high : x < high); }
    std::string spell() const;  ///< "lie in (0, 1]", "be above 0"
};

/// A finite number in the interval. Reports anything else.
std::optional<double> read_number(const document::Context& context, const document::Node& node,
                                  std::string_view key, const Interval& interval);

/// One of `names`. Reports anything else.
template <class Choice, std::size_t N>
std::optional<Choice> read_choice(const document::Context& context, const document::Node& node,
                                  std::string_view key, const ann::Names<Choice, N>& names) {
    const auto* text = document::as_text(context, node, key);
    if (!text) return std::nullopt;
    const auto choice = ann::find_named(names, text->source->text);
    if (!choice) {
        std::vector<std::string> known;
        for (const auto& entry : names) known.emplace_back(entry.first);
        context.error(base::Code::E315, document::content_span(*text),
                      fmt::format("there is no {} {}", key, document::in_quotes(text->source->text)),
                      fmt::format("it is one of {}", fmt::join(known, ", ")));
    }
    return choice;
}

/// A value, or a list of them: the nodes to be read one by one.
struct OneOrMany {
    std::vector<const document::Node*> items;
    bool list = false;
};
inline OneOrMany one_or_many(const document::Node& node) {
    OneOrMany result;
    if (const auto* array = std::get_if<document::Array>(&node.value)) {
        result.list = true;
        for (const auto& item : *array) result.items.push_back(&item);
    } else {
        result.items.push_back(&node);
    }
    return result;
}

}  // namespace bouton::cli
