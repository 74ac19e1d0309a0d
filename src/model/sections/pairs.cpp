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
#include <numeric>
#include <unordered_set>
#include <utility>

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
    for (std::size_t k = 0; k < connect.pairs->size() && reported < kMostReported; ++k) {
        const auto& pair = (*connect.pairs)[k];
        if (ends.first.begin + pair.first != ends.second.begin + pair.second) continue;
        context.error(Code::E403, place(k), "pair " + pair_text(pair) + " joins a neuron to itself",
                      "autapses = true allows this");
        ++reported;
    }
}

/// Whether a pair stands twice. Goes source by source, and marks the targets of each; sorts a few pairs among many neurons, so
/// that the memory this takes goes with the pairs.
bool has_repeated_pairs(const PairList& pairs) {
    if (std::is_sorted(pairs.begin(), pairs.end()))
        return std::adjacent_find(pairs.begin(), pairs.end()) != pairs.end();
    std::uint32_t sources = 0, targets = 0;
    for (const auto& [source, target] : pairs) {
        sources = std::max(sources, source);
        targets = std::max(targets, target);
    }
    if ((std::size_t{sources} + targets) / 16 > pairs.size()) {
        PairList sorted = pairs;
        std::sort(sorted.begin(), sorted.end());
        return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    }
    std::vector<std::size_t> end(std::size_t{sources} + 2);
    for (const auto& pair : pairs) ++end[std::size_t{pair.first} + 1];
    std::partial_sum(end.begin(), end.end(), end.begin());
    std::vector<std::uint32_t> by_source(pairs.size());
    for (const auto& [source, target] : pairs) by_source[end[source]++] = target;
    std::vector<std::uint32_t> seen_from(std::size_t{targets} + 1);  // the source, counted from 1
    std::size_t k = 0;
    for (std::uint32_t source = 0; source <= sources; ++source)
        for (; k < end[source]; ++k)
            if (std::exchange(seen_from[by_source[k]], source + 1) == source + 1) return true;
    return false;
}

void check_repeated_pairs(const Context& context, const ConnectSpec& connect, const Places& place) {
    if (connect.multapses || !has_repeated_pairs(*connect.pairs)) return;

    // Only now the order matters: which row is the second of its kind.
    const PairList& pairs = *connect.pairs;
    std::vector<std::size_t> order(pairs.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return pairs[a] < pairs[b]; });
    int reported = 0;
    for (std::size_t k = 1; k < order.size() && reported < kMostReported; ++k) {
        const auto& pair = pairs[order[k]];
        if (pair != pairs[order[k - 1]]) continue;
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

void check_delays(const Context& context, const ArrayValue& delays, const base::Span& place) {
    if (delays.dimension != dimension_time())
        context.error(Code::E307, place, "'delay' must have the unit s, not " + delays.dimension.to_string());
    if (std::any_of(delays.values->begin(), delays.values->end(), [](double delay) { return delay < 0.0; }))
        context.error(Code::E306, place, "a delay must not be negative");
}

/// The end of the numbers that `end` of a connection may have.
std::int64_t limit(const std::optional<GroupRef>& end) { return end ? end->size() : INT32_MAX; }

/// The indices of one column of a file; nothing after a mistake.
std::optional<std::vector<std::uint32_t>> column_indices(const Context& context, const CsvFile& csv,
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
    PairList pairs;
    const auto errors = context.diagnostics.error_count();
    for (const Node& item : *items) {
        const auto* pair = std::get_if<Array>(&item.value);
        if (!pair || pair->size() != 2) {
            context.error(Code::E305, item.span, "each of the 'pairs' must be [source, target]");
            continue;
        }
        const auto source = document::as_integer(context, (*pair)[0], "source", 0, limit(from) - 1);
        const auto target = document::as_integer(context, (*pair)[1], "target", 0, limit(to) - 1);
        pairs.emplace_back(static_cast<std::uint32_t>(source.value_or(0)),
                           static_cast<std::uint32_t>(target.value_or(0)));
    }
    connect.pairs = std::make_shared<PairList>(std::move(pairs));
    if (context.diagnostics.error_count() > errors) return;
    check_pairs(context, connect, from, to, [&](std::size_t k) { return (*items)[k].span; });
}

void read_ends(const Context& context, const Node& sources, const Node& targets,
               const std::optional<GroupRef>& from, const std::optional<GroupRef>& to, ConnectSpec& connect) {
    const auto begin = read_indices(context, sources, "sources", limit(from), "sources = [0, 0]");
    const auto end = read_indices(context, targets, "targets", limit(to), "targets = [1, 2]");
    if (!begin || !end) return;
    if (begin->size() != end->size()) {
        context.error(Code::E405, targets.span,
                      "there must be as many targets as sources, " + std::to_string(begin->size()) +
                          ", not " + std::to_string(end->size()));
        return;
    }
    PairList pairs(begin->size());
    for (std::size_t k = 0; k < pairs.size(); ++k)
        pairs[k] = {static_cast<std::uint32_t>((*begin)[k]), static_cast<std::uint32_t>((*end)[k])};
    connect.pairs = std::make_shared<PairList>(std::move(pairs));
    check_pairs(context, connect, from, to, [&](std::size_t k) {
        const auto* items = std::get_if<Array>(&targets.value);
        return items ? (*items)[k].span : targets.span;
    });
}

void read_columns(const Context& context, const std::vector<const document::Entry*>& entries,
                  ConnectSpec& connect) {
    for (const document::Entry* entry : entries) {
        if (!std::holds_alternative<document::Table>(entry->node.value)) {
            context.error(Code::E303, entry->key_span,
                          "unknown key " + document::in_quotes(entry->key) + " in 'connect'",
                          "beside 'sources' and 'targets' stand lists of values: " + entry->key +
                              " = { values = [1, 2], unit = \"nS\" }");
            continue;
        }
        ValueRule rule{entry->key, std::nullopt, "", false, true, {}};
        rule.count = static_cast<std::int64_t>(connect.pairs->size());
        auto value = read_value(context, entry->node, rule);
        if (!value) continue;
        auto& values = std::get<ArrayValue>(value->value);
        if (!document::is_identifier(entry->key))
            context.error(Code::E308, entry->key_span, document::in_quotes(entry->key) + " is not a name");
        if (entry->key == "delay") check_delays(context, values, entry->node.span);
        ConnectColumn& column = connect.columns.emplace_back();
        column.name = entry->key;
        column.span = entry->key_span;
        column.values = std::move(values);
        column.header = entry->key;
    }
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
    const auto sources = column_indices(context, *csv, 0, limit(from));
    const auto targets = column_indices(context, *csv, 1, limit(to));
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
        ConnectColumn& added = connect.columns.emplace_back();
        added.name = name;
        added.span = place;
        added.values.dimension = dimension;
        added.values.unitless_column = !unit && !is_delay;
        added.header = csv->header[column];
    }
    if (!sources || !targets) return;
    PairList pairs;
    pairs.reserve(sources->size());
    for (std::size_t row = 0; row < sources->size(); ++row)
        pairs.emplace_back((*sources)[row], (*targets)[row]);
    connect.pairs = std::make_shared<PairList>(std::move(pairs));
    check_pairs(context, connect, from, to, [&](std::size_t k) { return csv->row_span(k); });
    for (std::size_t k = 0; k < connect.columns.size(); ++k) {
        const auto unit = document::split_header(csv->header[k + 2]).second;
        connect.columns[k].values.values = document::take_column(*csv, {k + 2, unit});
    }
}

}  // namespace bouton::model
