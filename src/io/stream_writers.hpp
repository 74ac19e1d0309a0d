// SPDX-License-Identifier: BSD-3-Clause
// The parts of a results file that grow while the simulation runs: one writer per recorded stream.
#pragma once

#include "io/hdf5/appender.hpp"
#include "io/step_clock.hpp"
#include "sim/record/recorder.hpp"

#include <optional>
#include <vector>

namespace bouton::io {

// `steps`: of the whole run, from which a writer knows how much will come.

/// /spikes/NAME/{timestamps, node_ids}, as SONATA lays it down.
class SpikeWriter {
public:
    SpikeWriter(const Handle& file, const sim::SpikeStream& stream);
    void add(double time_ms, std::span<const std::uint32_t> neurons);
    void write();

private:
    Handle group_;
    Appender timestamps_;
    Appender node_ids_;
};

/// /rates/NAME/{time, rate}.
class RateWriter {
public:
    RateWriter(const Handle& file, const sim::RateStream& stream, const StepClock& clock, std::int64_t steps);
    /// `steps`: of this bin.
    void add(double time_ms, std::int64_t steps, double rate);
    void write();

private:
    StepClock clock_;
    std::int64_t bin_steps_;
    Handle group_;
    Appender time_;
    Appender rate_;
};

/// /recordings/NAME/{time, indices, VARIABLE...}.
class SampleWriter {
public:
    /// `shares_time`: an earlier record of the same name, interval and indices keeps `time` and `indices`.
    SampleWriter(const Handle& file, const sim::SampleStream& stream, const StepClock& clock,
                 std::int64_t steps, bool shares_time);
    void add(double time_ms, std::span<const std::span<const double>> rows);
    void add_columns(std::span<const std::int64_t> indices);
    void write();

private:
    bool single_;
    Handle group_;
    std::optional<Appender> time_;
    std::optional<Appender> indices_;
    std::vector<Appender> variables_;
    std::vector<float> narrow_;
    std::vector<std::uint64_t> new_indices_;
};

/// /events/NAME/{time, synapse, VARIABLE...}: a row for each event of each synapse.
class EventWriter {
public:
    EventWriter(const Handle& file, const sim::EventStream& stream);
    void add(double time_ms, std::span<const std::int64_t> synapses,
             std::span<const std::span<const double>> values);
    void write();

private:
    bool single_;
    Handle group_;
    Appender time_;
    Appender synapse_;
    std::vector<Appender> variables_;
};

}  // namespace bouton::io
