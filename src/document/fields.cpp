// SPDX-License-Identifier: BSD-3-Clause
// Keys and their kinds: unknown, missing, of the wrong type, out of range.
#include "document/fields.hpp"

#include <algorithm>
#include <climits>

namespace bouton::document {

using base::Code;

std::string in_quotes(std::string_view name) {
    constexpr std::size_t longest = 60;
    if (name.size() > longest) return "'" + base::escape(name.substr(0, longest)) + "...'";
    return "'" + base::escape(name) + "'";
}

const Node* Fields::find(std::string_view key) {
    known_.emplace_back(key);
    const Entry* entry = find_entry(table_, key);
    return entry ? &entry->node : nullptr;
}

const Node* Fields::need(std::string_view key, const std::string& example) {
    const Node* node = find(key);
    if (!node)
        context_.error(Code::E304, where_, "'" + std::string(key) + "' is missing in " + what_,
                       "such as " + example);
    return node;
}

std::vector<const Entry*> Fields::rest() {
    std::vector<const Entry*> entries;
    for (const Entry& entry : table_)
        if (std::find(known_.begin(), known_.end(), entry.key) == known_.end()) entries.push_back(&entry);
    for (const Entry* entry : entries) known_.push_back(entry->key);
    return entries;
}

bool Fields::finish() const {
    bool all_known = true;
    for (const Entry& entry : table_) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        context_.error(Code::E303, entry.key_span, "unknown key " + in_quotes(entry.key) + " in " + what_,
                       context_.did_you_mean(entry.key, known_));
        all_known = false;
    }
    return all_known;
}

base::Span Fields::key_span(std::string_view key) const {
    const Entry* entry = find_entry(table_, key);
    return entry ? entry->key_span : where_;
}

const char* kind_of(const Node& node) {
    static constexpr const char* names[] = {"a date",           "true or false",     "a whole number",
                                            "a decimal number", "a string",          "a list",
                                            "a table",          "an array in memory"};
    return names[node.value.index()];
}

std::optional<double> plain_number(const Node& node) {
    if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return static_cast<double>(*integer);
    if (const auto* number = std::get_if<double>(&node.value)) return *number;
    return std::nullopt;
}

bool is_identifier(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

namespace {

template <class Kind>
const Kind* as_kind(const Context& context, const Node& node, std::string_view key, const char* wanted,
                    const std::string& example = {}) {
    const auto* value = std::get_if<Kind>(&node.value);
    if (!value)
        context.error(Code::E305, node.span, in_quotes(key) + " must be " + wanted + ", not " + kind_of(node),
                      example.empty() ? std::string() : "such as " + example);
    return value;
}

}  // namespace

const Table* as_table(const Context& context, const Node& node, std::string_view key,
                      const std::string& example) {
    return as_kind<Table>(context, node, key, "a table", example);
}

const Array* as_array(const Context& context, const Node& node, std::string_view key,
                      const std::string& example) {
    return as_kind<Array>(context, node, key, "a list", example);
}

const Text* as_text(const Context& context, const Node& node, std::string_view key) {
    return as_kind<Text>(context, node, key, "a string");
}

std::optional<bool> as_bool(const Context& context, const Node& node, std::string_view key) {
    const bool* value = as_kind<bool>(context, node, key, "true or false");
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> as_integer(const Context& context, const Node& node, std::string_view key,
                                       std::int64_t low, std::int64_t high) {
    const auto* value = as_kind<std::int64_t>(context, node, key, "a whole number");
    if (!value) return std::nullopt;
    if (*value >= low && *value <= high) return *value;
    const std::string limits = high == INT64_MAX
                                   ? "at least " + std::to_string(low)
                                   : "from " + std::to_string(low) + " to " + std::to_string(high);
    context.error(Code::E306, node.span,
                  in_quotes(key) + " must be " + limits + ", not " + std::to_string(*value));
    return std::nullopt;
}

}  // namespace bouton::document
