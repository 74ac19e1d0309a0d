// SPDX-License-Identifier: BSD-3-Clause
// Lists of numbers with one unit, { values = [1, 2.5], unit = "mV" }, and lists of whole numbers; written down or in memory.
#include "document/fields.hpp"
#include "model/values.hpp"

#include <cmath>
#include <cstdint>

namespace bouton::model {

using base::Code;
using document::Array;
using document::Context;
using document::Fields;
using document::Node;
using document::Numbers;
using document::Text;

std::optional<base::Unit> read_unit(const Context& context, const Node& node) {
    const Text* text = document::as_text(context, node, "unit");
    if (!text) return std::nullopt;
    auto unit = base::find_unit_in_field(text->source->text);
    if (!unit && text->source->text == "1") unit = base::Unit();
    if (!unit)
        context.error(Code::E109, document::content_span(*text),
                      "there is no unit " + document::in_quotes(text->source->text),
                      context.did_you_mean(text->source->text, base::unit_names()));
    return unit;
}

namespace {

constexpr int kMostReported = 10;

const document::GivenArray& array_of(const Node& node) { return std::get<Numbers>(node.value).array; }

/// Whether an array is a list of numbers of that kind; reports one that is not.
bool is_list(const Context& context, const Node& node, std::string_view key, bool whole) {
    const document::GivenArray& array = array_of(node);
    if (array.columns == 0 && (array.whole != nullptr) == whole) return true;
    context.error(Code::E405, node.span,
                  document::in_quotes(key) + " must be an array of " + (whole ? "whole numbers" : "numbers") +
                      " with one axis");
    return false;
}

}  // namespace

std::shared_ptr<const std::vector<double>> read_array(const Context& context, const Node& node,
                                                      double scale) {
    const document::GivenArray& array = array_of(node);
    if (!array.values) {
        context.error(Code::E405, node.span, "this must be an array of floats");
        return nullptr;
    }
    const auto& given = *array.values;
    int reported = 0;
    for (std::size_t k = 0; k < given.size() && reported < kMostReported; ++k) {
        if (std::isfinite(given[k] * scale)) continue;
        context.error(Code::E407, node.span, "number " + std::to_string(k) + " of this array is not finite");
        ++reported;
    }
    if (reported > 0) return nullptr;
    if (scale == 1.0) return array.values;
    auto scaled = std::make_shared<std::vector<double>>(given);
    for (double& number : *scaled) number *= scale;
    return scaled;
}

std::shared_ptr<const std::vector<std::int32_t>> read_indices(const Context& context, const Node& node,
                                                              std::string_view key, std::int64_t count,
                                                              const std::string& example) {
    if (std::holds_alternative<Numbers>(node.value)) {
        if (!is_list(context, node, key, true)) return nullptr;
        const auto& numbers = *array_of(node).whole;
        int reported = 0;
        for (std::size_t k = 0; k < numbers.size() && reported < kMostReported; ++k) {
            if (numbers[k] >= 0 && numbers[k] < count) continue;
            context.error(Code::E401, node.span,
                          "number " + std::to_string(k) + " of " + document::in_quotes(key) + " is " +
                              std::to_string(numbers[k]) + ", but there are " + std::to_string(count) +
                              ", counted from 0");
            ++reported;
        }
        return reported == 0 ? array_of(node).whole : nullptr;
    }
    const Array* items = document::as_array(context, node, key, example);
    if (!items) return nullptr;
    auto numbers = std::make_shared<std::vector<std::int32_t>>();
    numbers->reserve(items->size());
    for (const Node& item : *items)
        if (const auto number = document::as_integer(context, item, key, 0, count - 1))
            numbers->push_back(static_cast<std::int32_t>(*number));
    return numbers->size() == items->size() ? numbers : nullptr;
}

std::optional<NumberList> read_number_list(const Context& context, Fields& fields) {
    const Node* unit_node = fields.find("unit");
    const Node* values_node = fields.need("values", "values = [1, 2.5]");
    const auto unit = unit_node ? read_unit(context, *unit_node) : base::Unit();
    const double scale = unit ? unit->scale : 1.0;
    const base::Dimension dimension = unit ? unit->dimension : base::Dimension();
    if (values_node && std::holds_alternative<Numbers>(values_node->value)) {
        auto values = is_list(context, *values_node, "values", false)
                          ? read_array(context, *values_node, scale)
                          : nullptr;
        return values && unit ? std::optional(NumberList{std::move(values), dimension}) : std::nullopt;
    }
    const Array* items = values_node ? document::as_array(context, *values_node, "values") : nullptr;
    if (!items) return std::nullopt;
    bool good = unit.has_value();
    auto values = std::make_shared<std::vector<double>>();
    values->reserve(items->size());
    for (const Node& item : *items) {
        const auto number = document::plain_number(item);
        if (!number) {
            context.error(Code::E305, item.span,
                          std::string("'values' must hold numbers, not ") + document::kind_of(item),
                          "the unit stands in 'unit'");
        } else if (!std::isfinite(*number * scale)) {
            context.error(Code::E407, item.span, "this value is not a finite number");
        } else {
            values->push_back(*number * scale);
            continue;
        }
        good = false;
    }
    return good ? std::optional(NumberList{std::move(values), dimension}) : std::nullopt;
}

}  // namespace bouton::model
