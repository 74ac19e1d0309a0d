// SPDX-License-Identifier: BSD-3-Clause
#include "session/records.hpp"

#include <algorithm>

namespace bouton::session {

void Records::begin(const sim::RunInfo&, const sim::Streams& streams) {
    if (!spikes_.empty() || !rates_.empty() || !samples_.empty() ||
        !events_.empty()) {  // of a network that was made anew and goes on
        for (std::size_t k = 0; k < samples_.size(); ++k) samples_[k].stream = streams.samples[k];
        return;
    }
    for (const auto& stream : streams.spikes) spikes_.push_back({stream.name, stream.size, {}, {}});
    for (const auto& stream : streams.rates) rates_.push_back({stream.name, stream.bin_steps, {}, {}});
    for (const auto& stream : streams.samples)
        samples_.push_back({stream, {}, {}, std::vector<std::vector<double>>(stream.variables.size())});
    for (const auto& stream : streams.events)
        events_.push_back({stream, {}, {}, std::vector<std::vector<double>>(stream.variables.size())});
}

void Records::spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) {
    Spikes& to = spikes_[stream];
    to.steps.insert(to.steps.end(), neurons.size(), step);
    to.neurons.insert(to.neurons.end(), neurons.begin(), neurons.end());
}

void Records::rate(std::size_t stream, std::int64_t step, std::int64_t, double rate) {
    rates_[stream].steps.push_back(step);
    rates_[stream].values.push_back(rate);
}

void Records::sample(std::size_t stream, std::int64_t step, std::span<const std::span<const double>> rows) {
    Samples& to = samples_[stream];
    to.steps.push_back(step);
    to.columns.push_back(rows.empty() ? 0 : rows.front().size());
    for (std::size_t v = 0; v < rows.size(); ++v)
        to.values[v].insert(to.values[v].end(), rows[v].begin(), rows[v].end());
}

void Records::events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                     std::span<const std::span<const double>> values) {
    Events& to = events_[stream];
    to.steps.insert(to.steps.end(), synapses.size(), step);
    to.synapses.insert(to.synapses.end(), synapses.begin(), synapses.end());
    for (std::size_t v = 0; v < values.size(); ++v)
        to.values[v].insert(to.values[v].end(), values[v].begin(), values[v].end());
}

void Records::new_columns(std::size_t stream, std::span<const std::int64_t> indices) {
    auto& known = samples_[stream].stream.indices;
    known.insert(known.end(), indices.begin(), indices.end());
}

void Records::clear() {
    go_back({std::vector<std::size_t>(spikes_.size()), std::vector<std::size_t>(rates_.size()),
             std::vector<std::size_t>(samples_.size()), std::vector<std::size_t>(events_.size())});
}

Records::Mark Records::mark() const {
    Mark mark;
    for (const Spikes& of : spikes_) mark.spikes.push_back(of.steps.size());
    for (const Rate& of : rates_) mark.rates.push_back(of.steps.size());
    for (const Samples& of : samples_) mark.samples.push_back(of.steps.size());
    for (const Events& of : events_) mark.events.push_back(of.steps.size());
    return mark;
}

void Records::go_back(const Mark& mark) {
    const auto shorten = [](auto& list, std::size_t size) { list.resize(std::min(list.size(), size)); };
    for (std::size_t k = 0; k < spikes_.size(); ++k) {
        shorten(spikes_[k].steps, mark.spikes[k]);
        shorten(spikes_[k].neurons, mark.spikes[k]);
    }
    for (std::size_t k = 0; k < rates_.size(); ++k) {
        shorten(rates_[k].steps, mark.rates[k]);
        shorten(rates_[k].values, mark.rates[k]);
    }
    for (std::size_t k = 0; k < samples_.size(); ++k) {
        Samples& of = samples_[k];
        shorten(of.steps, mark.samples[k]);
        shorten(of.columns, mark.samples[k]);
        std::size_t sum = 0;
        for (const std::size_t columns : of.columns) sum += columns;
        for (auto& values : of.values) shorten(values, sum);
    }
    for (std::size_t k = 0; k < events_.size(); ++k) {
        Events& of = events_[k];
        shorten(of.steps, mark.events[k]);
        shorten(of.synapses, mark.events[k]);
        for (auto& values : of.values) shorten(values, mark.events[k]);
    }
}

}  // namespace bouton::session
