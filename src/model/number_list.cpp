// SPDX-License-Identifier: BSD-3-Clause
// Lists of numbers with one unit: { values = [1, 2.5], unit = "mV" }.
#include "document/fields.hpp"
#include "model/values.hpp"

#include <cmath>

namespace bouton::model {

using base::Code;
using document::Array;
using document::Context;
using document::Fields;
using document::Node;
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

std::optional<NumberList> read_number_list(const Context& context, Fields& fields) {
    const Node* unit_node = fields.find("unit");
    const Node* values_node = fields.need("values", "values = [1, 2.5]");
    const auto unit = unit_node ? read_unit(context, *unit_node) : base::Unit();
    const Array* items = values_node ? document::as_array(context, *values_node, "values") : nullptr;
    if (!items) return std::nullopt;
    const double scale = unit ? unit->scale : 1.0;
    bool good = unit.has_value();
    NumberList list{std::make_shared<std::vector<double>>(), unit ? unit->dimension : base::Dimension()};
    list.values->reserve(items->size());
    for (const Node& item : *items) {
        const auto number = document::plain_number(item);
        if (!number) {
            context.error(Code::E305, item.span,
                          std::string("'values' must hold numbers, not ") + document::kind_of(item),
                          "the unit stands in 'unit'");
        } else if (!std::isfinite(*number * scale)) {
            context.error(Code::E407, item.span, "this value is not a finite number");
        } else {
            list.values->push_back(*number * scale);
            continue;
        }
        good = false;
    }
    return good ? std::optional(std::move(list)) : std::nullopt;
}

}  // namespace bouton::model
