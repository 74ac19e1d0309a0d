// SPDX-License-Identifier: BSD-3-Clause
// [input.NAME]: Poisson sources on each neuron of a group.
#include "network/load/sections.hpp"
#include "network/load/values.hpp"

namespace bouton::network {

std::optional<analysis::InputSpec> read_input(const Context& context, const Entry& input,
                                              const Groups& groups) {
    const std::string what = "[input." + input.key + "]";
    const Table* table = as_table(context, input.node, input.key, what);
    if (!table) return std::nullopt;
    Fields fields(context, *table, input.key_span, what);
    analysis::InputSpec spec{input.key, input.key_span, {}, {}, {}, {}, {}};
    bool complete = true;
    const Node* to = fields.need("to", "to = \"cells\"");
    if (auto group = to ? read_group(context, *to, "to", groups) : std::nullopt)
        spec.to = std::move(*group);
    else
        complete = false;
    const Node* target = fields.need("target", "target = \"g_exc\"");
    if (const Text* text = target ? as_text(context, *target, "target") : nullptr) {
        spec.target = text->source->text;
        spec.target_span = content_span(*text);
    } else {
        complete = false;
    }
    const auto read = [&](const char* key, const ValueRule& rule, analysis::Value& value) {
        const Node* node = fields.need(key, std::string(key) + " = " + rule.example);
        auto found = node ? read_value(context, *node, rule) : std::nullopt;
        value = found ? std::move(*found) : analysis::unread(input.key_span);
    };
    read("rate", {"rate", dimension_rate(), "\"2 kHz\"", true, false, std::nullopt}, spec.rate);
    read("weight", {"weight", std::nullopt, "\"0.5 nS\"", false, false, std::nullopt}, spec.weight);
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

}  // namespace bouton::network
