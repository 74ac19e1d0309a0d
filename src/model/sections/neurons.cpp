// SPDX-License-Identifier: BSD-3-Clause
// [neurons.NAME]: a group with a model of the library, of the user or inline, or one that plays given spikes.
#include "model/model_file.hpp"
#include "model/sections/sections.hpp"

#include <climits>

namespace bouton::model {

using base::Code;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

namespace {

/// Whether the group plays spike times: by name, or because it gives them.
bool plays_spikes(const Table& table) {
    const Entry* model = document::find_entry(table, "model");
    if (!model)
        return document::find_entry(table, "times") ||
               (document::find_entry(table, "file") && !document::find_entry(table, "equations"));
    const auto* name = std::get_if<Text>(&model->node.value);
    return name && name->source->text == "spike_times";
}

}  // namespace

std::optional<NeuronSpec> read_neurons(const Context& context, const Entry& group, double dt) {
    const Table* table = document::as_table(context, group.node, group.key, "[neurons." + group.key + "]");
    if (!table) return std::nullopt;
    NeuronSpec spec;
    spec.name = group.key;
    spec.span = group.key_span;
    Fields fields(context, *table, group.key_span, "[neurons." + group.key + "]");
    if (const Node* size = fields.need("size", "size = 100"))
        spec.size = document::as_integer(context, *size, "size", 1, INT32_MAX).value_or(0);

    bool complete = true;
    if (plays_spikes(*table)) {
        fields.find("model");
        spec.spike_times = std::make_shared<SpikeTimes>(
            read_spike_times(context, fields, spec.size, dt).value_or(SpikeTimes()));
    } else {
        const auto count = spec.size > 0 ? std::optional(spec.size) : std::nullopt;
        auto placed = place_model(context, fields, ModelKind::neurons, count);
        for (const char* key : {"times", "indices", "file"})
            if (document::find_entry(*table, key)) {
                fields.find(key);
                context.error(Code::E311, fields.key_span(key),
                              document::in_quotes(key) + " belongs to a group that plays spikes",
                              "its model is \"spike_times\"");
            }
        complete = placed.has_value();
        if (placed) spec.model = std::move(placed->text);
    }
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

}  // namespace bouton::model
