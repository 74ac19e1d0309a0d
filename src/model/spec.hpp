// SPDX-License-Identifier: BSD-3-Clause
// The description of a network as plain data: what the network file, C++ or Python says, with texts parsed into
// trees and nothing computed. The loader (network/) makes it, analysis reads it, the simulation takes sizes,
// values and protocols from it.
#pragma once

#include "lang/syntax.hpp"
#include "model/data.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bouton::model {

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

struct NeuronSpec {
    std::string name;
    base::Span span;
    std::int64_t size = 0;
    ModelText model;
    std::shared_ptr<const SpikeTimes> spike_times;  ///< then `model` is empty
    std::set<std::string> writable;  ///< what is to be kept per neuron, whatever values it starts from
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

struct ConnectColumn {
    std::string name;  ///< a synaptic variable or "delay"
    base::Span span;
    ArrayValue values;   ///< one per pair
    std::string header;  ///< the column's whole name, with its unit: "w_mV"
};

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
    bool halted = false;  ///< Session::set_plastic: plasticity and structure stand still until they go on
    std::set<std::string>
        writable;  ///< what is to be kept per synapse, though the synapses of a neuron agree
    std::string method;
    base::Span method_span;
};

struct RegularSpec {
    base::Span span;
    std::string of;  ///< a neuron or synapse group
    double every = 0.0;
    std::vector<lang::Statement> statements;
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
