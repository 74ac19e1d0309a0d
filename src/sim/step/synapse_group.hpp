// SPDX-License-Identifier: BSD-3-Clause
// A synapse group at work: its synapses, its kernels, the events that spikes cause.
#pragma once

#include "sim/bind/segments.hpp"
#include "sim/step/neuron_group.hpp"
#include "sim/step/pathway.hpp"
#include "sim/step/synapse_change.hpp"
#include "state/synapse_state.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace bouton::sim {

class GivenValues;

/// Synapses that go and synapses that come, by block; both ascend by source, then by position or target.
struct SynapseEdit {
    explicit SynapseEdit(std::size_t blocks) : leaving(blocks), coming(blocks) {}
    bool empty() const {
        const auto none = [](const auto& of_block) { return of_block.empty(); };
        return std::all_of(leaving.begin(), leaving.end(), none) &&
               std::all_of(coming.begin(), coming.end(), none);
    }

    std::vector<std::vector<state::Leaving>> leaving;
    std::vector<std::vector<state::Grown>> coming;
};

class SynapseGroup {
public:
    /// Spec, plan, state, groups and context must outlive it.
    SynapseGroup(const codegen::SynapsePlan& plan, state::SynapseState& state, NeuronGroup& pre,
                 NeuronGroup& post, Context& context);

    /// Connects, gives first values and delays, and makes what events need. The neuron groups stand already.
    void build();
    /// In place of build(): gets ready for a state that is read.
    void expect();
    /// Brings everything to the start of the present step: what is stored is what there is. Precondition: the traces kept in
    /// the neurons are those of this step (advance_traces).
    void rebase(const Clock& clock);
    /// After what is stored has changed since rebase.
    void rebased(const Clock& clock) {
        if (state_.deferred) move_origin(clock);
    }
    /// Throws for the first synapse whose value of that name is out of range.
    void check_ranges(const std::string& variable);
    /// Once constants on which exact integration depends have changed.
    void run_propagators();
    /// Those of constants that differ from synapse to synapse.
    void run_own_propagators();
    void run_propagator(const codegen::Propagator& propagator);
    /// Evaluates constants that are no draws anew, but for those of which `keep` holds, and what exact integration derives.
    void evaluate_constants(const std::function<bool(const std::string&)>& keep);
    /// Writes the state down or reads it back. Kernels are to be bound after reading.
    void archive(base::Archive& archive);
    /// Binds kernels to arrays; again after every structural edit. `strides`: events go through Pathway::run_part.
    void bind(bool strides);

    /// The traces kept in the neurons one dt on: all, those of sources, or those of the targets of a block.
    void advance_traces(const Clock& clock);
    void advance_sources(const Clock& clock);
    void advance_targets(const Clock& clock, std::size_t part);
    /// Whether begin_step has something to do.
    bool epoch_ends(std::int64_t step) const { return origin_moves(step) || counts_anew(step); }
    /// Steps until it has, from a step at which it has nothing to do any more.
    std::int64_t steps_to_epoch(std::int64_t step) const;
    /// Before anything in a step reads its synapses.
    void begin_step(const Clock& clock);
    /// Lets all synapses meet the postsynaptic events before `step` that still wait; to be called before anything looks at
    /// their variables.
    void flush(std::int64_t step);
    /// The same of the synapses of some sources, ascending. Only where the plan has DeferredPlan::mark_some.
    void flush(std::int64_t step, std::span<const std::uint32_t> sources);
    void accumulate_summed(const Clock& clock);
    void run_clock_driven(const Clock& clock);
    /// The due events of all pathways of one side. Returns how many synapses they met.
    std::int64_t run_events(const Clock& clock, codegen::Side side);

    // Several steps at a time (strides.hpp): sources first, then the pathways' events of every part.
    void begin_stride(const Clock& clock, std::int64_t steps);
    void take_sources(const Clock& clock, std::int64_t steps, std::int64_t traces_step);
    void end_sources();
    /// The shortest delay of a spike whose neuron has a state, in steps; the longest number if there is none.
    std::int64_t shortest_delay() const;

    /// Adds delayed input that is due to the targets.
    void deliver(const Clock& clock);
    /// Adds synapses between two steps and returns their ids; removes those with such ids. Throws base::Error or
    /// base::DiagnosticError (status 2) for what cannot be, and changes nothing then. Kernels are to be bound afterwards, in either
    /// case.
    std::vector<std::int64_t> add(const Clock& clock, const NewSynapses& wanted);
    void remove(std::span<const std::int64_t> ids);
    double dt() const;
    /// Prunes and grows. True if anything changed: then everything that touches the group is to be bound anew.
    bool edit(const Clock& clock);

    Scope scope();
    /// The segments of all synapses on a route; kept until the next edit.
    const Segments& all(const Route& route);
    /// Binds a kernel that runs over all synapses, or over the neurons of one end.
    RowKernel bind_rows(const codegen::Kernel& kernel, const ScalarTable* extra,
                        const RowKernel::BlockScratch& scratch = {}, When when = When::in_steps);
    BoundKernel bind_elements(const codegen::Kernel& kernel, const ScalarTable* extra);
    /// Elements of an `elements` kernel over one end, padded.
    std::int64_t end_count(codegen::Side side) const;

    /// Runs a kernel over the synapses of some rows. What it stores to Role::out comes in an array per block, which begins
    /// at a position of that block.
    void run_rows(const codegen::Kernel& kernel, When when, const Clock& clock, state::RowRange rows,
                  std::vector<state::StateArray>& out, std::vector<std::int64_t>& out_begin);

    void check_finite(const Clock& clock) const;
    std::size_t bytes() const;
    /// "(i, j)" with numbers in the whole groups.
    std::string pair_name(std::size_t block, std::int64_t position) const;

    const codegen::SynapsePlan& plan;
    NeuronGroup& pre;
    NeuronGroup& post;
    state::SynapseStore& store;
    ScalarTable scalars;

    /// Those of the spikes of one side; until kernels are bound anew.
    std::vector<Pathway>& pathways(codegen::Side side) {
        return pathways_[side == codegen::Side::pre ? 0 : 1];
    }

    /// The pathway that the plan lists under this number.
    Pathway& pathway(int number);

private:
    void check_values_fit() const;
    /// Whether events that wait are counted from this step on.
    bool origin_moves(std::int64_t step) const {
        return state_.deferred && (state_.epoch < 0 || step - state_.epoch >= epoch_steps_);
    }
    /// Whether the steps to which synapses have been brought are: they are kept in 32 bits.
    bool counts_anew(std::int64_t step) const {
        return !plan.count_anew.empty() && step != state_.counted_from &&
               step % context_.count_anew_every == 0;
    }
    /// Counts waiting events from this step on; none waits then.
    void move_origin(const Clock& clock);
    void count_from(std::int64_t step);
    void count_anew(const Clock& clock);
    bool may_take_sources_together() const;
    /// The first value of a variable per synapse that is not finite.
    std::optional<state::Location> first_non_finite(std::size_t variable, const Segments* among) const;
    void make_connections();
    /// Throws if so many synapses do not fit (Context::room).
    void check_room(std::int64_t synapses) const;
    /// Throws if a block has more synapses than can be numbered (numbering.hpp): with E410 while the network is built.
    void check_numbers(bool built) const;
    void build_indices();
    void run_initialiser(const codegen::Initialiser& initialiser, const Segments* grown);
    void set_values(const codegen::Initialiser& initialiser, state::StateArray* common, int variable);
    /// Throws for the first of these synapses whose value is out of range.
    void check_range(const codegen::RangePlan& range, const Segments* grown);
    void check_initial(const codegen::Initialiser& initialiser, int variable, const Segments* grown) const;
    /// Receives what a kernel stored to Role::out for positions of a row of a block: elements `first` and on.
    using TakeStretch = std::function<void(std::size_t block, const bn_segment& row,
                                           const state::StateArray& out, std::int64_t first)>;
    /// Runs a kernel once over all synapses, or over those chosen; several threads may call `take` at a time.
    void run_stretches(const codegen::Kernel& kernel, const Segments* chosen, const TakeStretch& take,
                       When when = When::once);
    /// `known`: those that are set already.
    void evaluate_delays(const Segments* grown, const std::vector<std::size_t>& known = {});
    void evaluate_delay(std::size_t d, const Segments* grown);
    void choose_row_delay();
    void make_ring();
    std::int64_t rows_of_ring() const;
    void set_ring_scalars();
    void make_deferral();
    void bind_deferral();
    void count_in_degrees();
    /// For the events of so many steps of every target.
    void make_room(const Clock& clock, std::int64_t steps);
    /// Returns how many synapses these events concern.
    std::int64_t keep_events(const Clock& clock, std::span<const std::uint32_t> targets, std::size_t part);
    /// `step`: the next one.
    void lengthen_ring(std::int64_t step);
    /// `from_now`: spikes of steps that nobody could hear are not heard by synapses that have come, either.
    void keep_history(bool from_now = false);
    void place_new(const NewSynapses& wanted, SynapseEdit& edit);
    void forget_edits();
    void start_added(const Segments& added, std::int64_t step, const GivenValues& given,
                     std::int64_t first_id);
    void draw_grown(const Clock& clock, SynapseEdit& edit);
    void find_pruned(SynapseEdit& edit);
    /// `start` gives new synapses their first values; if it throws, none has come. Kernels are to be bound afterwards, in
    /// either case.
    void apply(const SynapseEdit& edit, const std::function<void(const Segments&)>& start);
    void count_synapse(const state::SynapseBlock& block, std::int64_t position, std::int64_t sign);
    void count_delays();
    /// The different delays of the synapses, ascending.
    std::vector<std::int64_t> occurring_delays(int delay) const;
    void set_last_update(const Segments& grown, std::int64_t step);
    void start_grown(const Segments& grown, std::int64_t step);

    state::SynapseState& state_;
    Context& context_;
    std::vector<Pathway> pathways_[2];  ///< by side
    bool sources_together_ = false;     ///< what happens to sources in a stride need not go step by step
    std::vector<BoundKernel> traces_source_;
    std::vector<std::vector<BoundKernel>> traces_target_;  ///< by kernel, then by block
    RowKernel clock_driven_;
    std::vector<RowKernel> summed_;
    BoundKernel deliver_;
    state::StateArray due_;  ///< the row of this step
    RowKernel flush_;
    BoundKernel mark_processed_, mark_some_, rebase_trace_;
    std::int64_t epoch_steps_ = 0;
    std::vector<std::int64_t> in_degree_;
    std::vector<std::vector<std::int64_t>> delay_counts_;  ///< by delay that is per synapse, then by steps
    std::deque<std::pair<Route, Segments>> all_;
};

/// What is wrong with a delay; nothing if it can be. `of` says whose it is.
std::optional<std::string> fault_of_delay(double seconds, double dt, const std::string& of);

/// Delay in whole steps, floor(seconds / dt + 0.5); throws a diagnostic for one that cannot be. `of` says whose.
std::int64_t delay_steps(double seconds, double dt, const base::Span& span, const std::string& of);

}  // namespace bouton::sim
