// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/recording.hpp"

#include "connect/connect.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace bouton::sim {

using model::RecordKind;

Recording::Recording(const codegen::Plan& plan, const FindNeurons& neurons, const FindSynapses& synapses,
                     Context& context, Recorder* recorder)
    : context_(context), recorder_(recorder) {
    if (recorder == nullptr) return;
    for (const auto& record : plan.recorded) {
        const std::string& name = record.name.empty() ? record.of : record.name;
        if (record.kind == RecordKind::variables) continue;
        const NeuronGroup* group = neurons(record.of);
        if (record.kind == RecordKind::spikes)
            spikes_.push_back({group, {name, record.of, group->plan.size, record.slice}});
        if (record.kind == RecordKind::rate) {
            const auto steps = std::max<std::int64_t>(1, std::llround(record.bin / plan.dt));
            rates_.push_back({group, {name, record.of, steps, record.slice}});
        }
    }
    for (const auto& record : plan.records) {
        if (record.at < 0)
            add_sample(plan, record, neurons, synapses);
        else
            events_.emplace_back(plan.recorded[record.recorded], record,
                                 *synapses(plan.recorded[record.recorded].of), context, *recorder,
                                 events_.size());
    }
}

void Recording::add_sample(const codegen::Plan& network, const codegen::RecordPlan& plan,
                           const FindNeurons& neurons, const FindSynapses& synapses) {
    const auto& record = network.recorded[plan.recorded];
    Sample& sample = samples_.emplace_back();
    sample.neurons = plan.of_synapses ? nullptr : neurons(record.of);
    sample.synapses = plan.of_synapses ? synapses(record.of) : nullptr;
    SampleStream& stream = sample.stream;
    stream.name = record.name.empty() ? record.of : record.name;
    sample.span = record.span;
    stream.group = record.of;
    stream.of_synapses = plan.of_synapses;
    stream.grows = plan.of_synapses && sample.synapses->plan.structure.has_value();
    stream.single = record.single;
    stream.every_steps = std::max<std::int64_t>(1, std::llround(record.every / network.dt));
    sample.all = !record.indices;
    if (record.indices) stream.indices = *record.indices;
    if (sample.all && !plan.of_synapses) {
        const Slice slice = record.slice.value_or(Slice{0, sample.neurons->plan.size});
        stream.indices.resize(static_cast<std::size_t>(slice.second - slice.first));
        std::iota(stream.indices.begin(), stream.indices.end(), slice.first);
    }
    for (const auto& variable : plan.variables) {
        stream.variables.push_back({variable.name, variable.dimension});
        sample.variables.emplace_back(variable, sample.neurons, sample.synapses, context_, When::in_steps);
    }
    sample.rows.resize(sample.variables.size());
    sample.views.resize(sample.variables.size());
}

void Recording::bind() {
    for (std::size_t s = 0; s < samples_.size(); ++s) {
        SampleStream& stream = samples_[s].stream;
        if (samples_[s].synapses != nullptr) stream.grows |= samples_[s].synapses->store.has_ids;
        for (VariableSampler& variable : samples_[s].variables) {
            if (!samples_[s].by_rows()) variable.bind();
        }
        if (samples_[s].synapses != nullptr) find_columns(s);
    }
    for (EventRecord& record : events_) record.bind();
}

// Under structural plasticity a column is an id: new ones come, and columns of synapses that went stay.
void Recording::find_columns(std::size_t number) {
    Sample& sample = samples_[number];
    SampleStream& stream = sample.stream;
    const state::SynapseStore& store = sample.synapses->store;
    if (sample.all && stream.grows) {
        // A state that was read can be one in which fewer had come.
        std::vector<std::int64_t> added(
            static_cast<std::size_t>(std::max<std::int64_t>(0, store.next_id - std::ssize(stream.indices))));
        std::iota(added.begin(), added.end(), static_cast<std::int64_t>(stream.indices.size()));
        stream.indices.insert(stream.indices.end(), added.begin(), added.end());
        if (begun_ && !added.empty()) recorder_->new_columns(number, added);
    } else if (sample.all && stream.indices.empty()) {
        stream.indices.resize(static_cast<std::size_t>(store.size()));
        std::iota(stream.indices.begin(), stream.indices.end(), std::int64_t{0});
    }
    if (sample.by_rows()) return;
    sample.columns = columns_of(store, find_synapses(store, stream.indices));
    if (stream.grows) return;
    for (std::size_t k = 0; k < stream.indices.size(); ++k) {
        if (sample.columns.location[k].position >= 0) continue;
        connect::refuse(base::Code::E401, sample.span,
                        "there is no synapse " + std::to_string(stream.indices[k]) + "; '" + stream.group +
                            "' has " + std::to_string(store.size()));
    }
}

void Recording::archive(base::Archive& archive) {
    archive.piece("records");
    std::vector<std::int64_t> counts;
    for (const Rate& rate : rates_) counts.push_back(rate.count);
    archive.list(counts);
    // Whoever goes on without records, or with others, begins to count anew.
    for (std::size_t k = 0; k < std::min(counts.size(), rates_.size()); ++k) rates_[k].count = counts[k];
}

void Recording::begin(const RunInfo& run) {
    recorder_->begin(run, streams());
    begun_ = true;
}

Streams Recording::streams() const {
    Streams streams;
    for (const Spikes& record : spikes_) streams.spikes.push_back(record.stream);
    for (const Rate& record : rates_) streams.rates.push_back(record.stream);
    for (const Sample& sample : samples_) streams.samples.push_back(sample.stream);
    for (const EventRecord& record : events_) streams.events.push_back(record.stream());
    return streams;
}

bool Recording::is_due(std::int64_t step) const {
    return std::any_of(samples_.begin(), samples_.end(),
                       [step](const Sample& sample) { return step % sample.stream.every_steps == 0; });
}

void Recording::sample(const Clock& clock) {
    for (std::size_t s = 0; s < samples_.size(); ++s) {
        Sample& sample = samples_[s];
        if (clock.step % sample.stream.every_steps != 0) continue;
        if (sample.synapses != nullptr) sample.synapses->flush(clock.step);
        for (std::size_t v = 0; v < sample.variables.size(); ++v) {
            sample.rows[v].resize(sample.stream.indices.size());
            if (!sample.by_rows()) sample.variables[v].evaluate(clock);
            if (sample.synapses == nullptr) {
                sample.variables[v].pick_neurons(sample.stream.indices, sample.rows[v]);
            } else if (!sample.by_rows()) {
                sample.variables[v].pick_synapses(sample.columns, sample.rows[v]);
            }
            sample.views[v] = sample.rows[v];
        }
        if (sample.by_rows()) pick_by_rows(sample, clock);
        recorder_->sample(s, clock.step, sample.views);
    }
}

// All synapses in their own order: where they lie is found again for some rows at a time rather than kept.
void Recording::pick_by_rows(Sample& sample, const Clock& clock) {
    const state::SynapseStore& store = sample.synapses->store;
    std::size_t first = 0;
    for (const state::RowRange& rows : state::row_ranges(store)) {
        const SynapseColumns columns = columns_of(store, state::rows_in_order(store, rows));
        const std::size_t count = columns.location.size();
        for (std::size_t v = 0; v < sample.variables.size(); ++v) {
            sample.variables[v].evaluate(clock, rows);
            sample.variables[v].pick_synapses(columns, std::span(sample.rows[v]).subspan(first, count));
        }
        first += count;
    }
}

namespace {

std::span<const std::uint32_t> among(std::span<const std::uint32_t> neurons,
                                     const std::optional<Slice>& slice) {
    if (!slice) return neurons;
    const auto place = [&](std::int64_t bound) {
        return std::lower_bound(neurons.begin(), neurons.end(), static_cast<std::uint32_t>(bound));
    };
    return {place(slice->first), place(slice->second)};
}

}  // namespace

void Recording::spikes(std::int64_t first, std::int64_t end) {
    for (std::size_t s = 0; s < spikes_.size(); ++s) {
        if (spikes_[s].group->history.between(first, end).empty()) continue;
        for (std::int64_t step = first; step < end; ++step) {
            const auto now = among(spikes_[s].group->spikes(step), spikes_[s].stream.slice);
            if (!now.empty()) recorder_->spikes(s, step, now);
        }
    }
    for (std::size_t r = 0; r < rates_.size(); ++r) {
        Rate& rate = rates_[r];
        for (std::int64_t step = first; step < end; ++step) {
            rate.count += std::ssize(among(rate.group->spikes(step), rate.stream.slice));
            if ((step + 1) % rate.stream.bin_steps == 0) record_rate(r, step + 1, rate.stream.bin_steps);
        }
    }
}

void Recording::record_rate(std::size_t number, std::int64_t end, std::int64_t steps) {
    Rate& rate = rates_[number];
    const auto& slice = rate.stream.slice;
    const std::int64_t size = slice ? slice->second - slice->first : rate.group->plan.size;
    const double seconds = static_cast<double>(steps) * context_.clock.dt;
    recorder_->rate(number, end - steps, steps,
                    static_cast<double>(rate.count) / (seconds * static_cast<double>(size)));
    rate.count = 0;
}

void Recording::end(std::int64_t step) {
    for (std::size_t r = 0; r < rates_.size(); ++r)
        if (const std::int64_t steps = step % rates_[r].stream.bin_steps; steps > 0)
            record_rate(r, step, steps);
}

}  // namespace bouton::sim
