// SPDX-License-Identifier: BSD-3-Clause
// The description of a network as plain data: what the network file, C++ or Python says, with texts parsed into
// trees and nothing computed. The loader (network/) makes it, analysis reads it, the simulation takes sizes,
// values and protocols from it.
#pragma once

#include "base/dimension.hpp"
#include "base/source.hpp"
#include "lang/syntax.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
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
/// What a field that takes a value may hold: a quantity, an expression, or a value per element.
struct Value {
    base::Span span;
    std::variant<ScalarValue, lang::ExprPtr, ArrayValue> value;
};

/// What stands for a value whose mistake has been reported: a null expression.
inline Value unread(base::Span span) { return {std::move(span), lang::ExprPtr()}; }
inline bool is_unread(const Value& value) {
    const auto* expr = std::get_if<lang::ExprPtr>(&value.value);
    return expr && !*expr;
}

struct Assignment {
    std::string name;
    base::Span name_span;
    Value value;
};

/// What a model says of one of its parameters or variables, beside its value.
struct Declaration {
    std::string name;
    base::Span name_span;
    bool of_variable = false;  ///< one that the equations declare
    bool required = false;     ///< a parameter without a default
    std::optional<Value> low;  ///< may name parameters and variables of the model
    std::optional<Value> high;
    bool low_excluded = false;                 ///< `low` itself is out of range
    std::optional<base::Dimension> dimension;  ///< of the unit, if a unit of a field names it; else:
    lang::ExprPtr unit;                        ///< as in an equation; null: that of the value
    std::string unit_text;
    std::string about;
    std::string hint;  ///< the way out where a value is out of range
};

/// "from 0 to w_max", "above 0", "a whole number"; nothing where the declaration has no bound.
std::string range_in_words(const Declaration& declaration);

/// A piece of event code: `on_pre = "..."` is called "pre" (`on_post`: "post") unless a pathway that the user named has that name.
struct CodeBlock {
    std::string name;
    bool named = false;  ///< by the user: `on_pre = { NAME = "..." }`
    base::Span span;
    std::vector<lang::Statement> statements;
};

/// One model: a neuron model, a link of a synapse chain, or a synapse written whole. Library text and the
/// user's own look the same. `defaults` are the model file's [parameters] and [initial], the other two the
/// network file's; the latter win.
struct ModelText {
    std::string name;  ///< "stdp_pair"; empty for one written inline
    std::string file;  ///< which tells the model; likewise
    base::Span named;  ///< where the network names it
    base::Span span;
    std::vector<lang::Equation> equations;
    lang::ExprPtr threshold;
    std::vector<lang::Statement> reset;
    lang::ExprPtr refractory;  ///< a duration or a condition
    std::vector<CodeBlock> on_pre;
    std::vector<CodeBlock> on_post;
    lang::ExprPtr prune;  ///< structure: a synapse for which this holds goes
    lang::ExprPtr grow;   ///< structure: probability per `every` that an absent pair becomes a synapse
    lang::ExprPtr grow_condition;  ///< structure: pairs that may grow; null means all
    std::vector<Declaration> declarations;
    std::vector<Assignment> default_parameters;
    std::vector<Assignment> default_initial;
    std::vector<Assignment> parameters;
    std::vector<Assignment> initial;
    std::string method;  ///< empty: chosen by analysis
    base::Span method_span;
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

struct NeuronSpec {
    std::string name;
    base::Span span;
    std::int64_t size = 0;
    ModelText model;
    std::optional<SpikeTimes> spike_times;  ///< then `model` is empty
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

struct InputSpec {
    std::string name;
    base::Span span;
    GroupRef to;
    std::string target;
    base::Span target_span;
    Value rate;  ///< Hz; value or expression of t, i and the neuron's parameters
    Value weight;
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

struct ConnectColumn {
    std::string name;  ///< a synaptic variable or "delay"
    base::Span span;
    ArrayValue values;   ///< one per pair
    std::string header;  ///< the column's whole name, with its unit: "w_mV"
};

/// Sources and targets, counted within the slices.
using PairList = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

struct ConnectSpec {
    base::Span span;
    bool unread = false;  ///< a mistake has been reported
    ConnectRule rule = ConnectRule::all_to_all;
    bool autapses = false;
    bool multapses = false;
    std::int64_t n = 0;      ///< fixed_indegree, fixed_outdegree, fixed_total_number
    std::optional<Value> p;  ///< fixed_probability (a number), condition (number or expression)
    lang::ExprPtr condition;
    std::shared_ptr<const PairList> pairs = std::make_shared<PairList>();
    std::vector<ConnectColumn> columns;
};

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

struct DelaySpec {
    std::string pathway;  ///< empty: every presynaptic pathway (or the chain)
    base::Span span;
    Value value;
};

struct SynapseSpec {
    std::string name;
    base::Span span;
    GroupRef from;
    GroupRef to;
    ConnectSpec connect;
    std::vector<DelaySpec> delays;         ///< axonal; missing: 0
    std::optional<Value> dendritic_delay;  ///< missing: 0
    bool is_chain = true;
    std::optional<ModelText> release;     ///< chain: none means every spike releases 1
    std::optional<ModelText> plasticity;  ///< chain: none means w constant
    std::optional<ModelText> structure;
    double structure_every = 0.0;  ///< s
    ModelText whole;               ///< when not a chain
    std::string target;            ///< chain: the postsynaptic variable
    base::Span target_span;
    std::vector<Assignment> parameters;  ///< of the synapse (a synapse written whole)
    std::vector<Assignment> initial;     ///< `w` and link variables
    bool plastic = true;
    std::string method;
    base::Span method_span;
};

struct RegularSpec {
    base::Span span;
    std::string of;  ///< a neuron or synapse group
    double every = 0.0;
    std::vector<lang::Statement> statements;
};

enum class RecordKind { spikes, rate, variables };

struct RecordSpec {
    base::Span span;
    RecordKind kind = RecordKind::spikes;
    std::string of;
    std::string name;    ///< in the results; empty: the group's
    double bin = 0.0;    ///< rate
    double every = 0.0;  ///< variables; 0: each step
    std::vector<std::pair<std::string, base::Span>> variables;
    std::optional<std::vector<std::int64_t>> indices;  ///< none: all
    bool single = false;                               ///< store as float32
};

enum class PrecisionChoice { f64, f32 };

struct NetworkSpec {
    std::string file;  ///< as shown in messages
    std::string
        resolved;  ///< the network file with --set applied, as TOML: goes into results and checkpoints
    double duration = 0.0;  ///< s
    double dt = 1e-4;       ///< s
    std::uint64_t seed = 0;
    PrecisionChoice precision = PrecisionChoice::f64;
    base::Span simulation_span;
    std::vector<NeuronSpec> neurons;
    std::vector<InputSpec> inputs;
    std::vector<SignalSpec> signals;
    std::vector<SynapseSpec> synapses;
    std::vector<RegularSpec> regular;
    std::vector<RecordSpec> records;
    /// After errors: a text that would use parameters is missing, so that nobody can say which of them are unused.
    bool lost_texts = false;
};

}  // namespace bouton::model
