// SPDX-License-Identifier: BSD-3-Clause
// Lowering of one synapse group, spread over synapses.cpp (variables, start, plan), passes.cpp (event code) and
// between_events.cpp (equations of the synapse). Not for use outside codegen/lower.
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

private:
    struct Pass {
        bool per_neuron = false;
        bool sequential = false;
        std::vector<const analysis::CheckedStatement*> statements;
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
    void internal(const std::string& name, Stored stored, Placement placement, double fill = 0.0);

    // passes.cpp
    void pathways();
    void regular(std::vector<RegularPlan>& plans);
    std::vector<Pass> split(const std::vector<analysis::CheckedStatement>& statements, Placement end,
                            bool may_lift);
    bool clashes(const Pass& pass, const analysis::CheckedStatement& statement) const;
    bool order_matters(const analysis::CheckedStatement& statement) const;
    std::vector<PassPlan> lower_passes(const std::vector<Pass>& passes, const std::string& name, Side side,
                                       bool indirect);
    void lower_delayed(Builder& builder, const analysis::CheckedStatement& statement);

    // between_events.cpp
    void find_event_driven();
    bool touches_event_driven(const analysis::CheckedStatement& statement) const;
    void advance_and_store(Builder& builder);
    void pin_event_driven(Builder& builder);
    std::vector<ValueId> advance(Builder& builder, ValueId elapsed_steps);
    void traces(Placement placement);
    void clock();
    void summed();
    bool is_summed(const analysis::CheckedNeurons& group, const std::string& variable) const;
    std::vector<analysis::StateEquation> equations(bool event_driven, Placement placement) const;
    bool is_constant(const analysis::Term& term) const;
    bool is_uniform(const analysis::TermPtr& term) const;
    void coefficients(Propagator& propagator, const analysis::LinearSystem& system, Placement placement);

    Frame frame(bool per_neuron = false) const;
    Place place(analysis::End end, const std::string& key, bool per_neuron) const;
    StatementTargets targets(bool per_neuron) const;
    analysis::TermPtr keep(const analysis::TermPtr& term) {
        collect_scalars(term, plan_.scalars);
        return term;
    }

    const Lowering& in_;
    const analysis::CheckedSynapses& checked_;
    const analysis::SynapseSpec& spec_;
    const NeuronPlan* pre_ = nullptr;
    const NeuronPlan* post_ = nullptr;
    std::vector<std::pair<std::size_t, const analysis::CheckedRegular*>> regular_;
    Placements placements_;
    std::vector<analysis::StateEquation> event_driven_;  ///< kept per synapse
    SynapsePlan plan_;
};

}  // namespace bouton::codegen
