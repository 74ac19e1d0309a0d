// SPDX-License-Identifier: BSD-3-Clause
// [signal.NAME]: samples at equal distances, one column or several, inline or from a CSV file.
#include "document/csv.hpp"
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <charconv>
#include <cmath>

namespace bouton::model {
namespace {

using base::Code;
using document::Array;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;

bool is_number(const std::string& cell) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return end == cell.data() + cell.size() && !cell.empty() && error != std::errc::invalid_argument;
}

/// All columns of the file side by side. Units stand in the header, or once in `unit`.
bool read_signal_file(const Context& context, const Node& file, const std::optional<base::Unit>& unit,
                      SignalSpec& spec) {
    auto csv = document::read_csv(context, file);
    if (!csv) return false;
    std::optional<base::Dimension> dimension;
    std::vector<double> scales;
    for (const std::string& header : csv->header) {
        if (is_number(header)) {
            context.error(
                Code::E404, csv->header_span(),
                document::in_quotes(header) + " is a sample, but the first line of a CSV file is its header",
                "name the columns there, such as a,b or I_nA");
            return false;
        }
        const auto [name, own] = document::split_header(header);
        if (name == "time" || name == "t") {
            context.error(Code::E404, csv->header_span(),
                          "a signal has no column of times: its samples are 'dt' apart");
            return false;
        }
        if (unit && own) {
            context.error(Code::E311, csv->header_span(), "the unit stands in the header and in 'unit'");
            return false;
        }
        const base::Unit used = unit ? *unit : own.value_or(base::Unit());
        if (dimension && *dimension != used.dimension) {
            context.error(Code::E307, csv->header_span(), "the columns of a signal must have one unit");
            return false;
        }
        dimension = used.dimension;
        scales.push_back(used.scale);
    }
    auto values = std::make_shared<std::vector<double>>();
    values->reserve(csv->rows() * scales.size());
    for (std::size_t row = 0; row < csv->rows(); ++row)
        for (std::size_t column = 0; column < scales.size(); ++column)
            values->push_back(csv->columns[column][row] * scales[column]);
    spec.dimension = *dimension;
    spec.columns = static_cast<std::int64_t>(scales.size());
    spec.samples = static_cast<std::int64_t>(csv->rows());
    spec.values = std::move(values);
    return true;
}

/// A flat list is one column; a list of lists has a row for each sample.
bool read_rows(const Context& context, const Array& items, const base::Unit& unit, SignalSpec& spec) {
    auto values = std::make_shared<std::vector<double>>();
    const auto add = [&](const Node& node) {
        const auto number = document::plain_number(node);
        if (!number) {
            context.error(Code::E305, node.span,
                          std::string("'values' must hold numbers, not ") + document::kind_of(node),
                          "the unit stands in 'unit'");
            return false;
        }
        const double value = *number * unit.scale;
        if (!std::isfinite(value)) context.error(Code::E407, node.span, "this value is not a finite number");
        values->push_back(value);
        return std::isfinite(value);
    };
    for (const Node& item : items) {
        const auto* row = std::get_if<Array>(&item.value);
        const auto columns = static_cast<std::int64_t>(row ? row->size() : 1);
        if (&item == &items.front()) spec.columns = columns;
        if (columns != spec.columns || columns == 0) {
            context.error(Code::E405, item.span,
                          "every row of a signal must have the same number of values, at least one");
            return false;
        }
        if (!row && !add(item)) return false;
        if (!row) continue;
        for (const Node& cell : *row)
            if (!add(cell)) return false;
    }
    spec.samples = static_cast<std::int64_t>(items.size());
    spec.dimension = unit.dimension;
    spec.values = std::move(values);
    return true;
}

/// An array in memory: [sample], or [sample, column].
bool read_samples(const Context& context, const Node& node, const base::Unit& unit, SignalSpec& spec) {
    const document::GivenArray& array = std::get<document::Numbers>(node.value).array;
    spec.values = read_array(context, node, unit.scale);
    if (!spec.values) return false;
    spec.columns = static_cast<std::int64_t>(std::max<std::size_t>(1, array.columns));
    spec.samples = static_cast<std::int64_t>(spec.values->size()) / spec.columns;
    spec.dimension = unit.dimension;
    return true;
}

}  // namespace

std::optional<SignalSpec> read_signal(const Context& context, const Entry& signal) {
    const std::string what = "[signal." + signal.key + "]";
    const Table* table = document::as_table(context, signal.node, signal.key, what);
    if (!table) return std::nullopt;
    Fields fields(context, *table, signal.key_span, what);
    SignalSpec spec;
    spec.name = signal.key;
    spec.span = signal.key_span;
    bool complete = true;
    const Node* dt = fields.need("dt", "dt = \"1 ms\"");
    if (dt)
        spec.dt =
            read_positive(context, *dt, {"dt", dimension_time(), "\"1 ms\"", false, false, {}}).value_or(0.0);
    complete = spec.dt > 0.0;

    std::optional<base::Unit> unit;
    if (const Node* node = fields.find("unit")) {
        unit = read_unit(context, *node);
        complete = complete && unit;
    }
    const Node* file = fields.find("file");
    const Node* values = file ? fields.find("values") : fields.need("values", "values = [0, 0.5, 1]");
    if (file && values) {
        context.error(Code::E311, fields.key_span("values"), "the signal is given by 'file' already");
        complete = false;
    } else if (file) {
        complete = read_signal_file(context, *file, unit, spec) && complete;
    } else if (values && std::holds_alternative<document::Numbers>(values->value)) {
        complete = read_samples(context, *values, unit.value_or(base::Unit()), spec) && complete;
    } else if (const Array* items = values ? document::as_array(context, *values, "values") : nullptr) {
        complete = read_rows(context, *items, unit.value_or(base::Unit()), spec) && complete;
    } else {
        complete = false;
    }
    if (complete && spec.samples == 0) {
        context.error(Code::E405, signal.key_span, "the signal has no sample");
        complete = false;
    }
    fields.finish();
    return complete ? std::optional(std::move(spec)) : std::nullopt;
}

}  // namespace bouton::model
