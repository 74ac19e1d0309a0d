// SPDX-License-Identifier: BSD-3-Clause
// Walks the path of a `--set` into the tree and replaces or adds the value at its end.
#include "document/set_option.hpp"

#include "document/toml_reader.hpp"

#include <charconv>

namespace bouton::document {
namespace {

using base::Code;
constexpr std::size_t kLongestPath = 16;

struct Step {
    std::string key;
    base::Span span;
};

std::vector<Step> split_path(const base::SourcePtr& source, std::uint32_t end) {
    std::vector<Step> steps;
    std::uint32_t begin = 0;
    for (std::uint32_t k = 0; k <= end; ++k) {
        if (k < end && source->text[k] != '.') continue;
        steps.push_back({source->text.substr(begin, k - begin), {source, begin, k}});
        begin = k + 1;
    }
    return steps;
}

/// The node below `node` that `step` names; tables grow, lists do not.
Node* descend(Node& node, const Step& step, base::Diagnostics& diagnostics) {
    if (auto* table = std::get_if<Table>(&node.value)) {
        Entry* entry = find_entry(*table, step.key);
        if (!entry) entry = &table->emplace_back(Entry{step.key, step.span, {step.span, Table{}}});
        return &entry->node;
    }
    if (auto* array = std::get_if<Array>(&node.value)) {
        std::size_t index = 0;
        const char* last = step.key.data() + step.key.size();
        const auto [end, failed] = std::from_chars(step.key.data(), last, index);
        if (failed == std::errc() && end == last && index < array->size()) return &(*array)[index];
        diagnostics.error(Code::E314, step.span,
                          "'" + base::escape(step.key) + "' is not the number of an element",
                          "this list has " + std::to_string(array->size()) + ", counted from 0");
        return nullptr;
    }
    diagnostics.error(Code::E314, step.span, "there is nothing inside a single value to be set");
    return nullptr;
}

void set_value(Table& document, const std::vector<Step>& steps, Node value, base::Diagnostics& diagnostics) {
    Node root{{}, std::move(document)};
    Node* node = &root;
    for (const Step& step : steps)
        if (node) node = descend(*node, step, diagnostics);
    if (node) *node = std::move(value);
    document = std::move(std::get<Table>(root.value));
    // A key that was already there is complained about where it was last set.
    if (Entry* entry = find_entry(document, steps.front().key); entry && steps.size() == 1)
        entry->key_span = steps.front().span;
}

}  // namespace

void apply_set(Table& document, const std::string& argument, base::Diagnostics& diagnostics) {
    const auto whole = base::make_source("--set", argument);
    const base::Span all{whole, 0, static_cast<std::uint32_t>(argument.size())};
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0 || argument.size() > 1'000'000) {
        diagnostics.error(Code::E314, all, "--set needs PATH=VALUE", "such as simulation.dt=\"0.05 ms\"");
        return;
    }
    const auto steps = split_path(whole, static_cast<std::uint32_t>(equals));
    if (steps.size() > kLongestPath) {
        diagnostics.error(Code::E314, all, "the path of this --set has too many parts");
        return;
    }
    for (const Step& step : steps) {
        if (!step.key.empty()) continue;
        diagnostics.error(Code::E314, step.span, "a part of the path of this --set is empty");
        return;
    }
    set_value(document, steps, read_set_value(whole->file, static_cast<std::uint32_t>(equals + 1)),
              diagnostics);
}

void apply_seed(Table& document, std::uint64_t seed, base::Diagnostics& diagnostics) {
    const auto source = base::make_source("--seed", std::to_string(seed));
    const base::Span span{source, 0, static_cast<std::uint32_t>(source->text.size())};
    if (seed > static_cast<std::uint64_t>(INT64_MAX)) {
        diagnostics.error(Code::E306, span, "a seed is a whole number from 0 to 2^63 - 1");
        return;
    }
    set_value(document, {{"simulation", span}, {"seed", span}}, {span, static_cast<std::int64_t>(seed)},
              diagnostics);
}

}  // namespace bouton::document
