// SPDX-License-Identifier: BSD-3-Clause
// From the checked network to the plan: one function per part of the network.
#pragma once

#include "analysis/checked.hpp"
#include "analysis/integrators.hpp"
#include "codegen/lower/builder.hpp"
#include "codegen/plan/plan.hpp"

#include <set>

namespace bouton::codegen {

struct Lowering {
    const model::NetworkSpec* spec = nullptr;
    const analysis::CheckedNetwork* network = nullptr;
    base::Diagnostics* diagnostics = nullptr;
};

NeuronPlan lower_neurons(const Lowering& in, std::size_t group);
InputPlan lower_input(const Lowering& in, std::size_t input, const NeuronPlan& neurons);
SynapsePlan lower_synapses(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons,
                           std::vector<RegularPlan>& regular, std::vector<RecordPlan>& records);
RegularPlan lower_regular_neurons(const Lowering& in, std::size_t regular, const NeuronPlan& neurons);
RecordPlan lower_record_neurons(const Lowering& in, const analysis::CheckedRecord& record,
                                const NeuronPlan& neurons);

/// A kernel that stores the term of every neuron, or synapse, to scratch Role::out; `stream` names its random numbers (empty: the
/// group does), `wide`: it is computed in double.
Kernel lower_query_neurons(const NeuronPlan& neurons, const analysis::TermPtr& term,
                           const std::string& stream, bool wide);
Kernel lower_query_synapses(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons,
                            const analysis::TermPtr& term, const std::string& stream, bool wide);

/// The two kernels of a range, over the elements or the synapses of the frame; `keep` sees the terms they hold.
RangePlan lower_range(const analysis::CheckedRange& range, std::size_t number, Domain domain,
                      const Frame& frame, const model::NetworkSpec& spec,
                      const std::function<void(const analysis::TermPtr&)>& keep);

/// The place of a neuron's variable in a kernel, given who owns it and what indexes it there.
Place neuron_place(const NeuronPlan& neurons, const Name& name, Owner owner, Index index);

/// Whether the group keeps Role::active.
bool keeps_active(const NeuronPlan& neurons);

/// Whether some text of the network reads this variable of the group; its equations and first values count if asked for.
bool reads_neuron_name(const analysis::CheckedNetwork& network, const analysis::CheckedNeurons& neurons,
                       const Name& name, bool own_equations = true);

/// Refuses equations with a coefficient that is known and not finite.
void check_coefficients(const Lowering& in, const analysis::LinearSystem& system,
                        const std::vector<Variable>& variables, const base::Span& span,
                        const std::string& group);

/// By how much the variable of x' = a x changes in a step, if a is known and x decays slowly enough to be stored relative to an
/// epoch. `variables` are those that a may name.
std::optional<double> decay_factor(const analysis::StateEquation& equation, analysis::Method method,
                                   const std::vector<Variable>& variables, const model::NetworkSpec& spec);

/// Whether nothing in the network changes the variable of the group but sums of events, and nothing but the group's equations,
/// first values and records reads it.
bool only_gathers(const analysis::CheckedNetwork& network, const analysis::CheckedNeurons& neurons,
                  const std::string& key);

/// The place of a variable, with its scalars if it is one of `decays`.
Place decaying(Place place, const std::vector<DecayPlan>& decays);
void note_decays(const std::vector<DecayPlan>& decays, std::vector<std::string>& notes);

/// Lowers a block for one element each: locals, stores, conversions; `target` gives the place of what is
/// assigned, `refractory` the place of the not-refractory flag of the neuron at that end (none: never refractory).
struct StatementTargets {
    std::function<Place(analysis::End, const Name&)> place;
    std::function<std::optional<Place>(analysis::End)> refractory;
    /// Whether sums into neurons of that end go without the flag (ArraySlot::guarded); empty: they do not.
    std::function<bool(analysis::End)> guarded;
};
void lower_statement(Builder& builder, const analysis::CheckedStatement& statement,
                     const StatementTargets& targets);

/// Adds the scalars that the terms of these kernels use.
void collect_scalars(const analysis::TermPtr& term, std::vector<Scalar>& scalars);

/// What is evaluated for the engine, to scratch Role::out: times and whole numbers in double, truth values in a byte if asked for.
void store_result(Builder& builder, Index index, ValueId value,
                  analysis::ValueType type = analysis::ValueType::real);

Stored stored_as(analysis::ValueType type);
/// Moments are double in either precision.
Stored stored_as(const analysis::CheckedVariable& variable, const model::NetworkSpec& spec);

}  // namespace bouton::codegen
