// SPDX-License-Identifier: BSD-3-Clause
// Numbers, quantities, expressions and lists of numbers, with the checks that need no knowledge of the model.
#include "model/values.hpp"

#include "document/csv.hpp"
#include "document/fields.hpp"
#include "lang/parser.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
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

std::string such_as(const ValueRule& rule) { return rule.example.empty() ? "" : "such as " + rule.example; }

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }

/// Whether a number and then, after a blank or at once, a letter begins the text: "20 ms", never an expression.
bool looks_like_quantity(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n+-");
    if (first == std::string_view::npos ||
        !(std::isdigit(static_cast<unsigned char>(text[first])) || text[first] == '.'))
        return false;
    double number = 0.0;
    const char* stop = std::from_chars(text.data() + first, text.data() + text.size(), number).ptr;
    const auto after = static_cast<std::size_t>(stop - text.data());
    const auto word = text.find_first_not_of(" \t", after);
    if (word == std::string_view::npos || !is_letter(text[word])) return false;
    const auto end =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(word), text.end(), is_letter);
    const std::string_view name(text.data() + word, static_cast<std::size_t>(end - text.begin()) - word);
    return name != "and" && name != "or";
}

/// Whether every word is a unit of expressions; "2*m" is not: there m is the name of a variable.
bool has_only_long_units(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (std::isdigit(static_cast<unsigned char>(text[at])) || text[at] == '.') {
            ++at;
            const bool exponent = at < text.size() && (text[at] == 'e' || text[at] == 'E');
            if (exponent) ++at;
        } else if (is_letter(text[at])) {
            std::size_t end = at;
            while (end < text.size() &&
                   (is_letter(text[end]) || std::isdigit(static_cast<unsigned char>(text[end]))))
                ++end;
            if (!base::find_unit(text.substr(at, end - at))) return false;
            at = end;
        } else {
            ++at;
        }
    }
    return true;
}

/// inf, nan and their negatives: names to the parser, never values of a field.
bool is_infinite_word(const lang::Expr& expr) {
    if (const auto* unary = std::get_if<lang::Unary>(&expr.node)) return is_infinite_word(*unary->operand);
    const auto* name = std::get_if<lang::Name>(&expr.node);
    return name && (name->id == "inf" || name->id == "nan");
}

bool fits(const Context& context, const base::Span& span, double value, base::Dimension dimension,
          const ValueRule& rule) {
    if (!std::isfinite(value)) {
        context.error(Code::E407, span, document::in_quotes(rule.name) + " is not a finite number");
        return false;
    }
    if (rule.dimension && dimension != *rule.dimension && !(value == 0.0 && dimension.is_dimensionless())) {
        context.error(Code::E307, span,
                      document::in_quotes(rule.name) + " must have the unit " + rule.dimension->to_string() +
                          ", not " + dimension.to_string(),
                      such_as(rule));
        return false;
    }
    if (rule.non_negative && value < 0.0) {
        context.error(Code::E306, span, document::in_quotes(rule.name) + " must not be negative",
                      such_as(rule));
        return false;
    }
    return true;
}

std::optional<ScalarValue> scalar(const Context& context, const Node& node, const ValueRule& rule) {
    if (const auto number = document::plain_number(node)) {
        if (!fits(context, node.span, *number, {}, rule)) return std::nullopt;
        return ScalarValue{*number, rule.dimension.value_or(base::Dimension())};
    }
    const auto* text = std::get_if<Text>(&node.value);
    if (!text) {
        context.error(Code::E305, node.span,
                      document::in_quotes(rule.name) + " must be a number with its unit, not " +
                          document::kind_of(node),
                      such_as(rule));
        return std::nullopt;
    }
    const auto quantity = lang::parse_quantity(text->source, context.diagnostics);
    if (!quantity ||
        !fits(context, document::content_span(*text), quantity->value, quantity->dimension, rule))
        return std::nullopt;
    return ScalarValue{quantity->value, rule.dimension.value_or(quantity->dimension)};
}

std::optional<Value> text_value(const Context& context, const Text& text, const ValueRule& rule) {
    const std::string& content = text.source->text;
    const base::Span span = document::content_span(text);
    const bool juxtaposed = looks_like_quantity(content);
    auto quantity = lang::try_quantity(text.source);
    if (quantity && !juxtaposed && !has_only_long_units(content)) quantity.reset();
    if (!quantity && juxtaposed) {
        lang::parse_quantity(text.source, context.diagnostics);  // says what is wrong with it
        return std::nullopt;
    }
    if (quantity) {
        if (!fits(context, span, quantity->value, quantity->dimension, rule)) return std::nullopt;
        return Value{span, ScalarValue{quantity->value, rule.dimension.value_or(quantity->dimension)}};
    }
    auto expr = lang::parse_expression(text.source, context.diagnostics);
    if (!expr) return std::nullopt;
    if (is_infinite_word(*expr)) {
        context.error(Code::E407, span, document::in_quotes(rule.name) + " is not a finite number");
        return std::nullopt;
    }
    return Value{span, std::move(expr)};
}

/// The column of { file = "v0.csv" } that is called as the variable. `unit_node`: the unit of { file, unit }, which is
/// then that of the numbers, and a column is called by the name alone.
std::optional<ArrayValue> column_value(const Context& context, const Node& file, const Node* unit_node,
                                       const ValueRule& rule) {
    std::optional<base::Unit> unit;
    if (unit_node && !(unit = read_unit(context, *unit_node))) return std::nullopt;
    auto csv = document::read_csv(context, file);
    if (!csv) return std::nullopt;
    int found = 0;
    const auto column = document::find_column(*csv, rule.name, &found);
    if (!column) {
        context.error(Code::E404, csv->header_span(),
                      (found == 0 ? "no column" : "more than one column") + std::string(" for ") +
                          document::in_quotes(rule.name),
                      "a column is called as the variable, with its unit: " + rule.name + "_mV");
        return std::nullopt;
    }
    if (unit && column->unit) {
        context.error(Code::E311, unit_node->span,
                      "the unit stands in the column's name already: " +
                          document::in_quotes(csv->header[column->index]),
                      "give it once");
        return std::nullopt;
    }
    if (!unit) unit = column->unit;
    const auto dimension = unit ? unit->dimension : rule.dimension.value_or(base::Dimension());
    return ArrayValue{document::take_column(*csv, {column->index, unit}), dimension, !unit};
}

std::optional<Value> array_value(const Context& context, const Node& node, const ValueRule& rule) {
    Fields fields(context, std::get<Table>(node.value), node.span, document::in_quotes(rule.name));
    const Node* file = fields.find("file");
    std::optional<ArrayValue> array;
    if (file) {
        array = column_value(context, *file, fields.find("unit"), rule);
    } else if (auto list = read_number_list(context, fields)) {
        array = ArrayValue{std::move(list->values), list->dimension};
    }
    fields.finish();
    if (!array) return std::nullopt;
    const auto size = static_cast<std::int64_t>(array->values->size());
    if (rule.count && size != *rule.count) {
        context.error(Code::E405, node.span,
                      document::in_quotes(rule.name) + " has " + std::to_string(size) + " values for " +
                          std::to_string(*rule.count) + " elements");
        return std::nullopt;
    }
    return Value{node.span, std::move(*array)};
}

}  // namespace

base::Dimension dimension_time() { return base::Dimension::of(base::Dimension::time); }
base::Dimension dimension_rate() { return base::Dimension() / dimension_time(); }

std::optional<double> read_quantity(const Context& context, const Node& node, const ValueRule& rule) {
    const auto value = scalar(context, node, rule);
    return value ? std::optional(value->value) : std::nullopt;
}

std::optional<double> read_positive(const Context& context, const Node& node, const ValueRule& rule) {
    const auto value = read_quantity(context, node, rule);
    if (!value || *value > 0.0) return value;
    context.error(Code::E306, node.span, document::in_quotes(rule.name) + " must be above zero",
                  such_as(rule));
    return std::nullopt;
}

std::optional<Value> read_value(const Context& context, const Node& node, const ValueRule& rule) {
    if (const auto* text = std::get_if<Text>(&node.value)) return text_value(context, *text, rule);
    if (rule.arrays && std::holds_alternative<Table>(node.value)) return array_value(context, node, rule);
    if (const auto* flag = std::get_if<bool>(&node.value); flag && !rule.dimension)
        return Value{node.span, lang::make_expr(node.span, lang::Boolean{*flag})};
    const auto value = scalar(context, node, rule);
    if (!value) return std::nullopt;
    return Value{node.span, *value};
}

std::vector<Assignment> read_assignments(const Context& context, const Node& node, std::string_view key,
                                         std::optional<std::int64_t> count) {
    std::vector<Assignment> result;
    const Table* table = document::as_table(context, node, key, std::string(key) + " = { tau = \"20 ms\" }");
    if (!table) return result;
    for (const Entry& entry : *table) {
        if (!document::is_identifier(entry.key)) {
            context.error(Code::E308, entry.key_span, document::in_quotes(entry.key) + " is not a name");
            continue;
        }
        ValueRule rule{entry.key, std::nullopt, "\"20 ms\"", false, true, count};
        auto value = read_value(context, entry.node, rule);
        result.push_back({entry.key, entry.key_span, value ? std::move(*value) : unread(entry.node.span)});
    }
    return result;
}

void refuse_common_names(const Context& context, const std::vector<Assignment>& parameters,
                         std::vector<Assignment>& initial) {
    std::set<std::string> names;
    for (const auto& other : parameters) names.insert(other.name);
    std::erase_if(initial, [&](const Assignment& assignment) {
        if (!names.contains(assignment.name)) return false;
        context.error(Code::E311, assignment.name_span,
                      document::in_quotes(assignment.name) + " stands in 'parameters' and in 'initial'");
        return true;
    });
}

void check_multiple(const Context& context, const base::Span& span, std::string_view key, double period,
                    double dt) {
    if (!(period > 0.0) || !(dt > 0.0)) return;
    const double steps = period / dt;
    const double rounded = std::round(steps);
    if (steps < 1.0 - 1e-4)
        context.error(Code::E313, span,
                      document::in_quotes(key) + " is shorter than a step of the simulation");
    else if (std::abs(steps - rounded) > 1e-4 + 1e-12 * rounded)
        context.error(Code::E313, span,
                      document::in_quotes(key) + " must be a whole number of steps of the simulation");
}

}  // namespace bouton::model
