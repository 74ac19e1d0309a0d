// SPDX-License-Identifier: BSD-3-Clause
// What a description says in numbers and names, without equations or code: sizes, slices, pairs, spikes, samples, what to record.
// The plan takes it over as it is, so that who obeys the plan need not know the description.
#pragma once

#include "base/dimension.hpp"
#include "base/source.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bouton::model {

/// A number with its dimension, in SI base units.
struct ScalarValue {
    double value = 0.0;
    base::Dimension dimension;
};
/// One number per element, in SI base units ({ values = [...], unit = "mV" } or { file = "v0.csv" }).
struct ArrayValue {
    std::shared_ptr<const std::vector<double>> values;
    base::Dimension dimension;
    bool unitless_column = false;  ///< a CSV column without a unit: SI base units of whatever it is given to
};
/// Steps of a run at most: the counters of random numbers have 48 bits for the step, and every step is exact in a double.
constexpr double kMostSteps = 0x1p48;

/// The step to which a time of a spike belongs. A time that rounding has put just before the start of a step belongs to this step.
inline double step_of_time(double time, double dt) {
    const double steps = time / dt;
    return std::floor(steps + std::max(1e-3, steps * 0x1p-51));
}

struct SpikeTimes {
    std::vector<std::uint32_t> index;
    std::vector<double> time;  ///< s, any order, same length
};

/// A group or a contiguous slice of it, already checked to exist and not to be empty. After a reported mistake in the size
/// or the slice it has no elements.
struct GroupRef {
    std::string group;
    base::Span span;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t size() const { return end - begin; }
};

struct SignalSpec {
    std::string name;
    base::Span span;
    double dt = 0.0;
    std::int64_t samples = 0;
    std::int64_t columns = 1;                           ///< 0: a mistake that has been reported
    std::shared_ptr<const std::vector<double>> values;  ///< samples x columns, SI base units
    base::Dimension dimension;
};

enum class ConnectRule {
    all_to_all,
    one_to_one,
    fixed_probability,
    fixed_indegree,
    fixed_outdegree,
    fixed_total_number,
    pairs,      ///< also from a file: `pairs`, with `columns` of values
    condition,  ///< for every pair for which `condition` holds, with probability `p`
};

/// Sources and targets, counted within the slices.
using PairList = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Which delay of a synapse it is: that of all presynaptic pathways, the dendritic one, or that of a pathway that the user named.
class DelayName {
public:
    DelayName() = default;  ///< the axonal one
    static DelayName axonal() { return {Of::axonal, {}}; }
    static DelayName dendritic() { return {Of::dendritic, {}}; }
    static DelayName pathway(std::string name) { return {Of::pathway, std::move(name)}; }

    bool is_of_pathway() const { return of_ == Of::pathway; }
    /// "delay", "dendritic_delay" or the name of the pathway: to be read.
    std::string to_string() const {
        return of_ == Of::axonal ? "delay" : of_ == Of::dendritic ? "dendritic_delay" : name_;
    }
    friend auto operator<=>(const DelayName&, const DelayName&) = default;

private:
    enum class Of { axonal, dendritic, pathway };
    DelayName(Of of, std::string name) : of_(of), name_(std::move(name)) {}

    Of of_ = Of::axonal;
    std::string name_;
};

enum class RecordKind { spikes, rate, variables };

struct RecordSpec {
    base::Span span;
    RecordKind kind = RecordKind::spikes;
    std::string of;
    std::string name;    ///< in the results; empty: the group's
    double bin = 0.0;    ///< rate
    double every = 0.0;  ///< variables; 0: each step
    std::string at;      ///< variables of synapses: the pathway at whose events; empty: at regular times
    base::Span at_span;
    std::vector<std::pair<std::string, base::Span>> variables;
    std::optional<std::vector<std::int64_t>> indices;            ///< none: all
    std::optional<std::pair<std::int64_t, std::int64_t>> slice;  ///< of neurons, without the last; none: all
    bool single = false;                                         ///< store as float32
};

}  // namespace bouton::model
