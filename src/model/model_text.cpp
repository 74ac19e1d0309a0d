// SPDX-License-Identifier: BSD-3-Clause
// Model keys to parsed texts. Whether a text makes sense is for analysis; here it is only read.
#include "model/model_text.hpp"

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

/// Marks that a text key is there, whatever it holds.
const Node* find_text(Fields& fields, std::string_view key, TextKeys& keys) {
    const Node* node = fields.find(key);
    if (node && !keys.any) keys = {true, fields.key_span(key)};
    return node;
}

/// `on_pre = "..."`, or where `named` is set also `on_pre = { NAME = "...", ... }`.
void read_blocks(const Context& context, const Node& node, const std::string& key, const std::string& name,
                 bool named, std::vector<CodeBlock>& blocks) {
    const auto* table = std::get_if<Table>(&node.value);
    if (!table || !named) {
        if (const Text* text = document::as_text(context, node, key))
            blocks.push_back(
                {name, false, document::content_span(*text), read_statements(context, node, key)});
        return;
    }
    for (const Entry& entry : *table) {
        if (!document::is_identifier(entry.key)) {
            context.error(Code::E308, entry.key_span,
                          document::in_quotes(entry.key) + " is not a name for a pathway");
            continue;
        }
        if (const Text* text = document::as_text(context, entry.node, entry.key))
            blocks.push_back({entry.key, true, document::content_span(*text),
                              read_statements(context, entry.node, entry.key)});
    }
    if (table->empty()) context.error(Code::E304, node.span, document::in_quotes(key) + " holds no pathway");
}

void read_grow(const Context& context, const Node& node, ModelText& text) {
    const auto* table = std::get_if<Table>(&node.value);
    const Node* p = &node;
    if (table) {
        Fields fields(context, *table, node.span, "'grow'");
        p = fields.need("p", "grow = { p = 0.01, condition = \"i != j\" }");
        if (const Node* condition = fields.find("condition"))
            text.grow_condition = read_expression(context, *condition, "condition");
        fields.finish();
    }
    if (!p) return;
    const ValueRule rule{table ? "p" : "grow", base::Dimension(), "0.01", true, false, std::nullopt};
    const auto value = read_value(context, *p, rule);
    if (!value) return;
    if (const auto* expr = std::get_if<lang::ExprPtr>(&value->value)) text.grow = *expr;
    if (const auto* scalar = std::get_if<ScalarValue>(&value->value)) {
        if (scalar->value > 1.0)
            context.error(Code::E306, value->span,
                          document::in_quotes(rule.name) + " is a probability, from 0 to 1");
        text.grow = lang::make_expr(value->span, lang::Number{scalar->value, false});
    }
}

/// A duration ("5 ms") or a condition; a duration becomes the expression `0.005*second`.
lang::ExprPtr read_refractory(const Context& context, const Node& node) {
    const ValueRule rule{"refractory", dimension_time(), "\"5 ms\"", true, false, std::nullopt};
    const auto value = read_value(context, node, rule);
    if (!value) return nullptr;
    if (const auto* expr = std::get_if<lang::ExprPtr>(&value->value)) return *expr;
    const base::Span& span = value->span;
    const double seconds = std::get<ScalarValue>(value->value).value;
    return lang::make_expr(
        span, lang::Binary{lang::BinaryOp::multiply, lang::make_expr(span, lang::Number{seconds, false}),
                           lang::make_expr(span, lang::Name{"second"})});
}

void read_firing(const Context& context, Fields& fields, ModelText& text, TextKeys& keys) {
    const Node* threshold = find_text(fields, "threshold", keys);
    const Node* reset = find_text(fields, "reset", keys);
    const Node* refractory = find_text(fields, "refractory", keys);
    if (threshold) text.threshold = read_expression(context, *threshold, "threshold");
    if (reset) text.reset = read_statements(context, *reset, "reset");
    if (refractory) text.refractory = read_refractory(context, *refractory);
    if (threshold) return;
    for (const char* key : {"reset", "refractory"})
        if (fields.find(key))
            context.error(Code::E304, fields.key_span(key),
                          document::in_quotes(key) + " needs a 'threshold'");
}

}  // namespace

const char* kind_name(ModelKind kind) {
    static constexpr const char* names[] = {"neurons", "release", "plasticity", "structure", "synapse"};
    return names[static_cast<int>(kind)];
}

lang::ExprPtr read_expression(const Context& context, const Node& node, std::string_view key) {
    const Text* text = document::as_text(context, node, key);
    return text ? lang::parse_expression(text->source, context.diagnostics) : nullptr;
}

std::vector<lang::Statement> read_statements(const Context& context, const Node& node, std::string_view key) {
    const Text* text = document::as_text(context, node, key);
    return text ? lang::parse_statements(text->source, context.diagnostics) : std::vector<lang::Statement>();
}

TextKeys read_texts(const Context& context, Fields& fields, ModelKind kind, ModelText& text) {
    TextKeys keys;
    if (kind == ModelKind::structure) {
        if (const Node* node = find_text(fields, "prune", keys))
            text.prune = read_expression(context, *node, "prune");
        if (const Node* node = find_text(fields, "grow", keys)) read_grow(context, *node, text);
        return keys;
    }
    if (const Node* node = find_text(fields, "equations", keys))
        if (const Text* source = document::as_text(context, *node, "equations"))
            text.equations = lang::parse_equations(source->source, context.diagnostics);
    if (kind == ModelKind::neurons) {
        read_firing(context, fields, text, keys);
    } else {
        const bool whole = kind == ModelKind::synapse;
        if (const Node* node = find_text(fields, "on_pre", keys))
            read_blocks(context, *node, "on_pre", "pre", whole, text.on_pre);
        if (const Node* node = find_text(fields, "on_post", keys))
            read_blocks(context, *node, "on_post", "post", whole, text.on_post);
    }
    if (const Node* node = fields.find("method"))
        if (const Text* method = document::as_text(context, *node, "method")) {
            text.method = method->source->text;
            text.method_span = document::content_span(*method);
        }
    return keys;
}

}  // namespace bouton::model
