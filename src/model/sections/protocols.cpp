// SPDX-License-Identifier: BSD-3-Clause
// [[run_regularly]] and [[record]]: what happens to groups and what is kept of them.
#include "model/model_text.hpp"
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <climits>
#include <map>
#include <set>
#include <tuple>

namespace bouton::model {
namespace {

using base::Code;
using document::Array;
using document::Context;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

std::optional<double> read_period(const Context& context, const Node& node, const char* key, double dt) {
    const auto period =
        read_positive(context, node, {key, dimension_time(), "\"10 ms\"", false, false, std::nullopt});
    if (period) check_multiple(context, node.span, key, *period, dt);
    return period;
}

/// Beside what is recorded the results say when, and of which elements.
void refuse_names_of_results(const Context& context, const RecordSpec& spec) {
    const bool at_events = !spec.at.empty();
    for (const auto& [name, span] : spec.variables) {
        std::string what;
        if (name == "time") what = at_events ? "the times of events" : "the times of samples";
        if (name == "indices" && !at_events) what = "the numbers of elements";
        if (name == "synapse" && at_events) what = "the numbers of synapses";
        if (what.empty()) continue;
        context.error(Code::E316, span,
                      "the results hold " + what + " under the name " + document::in_quotes(name),
                      "record it under another name, by a subexpression: x = " + name + " : UNIT");
    }
}

void read_variables(const Context& context, const Node& node, RecordSpec& spec) {
    const Array* items = document::as_array(context, node, "variables", "variables = [\"v\"]");
    if (!items) return;
    std::set<std::string> names;
    for (const Node& item : *items) {
        const Text* text = document::as_text(context, item, "variables");
        if (!text) continue;
        if (!names.insert(text->source->text).second)
            context.error(Code::E308, document::content_span(*text),
                          document::in_quotes(text->source->text) + " stands twice in 'variables'");
        spec.variables.emplace_back(text->source->text, document::content_span(*text));
    }
    if (items->empty())
        context.error(Code::E304, node.span, "'variables' names no variable", "such as [\"v\"]");
}

/// The group that is recorded: a neuron group or a slice of it, or where `synapses` is set also a synapse group.
void read_recorded(const Context& context, const Node& node, std::string_view key, const Groups& groups,
                   bool synapses, RecordSpec& spec) {
    const Text* text = document::as_text(context, node, key);
    if (!text) return;
    const std::string& given = text->source->text;
    const auto bracket = given.find('[');
    if (bracket == std::string::npos) {
        spec.of = read_whole_group(context, node, key, groups, synapses).value_or("");
        return;
    }
    if (synapses && groups.has_synapses(given.substr(0, given.find_last_not_of(' ', bracket - 1) + 1))) {
        context.error(Code::E310, document::content_span(*text), "a slice is of neurons",
                      "choose synapses with indices = [0, 1]");
        return;
    }
    const auto part = read_group(context, node, key, groups);
    if (!part) return;
    spec.of = part->group;
    if (part->size() > 0) spec.slice = {part->begin, part->end};
}

/// `at`: records at events, whatever the time.
void read_at(const Context& context, const Node& node, Fields& fields, const Groups& groups,
             RecordSpec& spec) {
    const Text* text = document::as_text(context, node, "at");
    if (!text) return;
    spec.at = text->source->text;
    spec.at_span = document::content_span(*text);
    if (spec.at.empty())
        context.error(Code::E308, spec.at_span, "'at' names no pathway",
                      "such as \"pre\", \"post\", or a name in on_pre or on_post");
    if (fields.find("every"))
        context.error(Code::E311, fields.key_span("every"),
                      "'at' records at events, which 'every' cannot choose", "leave one of them out");
    if (groups.find_neurons(spec.of))
        context.error(Code::E311, spec.at_span,
                      "'at' is for synapses, and " + document::in_quotes(spec.of) + " are neurons",
                      "name a synapse group in 'of', or sample the neurons with 'every'");
}

/// `indices` of a neuron group must exist; how many synapses there are is not known yet.
void read_chosen(const Context& context, const Node& node, const Groups& groups, RecordSpec& spec) {
    const auto* neurons = groups.find_neurons(spec.of);
    const std::int64_t end = neurons && neurons->size > 0 ? neurons->size - 1 : INT64_MAX;
    if (std::holds_alternative<document::Numbers>(node.value)) {
        const auto numbers = read_indices(
            context, node, "indices", std::min(end, std::int64_t{INT32_MAX - 1}) + 1, "indices = [0, 10]");
        if (numbers) spec.indices.emplace(numbers->begin(), numbers->end());
        return;
    }
    const Array* items = document::as_array(context, node, "indices", "indices = [0, 10]");
    if (!items) return;
    spec.indices.emplace();
    for (const Node& item : *items)
        if (const auto index = document::as_integer(context, item, "indices", 0, end))
            spec.indices->push_back(*index);
    if (items->empty())
        context.error(Code::E304, node.span, "'indices' names no element", "leave it out to record all");
}

bool same_moments(const RecordSpec& a, const RecordSpec& b) {
    return a.at.empty() && a.every == b.every && a.indices == b.indices && a.slice == b.slice;
}

}  // namespace

std::optional<RegularSpec> read_regular(const Context& context, const Node& item, const Groups& groups,
                                        double dt) {
    const Table* table = document::as_table(context, item, "run_regularly", "[[run_regularly]]");
    if (!table) return std::nullopt;
    Fields fields(context, *table, item.span, "[[run_regularly]]");
    RegularSpec spec;
    spec.span = item.span;
    if (const Node* of = fields.need("of", "of = \"exc\""))
        spec.of = read_whole_group(context, *of, "of", groups, true).value_or("");
    if (const Node* every = fields.need("every", "every = \"1 s\""))
        spec.every = read_period(context, *every, "every", dt).value_or(0.0);
    const auto errors = context.diagnostics.error_count();
    if (const Node* code = fields.need("code", "code = \"w *= 0.99\""))
        spec.statements = read_statements(context, *code, "code");
    const bool complete = !spec.of.empty() && context.diagnostics.error_count() == errors;
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

namespace {

void read_record_name(const Context& context, const Node& node, RecordSpec& spec) {
    const Text* text = document::as_text(context, node, "name");
    if (!text) return;
    spec.name = text->source->text;
    if (!document::is_identifier(spec.name))
        context.error(Code::E308, document::content_span(*text),
                      document::in_quotes(spec.name) + " is not a name",
                      "letters, digits and _, not beginning with a digit");
}

/// A record of none or of several kinds: all keys are known, so that only misspelt ones are told beside it.
void refuse_kind(const Context& context, Fields& fields, const Node& item, bool none) {
    for (const char* key : {"name", "bin", "of", "every", "at", "indices", "float32"}) fields.find(key);
    const bool all_known = fields.finish();
    if (none && !all_known) return;  // a misspelt key is the kind, or should become it
    context.error(none ? Code::E304 : Code::E311, item.span,
                  "a record needs one of 'spikes', 'rate' and 'variables'", "such as spikes = \"cells\"");
}

}  // namespace

std::optional<RecordSpec> read_record(const Context& context, const Node& item, const Groups& groups,
                                      double dt) {
    const Table* table = document::as_table(context, item, "record", "[[record]]");
    if (!table) return std::nullopt;
    Fields fields(context, *table, item.span, "[[record]]");
    RecordSpec spec;
    spec.span = item.span;
    const Node* spikes = fields.find("spikes");
    const Node* rate = fields.find("rate");
    const Node* variables = fields.find("variables");
    const int kinds = (spikes != nullptr) + (rate != nullptr) + (variables != nullptr);
    if (kinds != 1) {
        refuse_kind(context, fields, item, kinds == 0);
        return std::nullopt;
    }
    if (const Node* name = fields.find("name")) read_record_name(context, *name, spec);
    if (spikes) read_recorded(context, *spikes, "spikes", groups, false, spec);
    if (rate) {
        spec.kind = RecordKind::rate;
        read_recorded(context, *rate, "rate", groups, false, spec);
        if (const Node* bin = fields.need("bin", "bin = \"10 ms\""))
            spec.bin = read_period(context, *bin, "bin", dt).value_or(0.0);
    }
    if (variables) {
        spec.kind = RecordKind::variables;
        read_variables(context, *variables, spec);
        if (const Node* of = fields.need("of", "of = \"cells\""))
            read_recorded(context, *of, "of", groups, true, spec);
        if (const Node* every = fields.find("every"))
            spec.every = read_period(context, *every, "every", dt).value_or(0.0);
        if (const Node* at = fields.find("at")) read_at(context, *at, fields, groups, spec);
        refuse_names_of_results(context, spec);
        if (const Node* indices = fields.find("indices")) {
            read_chosen(context, *indices, groups, spec);
            if (spec.slice)
                context.error(Code::E311, fields.key_span("indices"), "the slice in 'of' says already which",
                              "leave one of them out; 'indices' count in the whole group");
        }
        if (const Node* single = fields.find("float32"))
            spec.single = document::as_bool(context, *single, "float32").value_or(false);
    }
    fields.finish();
    return spec.of.empty() ? std::nullopt : std::optional(std::move(spec));
}

void check_record_names(const Context& context, const std::vector<const RecordSpec*>& records) {
    struct Known {
        const RecordSpec* first;
        std::set<std::string> variables;
    };
    using Place = std::tuple<RecordKind, bool, std::string>;  // whether at events; the name
    std::map<Place, Known> known;
    for (const RecordSpec* next : records) {
        const RecordSpec& record = *next;
        const std::string& shown = record.name.empty() ? record.of : record.name;
        const auto [place, fresh] =
            known.try_emplace({record.kind, !record.at.empty(), shown}, Known{&record, {}});
        Known& earlier = place->second;
        bool joins = fresh || (record.kind == RecordKind::variables && record.of == earlier.first->of &&
                               same_moments(*earlier.first, record));
        for (const auto& [name, span] : record.variables)
            joins = (earlier.variables.insert(name).second || fresh) && joins;
        if (joins) continue;
        context.error(Code::E316, record.span,
                      "this record and an earlier one would both be called " + document::in_quotes(shown) +
                          " in the results",
                      "give one of them a name = \"...\"");
    }
}

}  // namespace bouton::model
