// SPDX-License-Identifier: BSD-3-Clause
// The plan of a simulation, its whole order: sizes, slices, connections, steps, seed and records, for every group its variables,
// where each is stored, and the lowered kernels with the moment at which each runs. Made by codegen::make_plan from the
// description, which nobody reads after it.
// Names in ArraySlot, scalars and signals of a kernel are bound by the simulation as said below.
#pragma once

#include "base/diagnostics.hpp"
#include "codegen/ir/ir.hpp"
#include "model/data.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace bouton::model {
struct NetworkSpec;
}

namespace bouton::codegen {

/// Where a variable lives. Neuron groups: shared or element. Synapse groups: any but element.
enum class Placement : std::uint8_t { shared, element, per_source, per_target, per_synapse };

struct Variable {
    Name name;
    base::Dimension dimension;
    Stored stored = Stored::real;
    Placement placement = Placement::element;
    bool hidden = false;    ///< CheckedVariable::hidden
    bool constant = false;  ///< never written after initialisation
    double fill = 0.0;      ///< value before any initialiser

    /// Not in results.
    bool internal() const { return hidden || !name.is_user(); }
};

/// Sets one variable at the start. Run in order; for synapses also run over newly grown ones.
struct Initialiser {
    std::string variable;                     ///< the user's word
    std::optional<Kernel> kernel;             ///< stores to `variable` itself (Owner::self or Owner::synapse)
    std::optional<model::ArrayValue> values;  ///< else one value per element
    base::Span span;                          ///< for messages on non-finite values
};

/// What a model demands of a value, judged for every element once first values are there.
struct RangePlan {
    std::string name;
    base::Dimension dimension;
    base::Span span;    ///< where the value stands
    Kernel holds;       ///< stores u8 to scratch "out": whether the value is in range
    Kernel value;       ///< stores f64 to scratch "out"; for the message
    std::string words;  ///< "from 0 to 1"
    std::string model;  ///< " of 'bernoulli'", or nothing
    std::string hint;

    /// Whether it is the range of this variable (the user's word), or one whose bounds depend on it.
    bool depends_on(const std::string& variable) const {
        return std::any_of(holds.arrays.begin(), holds.arrays.end(),
                           [&](const ArraySlot& slot) { return slot.variable == Name::user(variable); });
    }
};

/// Exact integration of x' = A x + b over a step: x <- P x + Q b. The simulation evaluates `coefficients` once
/// (after initialisation), computes P = expm(A dt), Q = int_0^dt expm(A s) ds, and stores each wanted entry.
struct Propagator {
    System of = System::neurons;
    std::string group;  ///< of neurons; empty for synapses
    int size = 0;
    bool uniform = true;  ///< A is the same for all elements: entries are scalars
    Placement placement = Placement::element;
    /// elements; stores A's possibly non-zero entries into scratch, Role::coefficient; n = 1 element when uniform
    Kernel coefficients;
    std::vector<std::pair<int, int>> nonzero;  ///< (row, column) of those
    std::vector<bool> frozen_rows;
    std::vector<MatrixEntry> wanted;
    /// Event-driven, coupled: also the entries of 2^k steps for k = 0 .. powers-1 (MatrixEntry::power).
    int powers = 0;

    /// The scalar (uniform) or the variable (placement of the states) that holds an entry.
    Name name_of(const MatrixEntry& entry) const {
        return uniform ? Name::propagator(entry).in(group) : Name::propagator(entry);
    }
};

/// One uniform number that kernels use by name: a parameter, computed once at the start.
struct Scalar {
    Name name;
    base::Dimension dimension;
    std::optional<double> value;  ///< known now
    std::optional<Kernel>
        kernel;  ///< else: elements, n = 1, stores to scratch Role::out; may use earlier scalars
    base::Span span;
};

/// A variable that decays by a known factor in every step and else is changed by events alone. It is stored as it would have been at
/// the last epoch, so no step moves it on: who reads it multiplies with the scalar `fall`, and what comes to it is multiplied with
/// the scalar `rise`.
struct DecayPlan {
    std::string variable;  ///< the user's word
    double factor = 1.0;
    /// Of neurons: what comes in a step meets the value after the step's update, and is read before it. Of traces: the same value.
    bool after_update = false;
    std::string group{};  ///< of neurons; empty for synapses

    Name fall() const { return Name::with(Role::fall, variable).in(group); }
    Name rise() const { return Name::with(Role::rise, variable).in(group); }
};
/// Steps from one epoch to the next: few enough for the inverse of all factors, 0 if there would be too few.
std::int64_t epoch_steps(double factor, Precision precision);

struct NeuronPlan {
    std::string group;
    std::int64_t size = 0;
    base::Span span;                                       ///< where the network describes it
    bool spike_source = false;                             ///< spike times given: no kernels
    std::shared_ptr<const model::SpikeTimes> spike_times;  ///< those
    std::vector<Variable> variables;
    std::vector<Scalar> scalars;
    std::vector<Initialiser> initialisers;
    std::vector<RangePlan> ranges;
    std::vector<Propagator> propagators;
    std::vector<DecayPlan> decays;
    /// (constant over dt) subexpressions, at the very start of a step; elements.
    std::optional<Kernel> begin;
    /// Integrates and tests the threshold; appends to the list Role::spikes if there is a threshold (already false for
    /// refractory neurons). The simulation sets Role::lastspike, if there is one, where it is true.
    Kernel update;
    bool has_threshold = false;
    /// The threshold is this probability, the same for all neurons at all steps: `update` does not test it.
    std::optional<double> spike_probability;
    /// The same constant for all neurons: after a spike Role::active is 0 until the update that comes so many steps
    /// later; the simulation sets it. Else `update` keeps it, if there is one.
    std::optional<Scalar> refractory_steps;
    std::optional<Kernel> reset;     ///< listed: the neurons that spiked
    bool check_rate = false;         ///< poisson source: scratch-free; update writes Role::rate_too_high
    std::string method;              ///< for `bouton check`: "exact: v, g; exponential_euler: ..."
    std::vector<std::string> notes;  ///< for `bouton check`: why
};

struct InputPlan {
    std::string name;
    std::string group;
    std::int64_t begin = 0, end = 0;  ///< slice; kernel arrays start at its first neuron
    Kernel kernel;          ///< elements, n = slice size, not necessarily padded: see Kernel::domain
    std::size_t count = 0;  ///< the op that draws how many events there are, from rate times dt
    std::vector<Scalar> scalars;
};

/// Delay of a pathway: the same for all synapses, or per synapse.
struct DelayPlan {
    model::DelayName name;
    std::optional<double> seconds;            ///< homogeneous
    std::optional<Kernel> kernel;             ///< else: synapses; stores seconds to scratch Role::out
    std::optional<model::ArrayValue> values;  ///< else one per synapse, in the order of creation
    base::Span span;
};

struct PassPlan {
    Kernel kernel;
    /// synapses: over the synapses of the due spikes. listed/elements: over the due neurons themselves
    /// (variables lifted to the neuron); then `kernel.side` says of which end.
    bool once_per_neuron = false;
    /// Over targets that spike: then the event is kept, with what the kernel stored as scratch Role::event_field.
    bool keeps_event = false;
};

/// Postsynaptic events that synapses meet when their presynaptic neuron spikes next, or when they are read. Steps
/// count from the shared variable Role::origin. Events before Role::processed_until of a source have been met;
/// Role::trace_at_origin is what a trace would have been at the origin if it had decayed from there to the source's last spike.
struct DeferredPlan {
    std::uint32_t fields =
        1;  ///< numbers of a kept event: what says when it was, as Role::processed_until does, and others
    bool fall = false;      ///< the first is a decay and falls from event to event, else it is the step
    Kernel flush;           ///< synapses by source: only the ops for each event
    Kernel mark_processed;  ///< elements, sources: sets Role::processed_until to what says now
    std::optional<Kernel>
        mark_some;        ///< the same, listed; only if records look at synapses when their targets spike
    Kernel rebase_trace;  ///< listed, sources: sets both from what is now
    std::vector<Scalar> rates;  ///< a of every trace x' = a x that events go back to, 1/s
};

struct PathwayPlan {
    Side side = Side::pre;         ///< whose spikes trigger it
    int delay = -1;                ///< index into SynapsePlan::delays; -1: none
    std::vector<PassPlan> passes;  ///< one after the other, each over all due spikes
};

struct SummedPlan {
    std::string target_group;  ///< neuron group that holds the summed variable
    std::string variable;
    Side side = Side::post;  ///< the summed variable belongs to the post (x_post) or pre group
    Kernel kernel;           ///< synapses, all rows; accumulates into it after the simulation cleared it
};

/// sum_post(x), sum_pre(x): accumulated into a per_target / per_source internal variable, cleared first.
struct ReductionPlan {
    Name variable;
    Kernel kernel;
};

struct RegularPlan {
    std::string of;
    bool of_synapses = false;
    double every = 0.0;  ///< s
    std::vector<ReductionPlan> reductions;
    std::vector<PassPlan>
        passes;  ///< neurons: elements; synapses: over all rows, or once_per_neuron over all
    std::vector<Scalar> scalars;
};

/// Evaluates what is recorded but not stored as such (subexpressions, event-driven variables between events)
/// into scratch Role::out for every element.
struct RecordVariable {
    std::string name;  ///< the user's word
    base::Dimension dimension;
    Placement placement = Placement::element;
    std::optional<Kernel> kernel;  ///< none: the stored variable itself
};

struct RecordPlan {
    std::size_t recorded = 0;  ///< index into Plan::recorded
    bool of_synapses = false;
    int at = -1;  ///< index into SynapsePlan::pathways: just after their events; -1: at regular times
    std::vector<RecordVariable> variables;
};

struct StructurePlan {
    double every = 0.0;
    std::optional<Kernel> prune;           ///< synapses, all rows; stores u8 to scratch Role::out
    std::optional<Kernel> grow_condition;  ///< synapses over candidate pairs; stores u8 to scratch Role::out
    std::optional<Kernel> grow;            ///< the same; stores the probability (real) to scratch Role::out
    std::optional<double> grow_probability;  ///< known now: pairs can be drawn by skipping
};

/// Which pairs become synapses; src/connect obeys.
struct ConnectPlan {
    base::Span span;
    model::ConnectRule rule = model::ConnectRule::all_to_all;
    bool autapses = false;
    bool multapses = false;
    bool conditional = false;       ///< there is a condition
    std::int64_t n = 0;             ///< fixed_indegree, fixed_outdegree, fixed_total_number
    std::optional<double> p = 1.0;  ///< of every pair, as a number in the network; nothing: an expression
    std::shared_ptr<const model::PairList> pairs;
};

struct SynapsePlan {
    std::string name;
    base::Span span;  ///< where the network describes it
    model::GroupRef from, to;
    ConnectPlan connect;
    std::vector<Variable> variables;
    std::vector<Scalar> scalars;
    std::vector<Initialiser> initialisers;
    std::vector<RangePlan> ranges;  ///< over all synapses
    std::vector<Propagator> propagators;
    std::vector<DelayPlan> delays;
    std::vector<PathwayPlan>
        pathways;  ///< in file order; all pre pathways of all groups run before post ones
    std::vector<Kernel>
        traces_source;  ///< elements over source neurons: lifted traces one dt on, each step from step 1
    std::vector<DecayPlan> decays;      ///< traces of targets that no step moves on
    std::vector<Kernel> traces_target;  ///< the same over target neurons
    std::optional<DeferredPlan> deferred;
    /// Before Role::counted_from moves to the present step: over all synapses, or elements over source neurons.
    std::vector<Kernel> count_anew;
    std::optional<Kernel> clock;  ///< synapses, all rows: clock-driven equations
    std::vector<SummedPlan> summed;
    /// Dendritic delay of a chain: transmission accumulates into the scratch Role::ring (rows of padded
    /// targets): load scalars Role::ring_rows, Role::ring_stride and Role::dendritic_steps, per synapse or as a scalar.
    /// `deliver` (elements over targets) adds the row that is due, scratch Role::due.
    std::optional<Kernel> deliver;
    std::string ring_target;
    std::optional<Kernel> connect_condition;    ///< synapses over candidate pairs; u8 to scratch Role::out
    std::optional<Kernel> connect_p;            ///< real to scratch Role::out
    std::optional<double> connect_probability;  ///< known now, the same for all pairs: then no `connect_p`
    std::optional<StructurePlan> structure;
    /// What results and final state need beyond the stored variables: exact values of event-driven variables.
    std::vector<RecordVariable> final_values;
    bool halted = false;              ///< Session::set_plastic: no structural edits until it goes on
    bool needs_multiplicity = false;  ///< Role::multiplicity (random streams of repeated pairs)
    std::vector<std::string> notes;   ///< for `bouton check`: what was lifted and why
};

struct Plan {
    std::string file;       ///< of the network, as messages call it
    std::string resolved;   ///< the network with all changes, as TOML: goes into results and checkpoints
    double duration = 0.0;  ///< s
    double dt = 1e-4;       ///< s
    std::uint64_t seed = 0;
    Precision precision = Precision::f64;
    std::vector<NeuronPlan> neurons;    ///< parallel to NetworkSpec::neurons
    std::vector<InputPlan> inputs;      ///< parallel to NetworkSpec::inputs
    std::vector<SynapsePlan> synapses;  ///< parallel to NetworkSpec::synapses
    std::vector<RegularPlan> regular;   ///< parallel to NetworkSpec::regular
    std::vector<model::SignalSpec> signals;
    std::vector<model::RecordSpec> recorded;  ///< all that is asked for, in the order of the network
    std::vector<RecordPlan> records;          ///< how those of kind `variables` are evaluated
    bool sums_come_first = false;  ///< a run_regularly reads a summed variable: it finds sums at t = 0
};

/// Checks the whole description and lowers it. All problems are in `diagnostics`; the plan is usable only if
/// there are none.
Plan make_plan(const model::NetworkSpec& spec, base::Diagnostics& diagnostics);

}  // namespace bouton::codegen
