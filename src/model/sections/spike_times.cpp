// SPDX-License-Identifier: BSD-3-Clause
// Given spikes: `times` as one list a neuron, `times` with `indices`, or a CSV file with index and time.
// A time belongs to the step floor(t/dt + 1e-3); two spikes of one neuron cannot share a step.
#include "document/csv.hpp"
#include "model/sections/sections.hpp"
#include "model/values.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <functional>

namespace bouton::model {
namespace {

using base::Code;
using document::Array;
using document::Context;
using document::CsvFile;
using document::Fields;
using document::Node;
using document::Table;

using Places = std::function<base::Span(std::size_t)>;  // where the spike of a number was written

constexpr int kMostReported = 10;  // of one kind in one group
constexpr const char* kExample = "times = [\"1 ms\", \"5 ms\"]";

bool collect_times(const Context& context, const Node& node, std::vector<double>& times,
                   std::vector<base::Span>& places) {
    if (const auto* table = std::get_if<Table>(&node.value)) {
        Fields fields(context, *table, node.span, "'times'");
        auto list = read_number_list(context, fields);
        fields.finish();
        if (!list) return false;
        if (list->dimension != dimension_time()) {
            context.error(Code::E307, node.span,
                          "'times' must have the unit s, not " + list->dimension.to_string());
            return false;
        }
        times.insert(times.end(), list->values->begin(), list->values->end());
        places.resize(times.size(), node.span);
        return true;
    }
    if (std::holds_alternative<document::Numbers>(node.value)) {
        context.error(Code::E307, node.span, "'times' must have the unit s",
                      "{ values = ..., unit = \"ms\" }");
        return false;
    }
    const Array* items = document::as_array(context, node, "times", kExample);
    if (!items) return false;
    bool good = true;
    for (const Node& item : *items) {
        const auto time =
            read_quantity(context, item, {"times", dimension_time(), "\"1 ms\"", false, false, {}});
        good = good && time;
        times.push_back(time.value_or(0.0));
        places.push_back(item.span);
    }
    return good;
}

bool is_nested(const Node& node) {
    const auto* items = std::get_if<Array>(&node.value);
    return items && !items->empty() && std::all_of(items->begin(), items->end(), [](const Node& item) {
               return std::holds_alternative<Array>(item.value) || std::holds_alternative<Table>(item.value);
           });
}

bool read_nested(const Context& context, const Node& node, std::int64_t size, SpikeTimes& spikes,
                 std::vector<base::Span>& places) {
    const Array& lists = std::get<Array>(node.value);
    if (size > 0 && static_cast<std::int64_t>(lists.size()) != size) {
        context.error(Code::E405, node.span,
                      "'times' has " + std::to_string(lists.size()) + " lists for " + std::to_string(size) +
                          " neurons");
        return false;
    }
    bool good = true;
    for (std::size_t k = 0; k < lists.size(); ++k) {
        good = collect_times(context, lists[k], spikes.time, places) && good;
        spikes.index.resize(spikes.time.size(), static_cast<std::uint32_t>(k));
    }
    return good;
}

bool read_flat(const Context& context, Fields& fields, const Node& node, std::int64_t size,
               SpikeTimes& spikes, std::vector<base::Span>& places) {
    const Node* indices = fields.need("indices", "indices = [0, 3]");
    const bool good = collect_times(context, node, spikes.time, places);
    const auto numbers =
        indices ? read_indices(context, *indices, "indices", size > 0 ? size : INT32_MAX, "indices = [0, 3]")
                : nullptr;
    if (!numbers || !good) return false;
    if (numbers->size() != spikes.time.size()) {
        context.error(Code::E405, indices->span,
                      "'indices' has " + std::to_string(numbers->size()) + " numbers for " +
                          std::to_string(spikes.time.size()) + " times");
        return false;
    }
    spikes.index.assign(numbers->begin(), numbers->end());
    return true;
}

std::optional<CsvFile> read_spike_file(const Context& context, const Node& file, std::int64_t size,
                                       SpikeTimes& spikes) {
    auto csv = document::read_csv(context, file);
    if (!csv) return std::nullopt;
    const auto index = document::find_column(*csv, "index");
    const auto time = document::find_column(*csv, "time");
    if (!index || index->unit || !time || csv->header.size() != 2) {
        context.error(Code::E404, csv->header_span(), "a file of spikes has the columns index and time",
                      "index,time_ms");
        return std::nullopt;
    }
    if (time->unit && time->unit->dimension != dimension_time()) {
        context.error(Code::E307, csv->header_span(),
                      "the times must have the unit s, not " + time->unit->dimension.to_string(),
                      "index,time_ms");
        return std::nullopt;
    }
    const auto& numbers = csv->columns[index->index];
    const double end = static_cast<double>(size > 0 ? size : INT32_MAX);
    spikes.index.reserve(numbers.size());
    int reported = 0;
    for (std::size_t row = 0; row < numbers.size() && reported < kMostReported; ++row) {
        if (numbers[row] >= 0.0 && numbers[row] < end && numbers[row] == std::floor(numbers[row])) {
            spikes.index.push_back(static_cast<std::uint32_t>(numbers[row]));
            continue;
        }
        context.error(Code::E401, csv->row_span(row),
                      size > 0 ? "this index is not that of one of the " + std::to_string(size) + " neurons"
                               : std::string("this index is not the number of a neuron"));
        ++reported;
    }
    if (reported > 0) return std::nullopt;
    spikes.time = std::move(*document::take_column(*csv, *time));
    return csv;
}

/// Negative times, and two spikes of one neuron in one step.
bool check_spikes(const Context& context, const SpikeTimes& spikes, double dt, const Places& place) {
    struct Event {
        std::uint32_t neuron;
        std::uint32_t number;
        std::uint64_t step;
    };
    std::vector<Event> events;
    events.reserve(spikes.time.size());
    int reported = 0;
    for (std::size_t k = 0; k < spikes.time.size() && reported < kMostReported; ++k) {
        const double step = step_of_time(spikes.time[k], dt);
        if (!(spikes.time[k] >= 0.0) || !(step < 0x1p62)) {
            context.error(Code::E406, place(k),
                          spikes.time[k] >= 0.0 ? "a spike at a time that no simulation reaches"
                                                : "a spike before the beginning");
            ++reported;
            continue;
        }
        events.push_back({spikes.index[k], static_cast<std::uint32_t>(k), static_cast<std::uint64_t>(step)});
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.neuron, a.step, a.number) < std::tie(b.neuron, b.step, b.number);
    });
    const auto same = [](const Event& a, const Event& b) { return a.neuron == b.neuron && a.step == b.step; };
    for (std::size_t k = 1; k < events.size() && reported < kMostReported; ++k) {
        if (!same(events[k - 1], events[k])) continue;
        context.error(Code::E406, place(events[k].number),
                      "a second spike of neuron " + std::to_string(events[k].neuron) + " in step " +
                          std::to_string(events[k].step),
                      "a neuron spikes at most once in a step");
        ++reported;
    }
    return reported == 0;
}

}  // namespace

std::optional<SpikeTimes> read_spike_times(const Context& context, Fields& fields, std::int64_t size,
                                           double dt) {
    SpikeTimes spikes;
    const Node* file = fields.find("file");
    const Node* times =
        file ? fields.find("times") : fields.need("times", std::string(kExample) + " or file = \"x.csv\"");
    const Node* indices = fields.find("indices");
    if (file && (times || indices)) {
        context.error(Code::E311, fields.key_span(times ? "times" : "indices"),
                      "the spikes are given by 'file' already");
        return std::nullopt;
    }
    if (file) {
        const auto csv = read_spike_file(context, *file, size, spikes);
        const auto place = [&](std::size_t k) { return csv->row_span(k); };
        if (!csv || !(dt > 0.0) || !check_spikes(context, spikes, dt, place)) return std::nullopt;
        return spikes;
    }
    if (!times) return std::nullopt;
    std::vector<base::Span> places;
    const bool nested = is_nested(*times);
    if (nested && indices) {
        context.error(Code::E311, fields.key_span("indices"),
                      "'times' has a list for each neuron; 'indices' is too much");
        return std::nullopt;
    }
    const bool good = nested ? read_nested(context, *times, size, spikes, places)
                             : read_flat(context, fields, *times, size, spikes, places);
    const auto place = [&](std::size_t k) { return places[k]; };
    if (!good || !(dt > 0.0) || !check_spikes(context, spikes, dt, place)) return std::nullopt;
    return spikes;
}

}  // namespace bouton::model
