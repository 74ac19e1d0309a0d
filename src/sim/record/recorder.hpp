// SPDX-License-Identifier: BSD-3-Clause
// Where a simulation sends what it is asked to record. The simulation calls, in this order: begin; any number of
// spikes, rate, sample, events and new_columns; state once per group; synapses once or more per group, part by part; end. Calls come one
// at a time, on whichever thread. All spans are valid during the call only. A recorder may throw base::Error (a full disk, say):
// the simulation lets it pass and is over.
// Times are steps of dt; values are in SI base units.
#pragma once

#include "base/dimension.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bouton::sim {

/// What is known of a run before its first step.
struct RunInfo {
    std::string network_file;  ///< as the user named it
    std::string network;       ///< the resolved network file, TOML
    std::uint64_t seed = 0;
    double dt = 0.0;             ///< s
    double duration = 0.0;       ///< s
    std::string precision;       ///< "double" or "float"
    std::string backend;         ///< "compiled" or "interpreted"
    bool final_synapses = true;  ///< whether `synapses` will be called
};

/// Neurons of a group, without the last.
using Slice = std::pair<std::int64_t, std::int64_t>;

struct SpikeStream {
    std::string name;  ///< in the results
    std::string group;
    std::int64_t size = 0;       ///< neurons of the group
    std::optional<Slice> slice;  ///< none: all
};

struct RateStream {
    std::string name;  ///< in the results
    std::string group;
    std::int64_t bin_steps = 1;
    std::optional<Slice> slice;  ///< none: all
};

struct StreamVariable {
    std::string name;
    base::Dimension dimension;
};

/// Variables of one group, sampled together.
struct SampleStream {
    std::string name;  ///< in the results
    std::string group;
    bool of_synapses = false;
    bool grows = false;   ///< synapses under structural plasticity: a column per id, more as they come
    bool single = false;  ///< store as float32
    std::int64_t every_steps = 1;
    std::vector<StreamVariable> variables;
    std::vector<std::int64_t> indices;  ///< one per column: neurons, synapses in results order, or ids
};

/// Variables of the synapses of one group, each time that an event of a pathway has happened to them.
struct EventStream {
    std::string name;  ///< in the results
    std::string group;
    std::string at;       ///< the pathway
    bool single = false;  ///< store as float32
    std::vector<StreamVariable> variables;
};

struct Streams {
    std::vector<SpikeStream> spikes;
    std::vector<RateStream> rates;
    std::vector<SampleStream> samples;
    std::vector<EventStream> events;
};

/// One array of the final state.
struct FinalArray {
    std::string name;
    base::Dimension dimension;
    std::variant<std::span<const double>, std::span<const float>, std::span<const std::int64_t>> values;
};

/// Some synapses of a group at the end: numbers `first` and on in the order of results (contract of /synapses).
struct FinalSynapses {
    std::string name;
    std::int64_t total = 0;  ///< synapses of the group
    std::int64_t first = 0;
    std::span<const std::uint32_t> source;  ///< numbers in the whole group
    std::span<const std::uint32_t> target;
    std::span<const double> delay;                    ///< s, rounded to dt
    std::optional<std::span<const std::int64_t>> id;  ///< under structural plasticity
    std::vector<FinalArray> variables;
};

class Recorder {
public:
    virtual ~Recorder() = default;

    virtual void begin(const RunInfo& run, const Streams& streams) = 0;

    /// The neurons of Streams::spikes[stream] that spiked in this step, ascending, counted in the group. Not called for none.
    virtual void spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) = 0;
    /// Rate in Hz of the bin of so many steps that begins at `step`; only at the end of a run there are fewer than
    /// RateStream::bin_steps.
    virtual void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) = 0;
    /// One row of Streams::samples[stream]: for each variable one value per column, NaN where a synapse is gone.
    virtual void sample(std::size_t stream, std::int64_t step,
                        std::span<const std::span<const double>> rows) = 0;
    /// The synapses to which something happened in this step, ascending (numbers in the order of results, or ids), and for each
    /// variable of Streams::events[stream] its value just after, one per synapse. Not called for none.
    virtual void events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                        std::span<const std::span<const double>> values) = 0;
    /// Columns that a stream which grows has from its next sample on.
    virtual void new_columns(std::size_t stream, std::span<const std::int64_t> indices) = 0;
    /// Called now and then, at least every few milliseconds of real time, also where nothing is recorded.
    virtual void pulse() = 0;

    virtual void state(const std::string& group, std::span<const FinalArray> variables) = 0;
    /// The parts of a group come one after the other, the same variables in each; a group without synapses is one
    /// part.
    virtual void synapses(const FinalSynapses& part) = 0;
    /// `stopped_at`: the step before which the user stopped, none if it finished; all steps: the final state is not whole.
    virtual void end(std::optional<std::int64_t> stopped_at) = 0;
};

}  // namespace bouton::sim
