// SPDX-License-Identifier: BSD-3-Clause
#include "io/stream_writers.hpp"

#include "io/hdf5/objects.hpp"

#include <algorithm>

namespace bouton::io {
namespace {

Handle make_subgroup(const Handle& file, const std::string& kind, const std::string& name) {
    return make_group(make_group(file, kind), name);
}

/// SONATA's enumeration of how the spikes of a population are ordered.
void write_sorting(const Handle& group) {
    const Handle type(checked(H5Tenum_create(H5T_STD_U8LE), "describe the spikes"), H5Tclose);
    std::uint8_t value = 0;
    for (const char* name : {"none", "by_id", "by_time"}) {
        check(H5Tenum_insert(type.get(), name, &value), "describe the spikes");
        ++value;
    }
    const Handle space(checked(H5Screate(H5S_SCALAR), "describe the spikes"), H5Sclose);
    const Handle attribute(
        checked(H5Acreate2(group.get(), "sorting", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                "describe the spikes"),
        H5Aclose);
    const std::uint8_t by_time = 2;
    check(H5Awrite(attribute.get(), type.get(), &by_time), "describe the spikes");
}

/// Of which neurons.
void write_group(const Handle& place, const std::string& group, const std::optional<sim::Slice>& slice) {
    write_attribute(place, "group", group);
    if (!slice) return;
    write_attribute(place, "first", slice->first);
    write_attribute(place, "end", slice->second);
}

std::size_t rows_of(std::int64_t steps, std::int64_t every) {
    return static_cast<std::size_t>((steps + every - 1) / std::max<std::int64_t>(1, every));
}

template <class Number>
std::span<const Number> one(const Number& value) {
    return {&value, 1};
}

}  // namespace

SpikeWriter::SpikeWriter(const Handle& file, const sim::SpikeStream& stream)
    : group_(make_subgroup(file, "spikes", stream.name)),
      timestamps_(group_, "timestamps", Element::f64),
      node_ids_(group_, "node_ids", Element::u64) {
    write_sorting(group_);
    write_attribute(group_, "size", stream.size);
    write_group(group_, stream.group, stream.slice);
    write_attribute(timestamps_.dataset(), "units", "ms");
}

void SpikeWriter::add(double time_ms, std::span<const std::uint32_t> neurons) {
    std::ranges::fill(timestamps_.more<double>(neurons.size()), time_ms);
    std::ranges::copy(neurons, node_ids_.more<std::uint64_t>(neurons.size()).begin());
}

void SpikeWriter::write() {
    timestamps_.write();
    node_ids_.write();
}

RateWriter::RateWriter(const Handle& file, const sim::RateStream& stream, const StepClock& clock,
                       std::int64_t steps)
    : clock_(clock),
      bin_steps_(stream.bin_steps),
      group_(make_subgroup(file, "rates", stream.name)),
      time_(group_, "time", Element::f64, {{}, false, rows_of(steps, stream.bin_steps)}),
      rate_(group_, "rate", Element::f64, {{}, false, rows_of(steps, stream.bin_steps)}) {
    write_group(group_, stream.group, stream.slice);
    write_attribute(group_, "bin", clock.milliseconds(stream.bin_steps));
    write_attribute(group_, "last_bin", clock.milliseconds(stream.bin_steps));
    write_attribute(time_.dataset(), "units", "ms");
    write_attribute(rate_.dataset(), "units", "Hz");
}

void RateWriter::add(double time_ms, std::int64_t steps, double rate) {
    if (steps != bin_steps_) write_attribute(group_, "last_bin", clock_.milliseconds(steps));
    time_.append(one(time_ms));
    rate_.append(one(rate));
}

void RateWriter::write() {
    time_.write();
    rate_.write();
}

SampleWriter::SampleWriter(const Handle& file, const sim::SampleStream& stream, const StepClock& clock,
                           std::int64_t steps, bool shares_time)
    : single_(stream.single), group_(make_subgroup(file, "recordings", stream.name)) {
    const std::size_t rows = rows_of(steps, stream.every_steps);
    if (!shares_time) {
        write_attribute(group_, "group", stream.group);
        write_attribute(group_, "kind", stream.of_synapses ? "synapses" : "neurons");
        write_attribute(group_, "every", clock.milliseconds(stream.every_steps));
        time_.emplace(group_, "time", Element::f64, RowShape{{}, false, rows});
        write_attribute(time_->dataset(), "units", "ms");
        indices_.emplace(group_, "indices", Element::u64,
                         RowShape{{}, false, stream.grows ? 0 : stream.indices.size()});
        new_indices_.assign(stream.indices.begin(), stream.indices.end());
        indices_->append(std::span<const std::uint64_t>(new_indices_));
    }
    const RowShape shape{stream.indices.size(), stream.grows, rows};
    variables_.reserve(stream.variables.size());
    for (const auto& variable : stream.variables) {
        variables_.emplace_back(group_, variable.name, single_ ? Element::f32 : Element::f64, shape);
        write_attribute(variables_.back().dataset(), "units", variable.dimension.to_string());
    }
}

void SampleWriter::add(double time_ms, std::span<const std::span<const double>> rows) {
    if (time_) time_->append(one(time_ms));
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (single_) {
            narrow_.assign(rows[k].begin(), rows[k].end());
            variables_[k].append(std::span<const float>(narrow_));
        } else {
            variables_[k].append(rows[k]);
        }
    }
}

void SampleWriter::add_columns(std::span<const std::int64_t> indices) {
    if (indices_) {
        new_indices_.assign(indices.begin(), indices.end());
        indices_->append(std::span<const std::uint64_t>(new_indices_));
    }
    for (auto& variable : variables_) variable.widen(variable.columns() + indices.size());
}

void SampleWriter::write() {
    if (time_) time_->write();
    if (indices_) indices_->write();
    for (auto& variable : variables_) variable.write();
}

EventWriter::EventWriter(const Handle& file, const sim::EventStream& stream)
    : single_(stream.single),
      group_(make_subgroup(file, "events", stream.name)),
      time_(group_, "time", Element::f64),
      synapse_(group_, "synapse", Element::u64) {
    write_attribute(group_, "group", stream.group);
    write_attribute(group_, "at", stream.at);
    write_attribute(time_.dataset(), "units", "ms");
    variables_.reserve(stream.variables.size());
    for (const auto& variable : stream.variables) {
        variables_.emplace_back(group_, variable.name, single_ ? Element::f32 : Element::f64);
        write_attribute(variables_.back().dataset(), "units", variable.dimension.to_string());
    }
}

void EventWriter::add(double time_ms, std::span<const std::int64_t> synapses,
                      std::span<const std::span<const double>> values) {
    std::ranges::fill(time_.more<double>(synapses.size()), time_ms);
    std::ranges::copy(synapses, synapse_.more<std::uint64_t>(synapses.size()).begin());
    for (std::size_t v = 0; v < values.size(); ++v) {
        if (single_)
            std::ranges::transform(values[v], variables_[v].more<float>(synapses.size()).begin(),
                                   [](double value) { return static_cast<float>(value); });
        else
            variables_[v].append(values[v]);
    }
}

void EventWriter::write() {
    time_.write();
    synapse_.write();
    for (auto& variable : variables_) variable.write();
}

}  // namespace bouton::io
