// SPDX-License-Identifier: BSD-3-Clause
// Ranges, units and words of explanation that a model gives with its parameters and variables.
#include "model/declarations.hpp"

#include "lang/parser.hpp"
#include "model/values.hpp"

namespace bouton::model {
namespace {

using base::Code;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;
using document::Text;

/// A table that says something of a parameter, not one that holds a number per element.
const Table* as_declaration(const Node& node) {
    const auto* table = std::get_if<Table>(&node.value);
    if (!table || document::find_entry(*table, "values") || document::find_entry(*table, "file"))
        return nullptr;
    return table;
}

std::string read_words(const Context& context, Fields& fields, const char* key) {
    const Node* node = fields.find(key);
    const Text* text = node ? document::as_text(context, *node, key) : nullptr;
    return text ? text->source->text : std::string();
}

/// The name of one unit, with or without a prefix, or the unit of an equation ("target_unit", "integer").
void read_unit_of(const Context& context, const Node& node, Declaration& declaration) {
    const Text* text = document::as_text(context, node, "unit");
    if (!text) return;
    declaration.unit_text = text->source->text;
    if (const auto unit = base::find_unit_in_field(declaration.unit_text))
        declaration.dimension = unit->dimension;
    else
        declaration.unit = lang::parse_expression(text->source, context.diagnostics);
}

std::optional<Value> read_bound(const Context& context, Fields& fields, const char* key) {
    const Node* node = fields.find(key);
    if (!node) return std::nullopt;
    return read_value(context, *node, {key, std::nullopt, "0", false, false, std::nullopt});
}

Declaration read_declaration(const Context& context, Fields& fields, const Entry& entry) {
    Declaration declaration;
    declaration.name = entry.key;
    declaration.name_span = entry.key_span;
    if (const Node* unit = fields.find("unit")) read_unit_of(context, *unit, declaration);
    declaration.low = read_bound(context, fields, "min");
    declaration.high = read_bound(context, fields, "max");
    auto above = read_bound(context, fields, "above");
    if (above && declaration.low)
        context.error(Code::E311, fields.key_span("above"), "'min' and 'above' are two lower bounds",
                      "leave one of them out");
    declaration.low_excluded = above.has_value();
    if (above) declaration.low = std::move(above);
    declaration.about = read_words(context, fields, "about");
    declaration.hint = read_words(context, fields, "hint");
    return declaration;
}

bool check_name(const Context& context, const Entry& entry) {
    if (document::is_identifier(entry.key)) return true;
    context.error(Code::E308, entry.key_span, document::in_quotes(entry.key) + " is not a name");
    return false;
}

}  // namespace

std::vector<Assignment> read_parameters(const Context& context, const Node& node,
                                        std::optional<std::int64_t> count,
                                        std::vector<Declaration>& declarations) {
    std::vector<Assignment> result;
    const Table* table = document::as_table(context, node, "parameters", "parameters = { tau = \"20 ms\" }");
    if (!table) return result;
    for (const Entry& entry : *table) {
        if (!check_name(context, entry)) continue;
        const Table* declared = as_declaration(entry.node);
        const Node* value = declared ? nullptr : &entry.node;
        if (declared) {
            Fields fields(context, *declared, entry.key_span, document::in_quotes(entry.key));
            value = fields.find("value");
            auto declaration = read_declaration(context, fields, entry);
            declaration.required = value == nullptr;
            declarations.push_back(std::move(declaration));
            fields.finish();
        }
        if (!value) continue;
        const ValueRule rule{entry.key, std::nullopt, "\"20 ms\"", false, true, count};
        auto found = read_value(context, *value, rule);
        result.push_back({entry.key, entry.key_span, found ? std::move(*found) : unread(value->span)});
    }
    return result;
}

void read_variables(const Context& context, const Node& node, std::vector<Declaration>& declarations) {
    const std::string example = "variables = { w = { min = 0, max = \"w_max\" } }";
    const Table* table = document::as_table(context, node, "variables", example);
    if (!table) return;
    for (const Entry& entry : *table) {
        const Table* declared = check_name(context, entry)
                                    ? document::as_table(context, entry.node, entry.key, example)
                                    : nullptr;
        if (!declared) continue;
        Fields fields(context, *declared, entry.key_span, document::in_quotes(entry.key));
        auto declaration = read_declaration(context, fields, entry);
        declaration.of_variable = true;
        declarations.push_back(std::move(declaration));
        fields.finish();
    }
}

}  // namespace bouton::model
