// SPDX-License-Identifier: BSD-3-Clause
// Group names and slices. A slice follows Python, except that negative bounds are refused.
#include "model/sections/groups.hpp"

#include "document/fields.hpp"

#include <algorithm>
#include <charconv>
#include <climits>

namespace bouton::model {

using base::Code;
using document::Context;
using document::Entry;
using document::Node;
using document::Table;
using document::Text;

namespace {

std::int64_t size_of(const Node& node) {
    const auto* table = std::get_if<Table>(&node.value);
    const Entry* entry = table ? document::find_entry(*table, "size") : nullptr;
    const auto* size = entry ? std::get_if<std::int64_t>(&entry->node.value) : nullptr;
    return size && *size >= 1 && *size <= INT32_MAX ? *size : 0;
}

void unknown_group(const Context& context, const base::Span& span, std::string_view name,
                   const base::Suggestions::Names& known) {
    context.error(Code::E309, span, "there is no group " + document::in_quotes(name),
                  context.did_you_mean(name, known));
}

/// Walks over "cells[0:3200]" and knows where each part lies.
class SliceReader {
public:
    SliceReader(const Context& context, const Text& text) : context_(context), text_(text.source) {}

    base::Span name_span() const {
        const std::string& text = text_->text;
        const auto begin = std::min(text.find_first_not_of(' '), text.size());
        auto end = std::min(text.find('[', begin), text.size());
        while (end > begin && text[end - 1] == ' ') --end;
        return span(begin, end);
    }

    /// Nothing after a mistake; the whole group where there is no slice.
    std::optional<std::pair<std::int64_t, std::int64_t>> bounds(std::int64_t size) const {
        const std::string& text = text_->text;
        const auto open = text.find('[');
        if (open == std::string::npos) return std::pair<std::int64_t, std::int64_t>(0, size);
        const auto close = text.find_last_not_of(' ');
        const auto colon = text.find(':', open);
        const base::Span all = span(open, close + 1);
        if (text[close] != ']' || colon == std::string::npos ||
            text.find(':', colon + 1) != std::string::npos) {
            context_.error(Code::E310, all, "a slice is written [first:end]", "such as cells[0:100]");
            return std::nullopt;
        }
        const auto begin = number(open + 1, colon, 0);
        const auto end = number(colon + 1, close, size);
        if (!begin || !end) return std::nullopt;
        if (*begin >= *end) {
            context_.error(Code::E310, all, "this slice is empty");
            return std::nullopt;
        }
        if (*end > size) {
            context_.error(Code::E310, all,
                           "this slice ends at " + std::to_string(*end) + ", but the group has " +
                               std::to_string(size) + " neurons");
            return std::nullopt;
        }
        return std::pair(*begin, *end);
    }

private:
    base::Span span(std::size_t begin, std::size_t end) const {
        return {text_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    }

    std::optional<std::int64_t> number(std::size_t begin, std::size_t end, std::int64_t missing) const {
        std::string_view digits = std::string_view(text_->text).substr(begin, end - begin);
        const base::Span place = span(begin, std::max(end, begin + 1));
        const auto first = digits.find_first_not_of(' ');
        if (first == std::string_view::npos) return missing;
        digits = digits.substr(first, digits.find_last_not_of(' ') - first + 1);
        std::int64_t value = 0;
        const auto [stop, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (failed == std::errc() && stop == digits.data() + digits.size() && value >= 0) return value;
        context_.error(
            Code::E310, place,
            document::in_quotes(digits) + (value < 0 ? " is negative; a slice counts from the first neuron"
                                                     : " is not the number of a neuron"));
        return std::nullopt;
    }

    const Context& context_;
    base::SourcePtr text_;
};

}  // namespace

void Groups::add_neurons(std::string name, std::int64_t size) {
    neurons_by_name_.emplace(name, neurons_.size());
    neurons_.push_back({std::move(name), size});
}

void Groups::add_synapses(std::string name) {
    synapse_names_.insert(name);
    synapses_.push_back(std::move(name));
}

const Groups::Neurons* Groups::find_neurons(std::string_view name) const {
    const auto found = neurons_by_name_.find(name);
    return found == neurons_by_name_.end() ? nullptr : &neurons_[found->second];
}

bool Groups::has_synapses(std::string_view name) const { return synapse_names_.contains(name); }

std::vector<std::string> Groups::neuron_names() const {
    std::vector<std::string> names;
    for (const auto& group : neurons_) names.push_back(group.name);
    return names;
}

std::vector<std::string> Groups::all_names() const {
    auto names = neuron_names();
    names.insert(names.end(), synapses_.begin(), synapses_.end());
    return names;
}

Groups collect_groups(const Context& context, const Table& document) {
    Groups groups;
    for (const char* section : {"neurons", "synapses"}) {
        const Entry* entry = document::find_entry(document, section);
        const auto* table = entry ? std::get_if<Table>(&entry->node.value) : nullptr;
        if (!table) continue;
        for (const Entry& group : *table) {
            if (groups.find_neurons(group.key))
                context.error(Code::E308, group.key_span,
                              document::in_quotes(group.key) + " is already the name of a neuron group");
            if (section == std::string_view("neurons"))
                groups.add_neurons(group.key, size_of(group.node));
            else
                groups.add_synapses(group.key);
        }
    }
    return groups;
}

std::optional<GroupRef> read_group(const Context& context, const Node& node, std::string_view key,
                                   const Groups& groups) {
    const Text* text = document::as_text(context, node, key);
    if (!text) return std::nullopt;
    const SliceReader reader(context, *text);
    const base::Span name = reader.name_span();
    const auto* group = groups.find_neurons(name.text());
    if (!group) {
        if (groups.has_synapses(name.text()))
            context.error(Code::E309, name,
                          document::in_quotes(name.text()) + " is a synapse group; neurons are needed here");
        else
            unknown_group(context, name, name.text(), [&] { return groups.neuron_names(); });
        return std::nullopt;
    }
    const auto bounds = group->size > 0 ? reader.bounds(group->size) : std::nullopt;
    const auto [begin, end] = bounds.value_or(std::pair<std::int64_t, std::int64_t>(0, 0));
    return GroupRef{group->name, document::content_span(*text), begin, end};
}

std::optional<std::string> read_whole_group(const Context& context, const Node& node, std::string_view key,
                                            const Groups& groups, bool synapses) {
    const Text* text = document::as_text(context, node, key);
    if (!text) return std::nullopt;
    const std::string& name = text->source->text;
    if (groups.find_neurons(name) || (synapses && groups.has_synapses(name))) return name;
    if (groups.has_synapses(name))
        context.error(Code::E309, document::content_span(*text),
                      document::in_quotes(name) + " is a synapse group; neurons are needed here");
    else if (groups.find_neurons(name.substr(0, name.find('['))))
        context.error(Code::E310, document::content_span(*text),
                      "a whole group is needed here, without a slice");
    else
        unknown_group(context, document::content_span(*text), name,
                      [&] { return synapses ? groups.all_names() : groups.neuron_names(); });
    return std::nullopt;
}

}  // namespace bouton::model
