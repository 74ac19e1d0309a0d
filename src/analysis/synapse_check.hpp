// SPDX-License-Identifier: BSD-3-Clause
// The check of one synapse group, spread over check_synapses.cpp (names and values) and check_pathways.cpp
// (equations, events, protocols). Not for use outside analysis.
#pragma once

#include "analysis/check.hpp"
#include "analysis/names.hpp"
#include "analysis/statements.hpp"

namespace bouton::analysis {

class SynapseCheck {
public:
    SynapseCheck(const model::SynapseSpec& spec, const Surroundings& around, CheckedNetwork& network);
    CheckedSynapses operator()();

private:
    /// One text with its own names: a link of the chain, or the whole synapse.
    struct Link {
        Link(std::string name, const model::ModelText* text, std::string prefix,
             base::Diagnostics& diagnostics)
            : name(std::move(name)), text(text), table(std::move(prefix), TextKind::synapses, diagnostics) {}
        std::string name;
        const model::ModelText* text;
        NameTable table;
        bool frozen = false;  ///< plasticity with plastic = false: only what `w` starts from
        std::vector<model::Assignment> parameters;
        std::vector<model::Assignment> initial;
    };

    Link& add_table(const std::string& name, const model::ModelText* text);
    void take_method(const model::ModelText& text);
    Scope make_scope(Link& link);
    TermPtr find_name(Link& link, const std::string& name, const base::Span& span, bool* reported);
    Scope scope_of(const Query& query);
    TermPtr not_kept(const std::string& name, const base::Span& span, bool* reported);
    TermPtr find_neuron(const std::string& name, bool* reported) const;
    Target find_target(Link& link, const std::string& name);

    void declare_chain();
    void declare_whole();
    std::optional<base::Dimension> check_target();
    void settle_keys();
    void give_values();
    /// Refuses a column "w_mV" where that is also the name of a variable.
    void refuse_second_meaning(const model::ConnectColumn& column);
    void check_connect();
    void check_structure();
    void collect();
    std::set<std::string> kept_of_frozen(const std::deque<CheckedVariable>& variables,
                                         const std::vector<CheckedInitial>& initialisers) const;

    // check_pathways.cpp
    void check_delays();
    /// Index of the delay of event code; -1: none.
    int delay_of(const std::string& pathway, bool post) const;
    void check_chain();
    void keep_release(CheckedPathway& pre);
    void check_whole();
    void check_regular();
    void check_equations(Link& link);
    void check_event_driven(const CheckedVariable& variable, const base::Span& span);
    void check_summed(const CheckedVariable& variable);
    std::vector<CheckedStatement> statements(Link& link, const std::vector<lang::Statement>& list,
                                             Locals given = {});
    void warn_of_order(const CheckedStatement& statement);
    CheckedStatement transmission();
    TermPtr reduction(const lang::Call& call, const base::Span& span, const std::vector<TermPtr>& arguments,
                      std::vector<CheckedReduction>& found, bool* reported);

    TermPtr condition(const Scope& scope, const lang::Expr& expr, const std::string& what);
    TermPtr value(const Scope& scope, const model::Value& given, const base::Dimension& wanted,
                  const std::string& what);

    const model::SynapseSpec& spec_;
    const Surroundings& around_;
    base::Diagnostics& diagnostics_;
    CheckedNetwork& network_;
    CheckedSynapses result_;
    std::vector<std::unique_ptr<Link>> links_;
    Link* base_ = nullptr;
    Link* release_link_ = nullptr;
    Link* plasticity_link_ = nullptr;
    Link* structure_link_ = nullptr;
    Link* w_link_ = nullptr;
    TermPtr release_;  ///< what `release` means while a presynaptic spike is handled
    std::optional<CheckedVariable> kept_release_;  ///< the same of the last one, where a record names it
    base::Dimension target_dimension_;
    bool target_refractory_ = false;
    std::set<std::string> written_;  ///< keys that some statement writes
    std::map<model::DelayName, int> delay_index_;
    ScopeState state_;
};

}  // namespace bouton::analysis
