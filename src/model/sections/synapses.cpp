// SPDX-License-Identifier: BSD-3-Clause
// [synapses.NAME]: which neurons, how connected, and either the links of a chain or a synapse written whole.
#include "model/declarations.hpp"
#include "model/model_file.hpp"
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <set>

namespace bouton::model {
namespace {

using base::Code;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

/// The number of synapses, where it is known before the network is built.
std::optional<std::int64_t> known_count(const SynapseSpec& spec) {
    if (spec.connect.rule != ConnectRule::pairs) return std::nullopt;
    return static_cast<std::int64_t>(spec.connect.pairs->size());
}

/// "stdp_pair", "./my_rule.toml" or a table with `model` or texts. A structure rule has a period.
std::optional<ModelText> read_link(const Context& context, const Entry& link, const std::string& group,
                                   ModelKind kind, std::optional<std::int64_t> count, double dt,
                                   double& every) {
    std::optional<PlacedModel> placed;
    base::Span every_span = link.key_span;
    const Node* every_node = nullptr;
    if (const auto* text = std::get_if<Text>(&link.node.value)) {
        if (auto model = load_model(context, *text, kind)) placed = {std::move(model->text), model->every};
        if (placed) placed->text.span = document::content_span(*text);
    } else if (const Table* table =
                   document::as_table(context, link.node, link.key, link.key + " = \"NAME\"")) {
        Fields fields(context, *table, link.key_span, "[synapses." + group + "." + link.key + "]");
        placed = place_model(context, fields, kind, count);
        if (kind == ModelKind::structure && (every_node = fields.find("every"))) {
            const auto period =
                read_positive(context, *every_node, {"every", dimension_time(), "\"1 s\"", false, false, {}});
            if (placed) placed->every = period.value_or(0.0);
            every_span = every_node->span;
        }
        fields.finish();
    }
    if (!placed) return std::nullopt;
    if (kind == ModelKind::structure) {
        if (placed->every == 0.0 && !every_node)
            context.error(Code::E304, link.key_span, "'every' is missing in 'structure'",
                          "such as every = \"1 s\"");
        check_multiple(context, every_span, "every", placed->every, dt);
        every = placed->every;
    }
    return std::move(placed->text);
}

/// What only a chain has, or only a synapse written whole.
void refuse_mixture(const Context& context, const Table& table, const Fields& fields, SynapseSpec& spec) {
    for (const char* key : {"release", "plasticity", "structure", "target"}) {
        if (!document::find_entry(table, key)) continue;
        context.error(
            Code::E311, fields.key_span(key),
            document::in_quotes(key) + " belongs to a chain, but " + fields.what() + " has a text of its own",
            "leave one of them out");
    }
    const Entry* plastic = document::find_entry(table, "plastic");
    const auto* value = plastic ? std::get_if<bool>(&plastic->node.value) : nullptr;
    if (value && !*value) {
        context.error(Code::E311, plastic->key_span, "a synapse written whole cannot be frozen by 'plastic'",
                      "write it as a chain");
        spec.plastic = true;
    }
}

/// Whether all its links could be read.
bool read_chain(const Context& context, const Table& table, Fields& fields, SynapseSpec& spec, double dt) {
    const auto count = known_count(spec);
    double unused = 0.0;
    bool complete = true;
    const auto read = [&](const char* key, ModelKind kind, double& every) {
        const Entry* link = document::find_entry(table, key);
        auto text = link ? read_link(context, *link, spec.name, kind, count, dt, every) : std::nullopt;
        complete = complete && (text || !link);
        return text;
    };
    spec.release = read("release", ModelKind::release, unused);
    spec.plasticity = read("plasticity", ModelKind::plasticity, unused);
    spec.structure = read("structure", ModelKind::structure, spec.structure_every);
    const Node* target = fields.need("target", "target = \"g_exc\"");
    if (const Text* text = target ? document::as_text(context, *target, "target") : nullptr) {
        spec.target = text->source->text;
        spec.target_span = document::content_span(*text);
    }
    return complete;
}

void check_pathway_names(const Context& context, const ModelText& whole) {
    std::set<std::string> names;
    for (const auto* blocks : {&whole.on_pre, &whole.on_post})
        for (const auto& block : *blocks)
            if (block.named && !names.insert(block.name).second)
                context.error(Code::E308, block.span,
                              "there are two pathways called " + document::in_quotes(block.name));
}

/// One delay, or in a synapse written whole a table of delays by pathway.
void read_delays(const Context& context, const Node& node, SynapseSpec& spec) {
    const auto read = [&](const Node& value, const std::string& pathway, const base::Span& span) {
        const ValueRule rule{
            pathway.empty() ? "delay" : pathway, dimension_time(), "\"1.5 ms\"", true, false, {}};
        if (auto found = read_value(context, value, rule))
            spec.delays.push_back({pathway, span, std::move(*found)});
    };
    const auto* table = std::get_if<Table>(&node.value);
    if (!table) return read(node, "", node.span);
    if (spec.is_chain) {
        context.error(Code::E305, node.span, "the 'delay' of a chain is one value", "such as \"1.5 ms\"");
        return;
    }
    std::vector<std::string> names;
    for (const auto* blocks : {&spec.whole.on_pre, &spec.whole.on_post})
        for (const auto& block : *blocks) names.push_back(block.name);
    const std::set<std::string> known(names.begin(), names.end());
    for (const Entry& entry : *table) {
        if (known.contains(entry.key))
            read(entry.node, entry.key, entry.key_span);
        else
            context.error(Code::E303, entry.key_span, "there is no pathway " + document::in_quotes(entry.key),
                          context.did_you_mean(entry.key, names));
    }
}

/// A column of the connection file that another key gives as well.
void refuse_columns_given_twice(const Context& context, SynapseSpec& spec) {
    std::set<std::string> columns;
    for (const auto& column : spec.connect.columns) columns.insert(column.name);
    const auto refuse = [&](const std::string& name, const base::Span& span) {
        if (columns.contains(name))
            context.error(Code::E311, span,
                          document::in_quotes(name) + " is a column of the file of connections already");
    };
    if (!spec.delays.empty() && columns.contains("delay")) {
        refuse("delay", spec.delays.front().span);
        spec.delays.clear();
    }
    for (const auto* list : {&spec.parameters, &spec.initial})
        for (const auto& assignment : *list) refuse(assignment.name, assignment.name_span);
}

}  // namespace

std::optional<SynapseSpec> read_synapses(const Context& context, const Entry& group, const Groups& groups,
                                         double dt) {
    const std::string what = "[synapses." + group.key + "]";
    const Table* table = document::as_table(context, group.node, group.key, what);
    if (!table) return std::nullopt;
    Fields fields(context, *table, group.key_span, what);
    SynapseSpec spec;
    spec.name = group.key;
    spec.span = group.key_span;
    for (const char* link : {"release", "plasticity", "structure", "target"}) fields.find(link);

    const Node* from_node = fields.need("from", "from = \"cells[0:80]\"");
    const Node* to_node = fields.need("to", "to = \"cells\"");
    auto from = from_node ? read_group(context, *from_node, "from", groups) : std::nullopt;
    auto to = to_node ? read_group(context, *to_node, "to", groups) : std::nullopt;
    const auto known = [](const std::optional<GroupRef>& end) {
        return end && end->size() > 0 ? end : std::nullopt;
    };
    const Node* connect_node = fields.need("connect", "connect = { rule = \"fixed_probability\", p = 0.02 }");
    auto connect = connect_node ? read_connect(context, *connect_node, known(from), known(to)) : std::nullopt;
    if (connect)
        spec.connect = std::move(*connect);
    else
        spec.connect.unread = true;
    bool complete = from && to;
    if (from) spec.from = std::move(*from);
    if (to) spec.to = std::move(*to);

    const auto errors = context.diagnostics.error_count();
    const auto texts = read_texts(context, fields, ModelKind::synapse, spec.whole);
    complete = complete && context.diagnostics.error_count() == errors;
    spec.is_chain = !texts.any;
    spec.method = spec.whole.method;
    spec.method_span = spec.whole.method_span;
    spec.whole.span = group.key_span;
    if (const Node* plastic = fields.find("plastic"))
        spec.plastic = document::as_bool(context, *plastic, "plastic").value_or(true);
    if (spec.is_chain)
        complete = read_chain(context, *table, fields, spec, dt) && complete;
    else
        refuse_mixture(context, *table, fields, spec);
    check_pathway_names(context, spec.whole);

    if (const Node* delay = fields.find("delay")) read_delays(context, *delay, spec);
    if (const Node* delay = fields.find("dendritic_delay"))
        spec.dendritic_delay =
            read_value(context, *delay, {"dendritic_delay", dimension_time(), "\"0.5 ms\"", true, false, {}});
    const auto count = known_count(spec);
    if (const Node* node = fields.find("parameters"))
        spec.parameters = spec.is_chain ? read_assignments(context, *node, "parameters", count)
                                        : read_parameters(context, *node, count, spec.whole.declarations);
    if (const Node* node = spec.is_chain ? nullptr : fields.find("variables"))
        read_variables(context, *node, spec.whole.declarations);
    if (const Node* node = fields.find("initial"))
        spec.initial = read_assignments(context, *node, "initial", count);
    refuse_common_names(context, spec.parameters, spec.initial);
    refuse_columns_given_twice(context, spec);
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

}  // namespace bouton::model
