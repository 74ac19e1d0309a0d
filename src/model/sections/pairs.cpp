// SPDX-License-Identifier: BSD-3-Clause
// Given pairs: every index exists, and no self pair or repeated pair that is not allowed.
#include "model/sections/pairs.hpp"

#include "document/csv.hpp"
#include "document/fields.hpp"
#include "model/values.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <functional>
#include <unordered_set>

namespace bouton::model {
namespace {

using base::Code;
using document::Array;
using document::Context;
using document::CsvFile;
using document::Node;

using Ends = std::pair<const GroupRef&, const GroupRef&>;
using Places = std::function<base::Span(std::size_t)>;  // where the pair of a number was written

constexpr int kMostReported = 10;

std::string pair_text(const std::pair<std::uint32_t, std::uint32_t>& pair) {
    return "[" + std::to_string(pair.first) + ", " + std::to_string(pair.second) + "]";
}

void check_self_pairs(const Context& context, const ConnectSpec& connect, const Ends& ends,
                      const Places& place) {
    if (connect.autapses || ends.first.group != ends.second.group) return;
    int reported = 0;
    for (std::size_t k = 0; k < connect.pairs.size() && reported < kMostReported; ++k) {
        const auto& pair = connect.pairs[k];
        if (ends.first.begin + pair.first != ends.second.begin + pair.second) continue;
        context.error(Code::E403, place(k), "pair " + pair_text(pair) + " joins a neuron to itself",
                      "autapses = true allows this");
        ++reported;
    }
}

void check_repeated_pairs(const Context& context, const ConnectSpec& connect, const Places& place) {
    if (connect.multapses) return;
    auto sorted = connect.pairs;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()) return;

    // Only now the order matters: which row is the second of its kind.
    std::vector<std::size_t> order(connect.pairs.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return connect.pairs[a] < connect.pairs[b]; });
    int reported = 0;
    for (std::size_t k = 1; k < order.size() && reported < kMostReported; ++k) {
        const auto& pair = connect.pairs[order[k]];
        if (pair != connect.pairs[order[k - 1]]) continue;
        context.error(Code::E403, place(order[k]), "pair " + pair_text(pair) + " stands here again",
                      "multapses = true allows this");
        ++reported;
    }
}

void check_pairs(const Context& context, const ConnectSpec& connect, const std::optional<GroupRef>& from,
                 const std::optional<GroupRef>& to, const Places& place) {
    if (from && to) check_self_pairs(context, connect, {*from, *to}, place);
    check_repeated_pairs(context, connect, place);
}

/// The end of the numbers that `end` of a connection may have.
std::int64_t limit(const std::optional<GroupRef>& end) { return end ? end->size() : INT32_MAX; }

/// The indices of one column of a file; nothing after a mistake.
std::optional<std::vector<std::uint32_t>> read_indices(const Context& context, const CsvFile& csv,
                                                       std::size_t column, std::int64_t size) {
    const auto& numbers = csv.columns[column];
    std::vector<std::uint32_t> indices;
    indices.reserve(numbers.size());
    int reported = 0;
    for (std::size_t row = 0; row < numbers.size() && reported < kMostReported; ++row) {
        const double number = numbers[row];
        const bool good = number >= 0.0 && number < static_cast<double>(size) && number == std::floor(number);
        if (!good) {
            context.error(Code::E401, csv.row_span(row),
                          "this " + csv.header[column] + " is not one of the " + std::to_string(size) +
                              " neurons, counted from 0");
            ++reported;
        }
        indices.push_back(good ? static_cast<std::uint32_t>(number) : 0);
    }
    return reported ? std::nullopt : std::optional(std::move(indices));
}

}  // namespace

void read_pairs(const Context& context, const Node& node, const std::optional<GroupRef>& from,
                const std::optional<GroupRef>& to, ConnectSpec& connect) {
    const Array* items = document::as_array(context, node, "pairs", "pairs = [[0, 1], [0, 2]]");
    if (!items) return;
    const auto errors = context.diagnostics.error_count();
    for (const Node& item : *items) {
        const auto* pair = std::get_if<Array>(&item.value);
        if (!pair || pair->size() != 2) {
            context.error(Code::E305, item.span, "each of the 'pairs' must be [source, target]");
            continue;
        }
        const auto source = document::as_integer(context, (*pair)[0], "source", 0, limit(from) - 1);
        const auto target = document::as_integer(context, (*pair)[1], "target", 0, limit(to) - 1);
        connect.pairs.emplace_back(static_cast<std::uint32_t>(source.value_or(0)),
                                   static_cast<std::uint32_t>(target.value_or(0)));
    }
    if (context.diagnostics.error_count() > errors) return;
    check_pairs(context, connect, from, to, [&](std::size_t k) { return (*items)[k].span; });
}

void read_pairs_file(const Context& context, const Node& node, const std::optional<GroupRef>& from,
                     const std::optional<GroupRef>& to, ConnectSpec& connect) {
    auto csv = document::read_csv(context, node);
    if (!csv) return;
    if (csv->header.size() < 2 || csv->header[0] != "source" || csv->header[1] != "target") {
        context.error(Code::E404, csv->header_span(),
                      "a file of connections begins with the columns source and target",
                      "source,target,w_nS,delay_ms");
        return;
    }
    const auto sources = read_indices(context, *csv, 0, limit(from));
    const auto targets = read_indices(context, *csv, 1, limit(to));
    std::unordered_set<std::string> names;
    for (std::size_t column = 2; column < csv->header.size(); ++column) {
        const auto [name, unit] = document::split_header(csv->header[column]);
        const auto place = csv->column_span(column);
        const bool is_delay = name == "delay";
        auto dimension = unit ? unit->dimension : is_delay ? dimension_time() : base::Dimension();
        if (!document::is_identifier(name))
            context.error(Code::E404, place, document::in_quotes(name) + " is not a name for a column");
        if (is_delay && dimension != dimension_time())
            context.error(Code::E307, place, "'delay' must have the unit s, not " + dimension.to_string());
        if (is_delay)
            for (std::size_t row = 0; row < csv->rows(); ++row)
                if (csv->columns[column][row] < 0.0) {
                    context.error(Code::E306, csv->row_span(row), "a delay must not be negative");
                    break;
                }
        if (!names.insert(name).second)
            context.error(Code::E404, place, "two columns for " + document::in_quotes(name));
        connect.columns.push_back(
            {name, place, {nullptr, dimension, !unit && !is_delay}, csv->header[column]});
    }
    if (!sources || !targets) return;
    connect.pairs.reserve(sources->size());
    for (std::size_t row = 0; row < sources->size(); ++row)
        connect.pairs.emplace_back((*sources)[row], (*targets)[row]);
    check_pairs(context, connect, from, to, [&](std::size_t k) { return csv->row_span(k); });
    for (std::size_t k = 0; k < connect.columns.size(); ++k) {
        const auto unit = document::split_header(csv->header[k + 2]).second;
        connect.columns[k].values.values = document::take_column(*csv, {k + 2, unit});
    }
}

}  // namespace bouton::model
