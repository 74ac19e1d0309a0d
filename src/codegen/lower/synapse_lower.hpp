// SPDX-License-Identifier: BSD-3-Clause
// Lowering of one synapse group, spread over synapses.cpp (variables, start, plan), passes.cpp (event code),
// deferred.cpp (postsynaptic events that wait) and between_events.cpp (equations of the synapse). Not for use outside codegen/lower.
#pragma once

#include "analysis/integrators.hpp"
#include "codegen/lower/integrate.hpp"
#include "codegen/lower/lower.hpp"
#include "codegen/lower/placement.hpp"

namespace bouton::codegen {

class SynapseLower {
public:
    SynapseLower(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons);
    SynapsePlan operator()(std::vector<RegularPlan>& regular, std::vector<RecordPlan>& records);
    /// The same without handing it over: the group can be asked then.
    void lower(std::vector<RegularPlan>& regular, std::vector<RecordPlan>& records);
    Kernel query(const analysis::TermPtr& term, const std::string& stream, bool wide);

private:
    struct Pass {
        bool per_neuron = false;
        bool sequential = false;
        std::vector<const analysis::CheckedStatement*> statements;
    };

    /// What an event that waits reads of the neurons.
    struct EventInput {
        analysis::End end;
        std::string key;
        analysis::ValueType type;
        bool of_source;          ///< else of the target: kept with the event
        analysis::TermPtr rate;  ///< of_source: of its decay; null: it stands still between events
    };
    struct Deferral {
        const analysis::CheckedPathway* pre = nullptr;   ///< whose spikes the others wait for
        const analysis::CheckedPathway* post = nullptr;  ///< whose events wait
        std::vector<EventInput> inputs;
        std::optional<std::size_t> order;  ///< the input whose decay tells events apart; none: their steps do
    };

    // synapses.cpp
    void place_variables();
    void initialisers();
    void delays();
    void connect();
    void structure();
    void deliver();
    void records(std::vector<RecordPlan>& plans);
    void final_values();
    Kernel evaluation(const std::string& name, const analysis::TermPtr& term, Stored stored,
                      Placement placement);
    void internal(const Name& name, Stored stored, Placement placement, double fill = 0.0);

    // passes.cpp
    void pathways();
    void regular(std::vector<RegularPlan>& plans);
    std::vector<Pass> split(const std::vector<analysis::CheckedStatement>& statements, Placement end,
                            bool may_lift);
    /// The last pass that the statement can be part of, as if it stood there; null: it needs one of its own.
    Pass* pass_for(std::vector<Pass>& passes, const analysis::CheckedStatement& statement,
                   bool per_neuron) const;
    /// Whether the statements may change places.
    bool may_swap(const analysis::CheckedStatement& a, const analysis::CheckedStatement& b) const;
    bool clashes(const Pass& pass, const analysis::CheckedStatement& statement) const;
    bool order_matters(const analysis::CheckedStatement& statement) const;
    /// `pathway`: whose statements these are, if a pathway's.
    std::vector<PassPlan> lower_passes(const std::vector<Pass>& passes, const std::string& name, Side side,
                                       bool indirect, const analysis::CheckedPathway* pathway);
    void lower_delayed(Builder& builder, const analysis::CheckedStatement& statement);

    // deferred.cpp
    void find_deferral();
    bool can_wait(const std::vector<const analysis::CheckedStatement*>& statements, Deferral& deferral) const;
    bool can_read_later(const analysis::Term& node, Deferral& deferral) const;
    std::optional<analysis::TermPtr> decay_rate(const analysis::CheckedVariable& variable) const;
    std::vector<const EventInput*> event_fields() const;
    std::optional<std::size_t> ordering_input(const Deferral& deferral) const;
    ValueId decay(Builder& builder, const analysis::TermPtr& rate, ValueId steps);
    ValueId event_order(Builder& builder);
    Kernel keep_event(const std::string& name);
    Kernel mark_processed(const std::string& name, Domain domain);
    Kernel rebase_trace(const std::string& name, bool at_event);
    void meet_events(Builder& builder);
    void plan_deferral();

    // between_events.cpp
    void find_event_driven();
    bool touches_event_driven(const analysis::CheckedStatement& statement) const;
    void advance_and_store(Builder& builder);
    void pin_event_driven(Builder& builder);
    std::vector<ValueId> advance(Builder& builder, ValueId elapsed_steps);
    std::vector<ValueId> advance_alone(Builder& builder, const std::vector<analysis::StateEquation>& states,
                                       ValueId elapsed_steps, bool per_neuron);
    void find_sources_at_events();
    bool reads_source_at_events(const analysis::TermPtr& term) const;
    std::vector<ValueId> sources_now(Builder& builder, bool per_neuron);
    void pin_sources(Builder& builder, bool per_neuron);
    Kernel advance_sources(const std::string& name);
    ValueId steps_counted(Builder& builder);
    void count_anew();
    void find_decays();
    void traces(Placement placement);
    void clock();
    void summed();
    bool is_summed(const analysis::CheckedNeurons& group, const std::string& variable) const;
    std::vector<analysis::StateEquation> equations(bool event_driven, Placement placement) const;
    static bool reads_any(const std::vector<analysis::StateEquation>& states, const analysis::TermPtr& term);
    static bool are_coupled(const std::vector<analysis::StateEquation>& states);
    bool is_constant(const analysis::Term& term) const;
    bool is_uniform(const analysis::TermPtr& term) const;
    void coefficients(Propagator& propagator, const analysis::LinearSystem& system, Placement placement);

    Frame frame(bool per_neuron = false) const;
    /// Whether it changes the weight while plasticity is halted.
    bool stands_still(const analysis::CheckedStatement& statement) const {
        return spec_.halted && !statement.is_local && statement.end == analysis::End::own &&
               statement.target == "w";
    }
    /// In place of a change: the kernel is otherwise the same, and so are its routes and what it keeps for later.
    void keep_weight(Builder& builder, bool per_neuron) const {
        const Place weight = place(analysis::End::own, Name::user("w"), per_neuron);
        builder.store(weight.slot, builder.load(weight));
    }
    Place place(analysis::End end, const Name& name, bool per_neuron) const;
    StatementTargets targets(bool per_neuron, bool sequential = false) const;
    analysis::TermPtr keep(const analysis::TermPtr& term) {
        collect_scalars(term, plan_.scalars);
        return term;
    }

    const Lowering& in_;
    const analysis::CheckedSynapses& checked_;
    const model::SynapseSpec& spec_;
    const NeuronPlan* pre_ = nullptr;
    const NeuronPlan* post_ = nullptr;
    std::vector<std::pair<std::size_t, const analysis::CheckedRegular*>> regular_;
    Placements placements_;
    std::vector<analysis::StateEquation> event_driven_;  ///< kept per synapse
    /// Kept per source, and stand as the events of `at_events_` left them.
    std::vector<analysis::StateEquation> sources_at_events_;
    const analysis::CheckedPathway* at_events_ = nullptr;
    std::optional<Deferral> deferral_;
    std::uint64_t stream_ = 0;  ///< of random numbers
    bool wide_ = false;         ///< whether all is computed in double
    int kept_locals_ = 0;       ///< between passes: how many there are
    SynapsePlan plan_;
};

}  // namespace bouton::codegen
