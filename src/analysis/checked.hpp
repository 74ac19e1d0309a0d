// SPDX-License-Identifier: BSD-3-Clause
// What analysis makes of the description: every text resolved, every variable with its type, dimension and role.
// Lowering reads nothing else of the texts.
#pragma once

#include "analysis/query.hpp"
#include "analysis/term.hpp"
#include "model/spec.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouton::analysis {

struct CheckedVariable {
    std::string name;  ///< the user's word
    std::string key;   ///< unique in its group: the name, or LINK.name where two links of a chain share it
    base::Span span;
    lang::EquationKind kind = lang::EquationKind::parameter;
    ValueType type = ValueType::real;
    base::Dimension dimension;
    bool event_driven = false;
    bool clock_driven = false;
    bool summed = false;
    bool constant = false;
    bool constant_over_dt = false;
    bool shared = false;
    bool unless_refractory = false;
    bool implicit = false;   ///< a constant given as an expression, hence one value per element
    bool hidden = false;     ///< a number that a parameter draws, which no text can name
    bool written = false;    ///< something changes it after the start
    bool is_moment = false;  ///< holds a time as t does: double in either precision (find_moments)
    TermPtr expr;            ///< right-hand side of an equation or subexpression, subexpressions inlined
};

/// The variables of a group, found by name or key without a walk over all.
class CheckedVariables {
public:
    void add(CheckedVariable variable);
    /// Null where there is none. Of two links' variables of one name the last.
    const CheckedVariable* named(const std::string& name) const { return look(list_, by_name_, name); }
    const CheckedVariable* with_key(const std::string& key) const { return look(list_, by_key_, key); }
    CheckedVariable* with_key(const std::string& key) { return look(list_, by_key_, key); }
    /// Of those that texts can name.
    std::vector<std::string> names() const;
    std::vector<std::string> keys() const;

    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }
    std::size_t size() const { return list_.size(); }
    bool empty() const { return list_.empty(); }

private:
    using Index = std::map<std::string, std::size_t>;
    template <class List>
    static auto look(List& list, const Index& index, const std::string& word) -> decltype(list.data()) {
        const auto found = index.find(word);
        return found == index.end() ? nullptr : &list[found->second];
    }

    std::vector<CheckedVariable> list_;
    Index by_name_, by_key_;
};

/// Value at the start; in an order in which each needs only earlier ones.
struct CheckedInitial {
    std::string key;
    TermPtr term;  ///< or, where null:
    std::optional<model::ArrayValue> values;
    base::Span span;
};

/// A range that can be judged only when values are drawn: `value` of every element lies within the bounds at the start.
struct CheckedRange {
    std::string name;
    base::Span span;  ///< where its value stands
    TermPtr value;
    TermPtr start;  ///< what it starts from; null where that is a list of numbers
    TermPtr low;    ///< null: no bound
    TermPtr high;
    bool low_excluded = false;
    bool whole = false;  ///< only whole numbers
    std::string words;   ///< "from 0 to w_max"
    std::string model;   ///< " of 'stdp_pair'", or nothing
    std::string hint;
};

struct CheckedStatement {
    base::Span span;
    lang::AssignOp op = lang::AssignOp::set;
    bool is_local = false;
    End end = End::own;
    std::string target;  ///< key of the variable, or name of the local
    ValueType type = ValueType::real;
    bool unless_refractory = false;  ///< writes only while the target neuron is not refractory
    bool delayed = false;  ///< transmission of a chain with a dendritic delay: arrives at the soma later
    TermPtr value;
};

struct CheckedNeurons {
    std::string group;
    std::int64_t size = 0;
    bool spike_source = false;     ///< given spike times: no variables
    std::set<std::string> broken;  ///< names declared with a mistake, which has been reported
    CheckedVariables variables;
    std::vector<CheckedInitial> initial;
    std::vector<CheckedRange> ranges;
    TermPtr threshold;
    std::vector<CheckedStatement> reset;
    TermPtr refractory;  ///< type real: a duration; boolean: a condition
    std::string method;
    base::Span method_span;

    const CheckedVariable* find(const std::string& key) const { return variables.with_key(key); }
};

/// A summed variable: x of a neuron group is, each step, the sum over the synapses of `expr`.
struct CheckedSummed {
    base::Span span;
    End end = End::post;
    std::string variable;
    TermPtr expr;
};

struct CheckedPathway {
    std::string name;    ///< as records call it: "pre" and "post" where the user gave none
    bool named = false;  ///< by the user
    bool post = false;   ///< triggered by postsynaptic spikes
    int delay = -1;      ///< index into CheckedSynapses::delays
    std::vector<CheckedStatement> statements;
};

struct CheckedDelay {
    model::DelayName name;
    base::Span span;
    TermPtr term;  ///< or:
    std::optional<model::ArrayValue> values;
};

struct CheckedSynapses {
    std::string name;
    const model::SynapseSpec* spec = nullptr;
    const CheckedNeurons* pre = nullptr;
    const CheckedNeurons* post = nullptr;
    std::set<std::string> broken;
    CheckedVariables variables;
    std::vector<CheckedInitial> initial;
    std::vector<CheckedRange> ranges;
    std::vector<CheckedDelay> delays;
    std::vector<CheckedPathway> pathways;
    std::vector<CheckedSummed> summed;
    TermPtr connect_condition;
    TermPtr connect_p;
    TermPtr prune;
    TermPtr grow;
    TermPtr grow_condition;
    std::string method;
    base::Span method_span;

    const CheckedVariable* find(const std::string& key) const { return variables.with_key(key); }
};

struct CheckedInput {
    TermPtr rate;
    TermPtr weight;
    std::string target;
    bool unless_refractory = false;
};

/// sum_post(x) or sum_pre(x) in a run_regularly; its value is the term `reduction` of this number.
struct CheckedReduction {
    std::uint64_t number = 0;  ///< counts those of the network
    End end = End::post;
    TermPtr expr;
};

struct CheckedRegular {
    bool of_synapses = false;
    std::size_t group = 0;  ///< index among the neuron or synapse groups
    std::vector<CheckedReduction> reductions;
    std::vector<CheckedStatement> statements;
};

struct CheckedRecord {
    std::size_t spec = 0;
    bool of_synapses = false;
    std::size_t group = 0;
    int at = -1;  ///< index into CheckedSynapses::pathways: at their events; -1: at regular times
    std::vector<std::string> keys;
    std::vector<TermPtr> expressions;  ///< non-null where a subexpression is recorded
};

struct CheckedNetwork {
    std::vector<CheckedNeurons> neurons;
    std::vector<CheckedInput> inputs;
    std::vector<CheckedSynapses> synapses;
    std::vector<CheckedRegular> regular;
    std::vector<CheckedRecord> records;
    CheckedQuery query;  ///< if there is one
};

}  // namespace bouton::analysis
