// SPDX-License-Identifier: BSD-3-Clause
// [input.NAME]: Poisson sources on each neuron of a group.
#include "model/sections/sections.hpp"
#include "model/values.hpp"

namespace bouton::model {

using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

std::optional<InputSpec> read_input(const Context& context, const Entry& input, const Groups& groups) {
    const std::string what = "[input." + input.key + "]";
    const Table* table = document::as_table(context, input.node, input.key, what);
    if (!table) return std::nullopt;
    Fields fields(context, *table, input.key_span, what);
    InputSpec spec{input.key, input.key_span, {}, {}, {}, {}, {}};
    bool complete = true;
    const Node* to = fields.need("to", "to = \"cells\"");
    if (auto group = to ? read_group(context, *to, "to", groups) : std::nullopt)
        spec.to = std::move(*group);
    else
        complete = false;
    const Node* target = fields.need("target", "target = \"g_exc\"");
    if (const Text* text = target ? document::as_text(context, *target, "target") : nullptr) {
        spec.target = text->source->text;
        spec.target_span = document::content_span(*text);
    } else {
        complete = false;
    }
    const auto read = [&](const char* key, const ValueRule& rule, Value& value) {
        const Node* node = fields.need(key, std::string(key) + " = " + rule.example);
        auto found = node ? read_value(context, *node, rule) : std::nullopt;
        value = found ? std::move(*found) : unread(input.key_span);
    };
    read("rate", {"rate", dimension_rate(), "\"2 kHz\"", true, false, std::nullopt}, spec.rate);
    read("weight", {"weight", std::nullopt, "\"0.5 nS\"", false, false, std::nullopt}, spec.weight);
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

}  // namespace bouton::model
