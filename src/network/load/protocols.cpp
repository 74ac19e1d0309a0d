// SPDX-License-Identifier: BSD-3-Clause
// [[run_regularly]] and [[record]]: what happens to groups and what is kept of them.
#include "network/load/model_text.hpp"
#include "network/load/sections.hpp"
#include "network/load/values.hpp"

#include <climits>

namespace bouton::network {
namespace {

using analysis::RecordKind;
using analysis::RecordSpec;
using base::Code;

std::optional<double> read_period(const Context& context, const Node& node, const char* key, double dt) {
    const auto period =
        read_positive(context, node, {key, dimension_time(), "\"10 ms\"", false, false, std::nullopt});
    if (period) check_multiple(context, node.span, key, *period, dt);
    return period;
}

/// Beside what is sampled the results say when, and of which elements.
void refuse_names_of_results(const Context& context, const Text& variable) {
    const std::string& name = variable.source->text;
    if (name != "time" && name != "indices") return;
    const std::string what = name == "time" ? "the times of samples" : "the numbers of elements";
    context.error(Code::E316, content_span(variable),
                  "the results hold " + what + " under the name " + in_quotes(name),
                  "record it under another name, by a subexpression: x = " + name + " : UNIT");
}

void read_variables(const Context& context, const Node& node, RecordSpec& spec) {
    const Array* items = as_array(context, node, "variables", "variables = [\"v\"]");
    if (!items) return;
    for (const Node& item : *items) {
        const Text* text = as_text(context, item, "variables");
        if (!text) continue;
        for (const auto& [name, span] : spec.variables)
            if (name == text->source->text)
                context.error(Code::E308, content_span(*text),
                              in_quotes(name) + " stands twice in 'variables'");
        refuse_names_of_results(context, *text);
        spec.variables.emplace_back(text->source->text, content_span(*text));
    }
    if (items->empty())
        context.error(Code::E304, node.span, "'variables' names no variable", "such as [\"v\"]");
}

/// `indices` of a neuron group must exist; how many synapses there are is not known yet.
void read_indices(const Context& context, const Node& node, const Groups& groups, RecordSpec& spec) {
    const Array* items = as_array(context, node, "indices", "indices = [0, 10]");
    if (!items) return;
    const auto* neurons = groups.find_neurons(spec.of);
    const std::int64_t end = neurons && neurons->size > 0 ? neurons->size - 1 : INT64_MAX;
    spec.indices.emplace();
    for (const Node& item : *items)
        if (const auto index = as_integer(context, item, "indices", 0, end)) spec.indices->push_back(*index);
    if (items->empty())
        context.error(Code::E304, node.span, "'indices' names no element", "leave it out to record all");
}

bool same_moments(const RecordSpec& a, const RecordSpec& b) {
    return a.every == b.every && a.indices == b.indices;
}

}  // namespace

std::optional<analysis::RegularSpec> read_regular(const Context& context, const Node& item,
                                                  const Groups& groups, double dt) {
    const Table* table = as_table(context, item, "run_regularly", "[[run_regularly]]");
    if (!table) return std::nullopt;
    const auto errors = context.diagnostics.error_count();
    Fields fields(context, *table, item.span, "[[run_regularly]]");
    analysis::RegularSpec spec;
    spec.span = item.span;
    if (const Node* of = fields.need("of", "of = \"exc\""))
        spec.of = read_whole_group(context, *of, "of", groups, true).value_or("");
    if (const Node* every = fields.need("every", "every = \"1 s\""))
        spec.every = read_period(context, *every, "every", dt).value_or(0.0);
    if (const Node* code = fields.need("code", "code = \"w *= 0.99\""))
        spec.statements = read_statements(context, *code, "code");
    fields.finish();
    return context.diagnostics.error_count() > errors ? std::nullopt : std::optional(std::move(spec));
}

std::optional<RecordSpec> read_record(const Context& context, const Node& item, const Groups& groups,
                                      double dt) {
    const Table* table = as_table(context, item, "record", "[[record]]");
    if (!table) return std::nullopt;
    const auto errors = context.diagnostics.error_count();
    Fields fields(context, *table, item.span, "[[record]]");
    RecordSpec spec;
    spec.span = item.span;
    const Node* spikes = fields.find("spikes");
    const Node* rate = fields.find("rate");
    const Node* variables = fields.find("variables");
    if ((spikes != nullptr) + (rate != nullptr) + (variables != nullptr) != 1) {
        context.error(spikes || rate || variables ? Code::E311 : Code::E304, item.span,
                      "a record needs one of 'spikes', 'rate' and 'variables'", "such as spikes = \"cells\"");
        return std::nullopt;
    }
    if (const Node* name = fields.find("name"))
        if (const Text* text = as_text(context, *name, "name")) {
            spec.name = text->source->text;
            if (!is_identifier(spec.name))
                context.error(Code::E308, content_span(*text), in_quotes(spec.name) + " is not a name",
                              "letters, digits and _, not beginning with a digit");
        }
    if (spikes) spec.of = read_whole_group(context, *spikes, "spikes", groups, false).value_or("");
    if (rate) {
        spec.kind = RecordKind::rate;
        spec.of = read_whole_group(context, *rate, "rate", groups, false).value_or("");
        if (const Node* bin = fields.need("bin", "bin = \"10 ms\""))
            spec.bin = read_period(context, *bin, "bin", dt).value_or(0.0);
    }
    if (variables) {
        spec.kind = RecordKind::variables;
        read_variables(context, *variables, spec);
        if (const Node* of = fields.need("of", "of = \"cells\""))
            spec.of = read_whole_group(context, *of, "of", groups, true).value_or("");
        if (const Node* every = fields.find("every"))
            spec.every = read_period(context, *every, "every", dt).value_or(0.0);
        if (const Node* indices = fields.find("indices")) read_indices(context, *indices, groups, spec);
        if (const Node* single = fields.find("float32"))
            spec.single = as_bool(context, *single, "float32").value_or(false);
    }
    fields.finish();
    return context.diagnostics.error_count() > errors ? std::nullopt : std::optional(std::move(spec));
}

void check_record_names(const Context& context, const std::vector<RecordSpec>& records) {
    const auto shown = [](const RecordSpec& record) { return record.name.empty() ? record.of : record.name; };
    for (std::size_t k = 0; k < records.size(); ++k)
        for (std::size_t earlier = 0; earlier < k; ++earlier) {
            const auto& a = records[earlier];
            const auto& b = records[k];
            if (a.kind != b.kind || shown(a) != shown(b)) continue;
            const bool variables = a.kind == RecordKind::variables;
            bool twice = !variables;
            for (const auto& [name, span] : a.variables)
                for (const auto& [other, place] : b.variables) twice = twice || name == other;
            if (a.of == b.of && variables && same_moments(a, b) && !twice) continue;
            context.error(Code::E316, b.span,
                          "this record and an earlier one would both be called " + in_quotes(shown(b)) +
                              " in the results",
                          "give one of them a name = \"...\"");
            break;
        }
}

}  // namespace bouton::network
