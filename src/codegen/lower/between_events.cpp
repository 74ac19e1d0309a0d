// SPDX-License-Identifier: BSD-3-Clause
// What synaptic variables do between events: exact solutions on demand (event-driven, per synapse), one step at a
// time (traces lifted to the neurons, clock-driven equations), and sums into neurons.
#include "codegen/lower/synapse_lower.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>

namespace bouton::codegen {

using analysis::Builtin;
using analysis::CheckedStatement;
using analysis::End;
using analysis::StateEquation;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;
using base::Code;
using lang::EquationKind;

namespace {

constexpr int kPowers = 31;  ///< elapsed steps fit 31 bits: SynapsePlan::count_anew

}  // namespace

bool SynapseLower::reads_any(const std::vector<StateEquation>& states, const TermPtr& term) {
    return term && analysis::any_of(term, [&](const Term& node) {
               return node.kind == TermKind::variable && node.end == End::own &&
                      std::any_of(states.begin(), states.end(),
                                  [&](const StateEquation& state) { return state.key == node.name; });
           });
}

std::vector<StateEquation> SynapseLower::equations(bool event_driven, Placement placement) const {
    std::vector<StateEquation> result;
    for (const auto& variable : checked_.variables)
        if (variable.kind == EquationKind::differential && variable.event_driven == event_driven &&
            placements_.at(variable.key) == placement)
            result.push_back({variable.key, variable.span, variable.expr, false});
    return result;
}

bool SynapseLower::is_constant(const Term& term) const {
    if (term.end == End::own) {
        const auto* variable = checked_.find(term.name);
        if (!variable || variable->kind != EquationKind::parameter || variable->written) return false;
        for (const auto& [number, code] : regular_)
            for (const auto& statement : code->statements)
                if (statement.end == End::own && statement.target == term.name) return false;
        return true;
    }
    const auto* variable = (term.end == End::pre ? checked_.pre : checked_.post)->find(term.name);
    return variable && variable->kind == EquationKind::parameter && !variable->written;
}

bool SynapseLower::is_uniform(const TermPtr& term) const {
    return !analysis::any_of(term, [&](const Term& node) {
        if (node.kind == TermKind::index_i || node.kind == TermKind::index_j) return true;
        return node.kind == TermKind::variable && !place(node.end, variable_name(node), false).is_scalar;
    });
}

void SynapseLower::coefficients(Propagator& propagator, const analysis::LinearSystem& system,
                                Placement placement) {
    check_coefficients(in_, system, plan_.variables, spec_.span, spec_.name);
    const bool per_neuron = placement == Placement::per_source || placement == Placement::per_target;
    const bool per_synapse = !per_neuron && !propagator.uniform;
    Builder builder("coefficients_" + std::to_string(plan_.propagators.size()),
                    per_synapse ? Domain::synapses : Domain::elements, frame(per_neuron));
    builder.kernel().side = placement == Placement::per_target ? Side::post : Side::pre;
    const Index index = per_synapse ? Index::synapse : Index::element;
    for (const auto& [row, column] : propagator.nonzero) {
        builder.store({Owner::scratch, index, Name::coefficient(row, column), Stored::f64, true},
                      builder.lower(keep(
                          system.matrix[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)])));
    }
    propagator.coefficients = builder.finish();
    propagator.placement = placement;
}

/// Whether an equation reads the variable of another.
bool SynapseLower::are_coupled(const std::vector<StateEquation>& states) {
    return std::any_of(states.begin(), states.end(), [&](const StateEquation& state) {
        auto others = states;
        std::erase_if(others, [&](const StateEquation& other) { return other.key == state.key; });
        return reads_any(others, state.f);
    });
}

/// Traces of targets that only decay between events, x' = a x with one known a.
void SynapseLower::find_decays() {
    const auto states = equations(true, Placement::per_target);
    for (const auto& state : states) {
        const auto factor = decay_factor(state, analysis::Method::exact, plan_.variables, *in_.spec);
        const bool others_read = std::any_of(states.begin(), states.end(), [&](const StateEquation& other) {
            return other.key != state.key && reads_any({state}, other.f);
        });
        if (factor && !others_read) plan_.decays.push_back({state.key, *factor});
    }
    note_decays(plan_.decays, plan_.notes);
}

/// Traces lifted to the neurons at one end: all of them a step on, by the exact propagator.
void SynapseLower::traces(Placement placement) {
    auto states = equations(true, placement);
    std::erase_if(states, [&](const StateEquation& state) {
        return place(End::own, Name::user(state.key), true).fall.has_value();
    });
    if (states.empty()) return;
    const auto constant = [this](const Term& term) { return is_constant(term); };
    const std::string end = placement == Placement::per_source ? "source" : "target";
    Builder builder("traces_" + end, Domain::elements, frame(true));
    builder.kernel().side = placement == Placement::per_source ? Side::pre : Side::post;
    Integration what;
    what.equations = &states;
    const auto system = analysis::linear_system(states, constant);
    Propagator propagator;
    propagator.of = placement == Placement::per_source ? System::sources : System::targets;
    if (system) {
        what.method = analysis::Method::exact;
        what.system = *system;
        what.propagator = &propagator;
        for (const auto& row : system->matrix)
            for (const auto& entry : row)
                if (entry && !is_uniform(entry)) propagator.uniform = false;
        what.entry = [&](const MatrixEntry& entry) {
            const Name name = propagator.name_of(entry);
            if (propagator.uniform) return builder.scalar(name);
            return builder.load(ArraySlot{Owner::synapse, Index::element, name, Stored::real, false});
        };
    } else {
        // Coefficients that events change: the solution over a step with their present values.
        what.method = analysis::Method::exponential_euler;
        for (const auto& state : states)
            if (!analysis::conditionally_linear(state) || are_coupled(states)) {
                in_.diagnostics->error(Code::E213, state.span,
                                       "'" + state.key + "' is coupled to others by coefficients that change",
                                       "mark it (clock-driven)");
                return;
            }
    }
    for (const auto& state : states) {
        keep(state.f);
        builder.note(state.span);
    }
    const auto values = integrate(builder, what);
    for (std::size_t k = 0; k < states.size(); ++k)
        builder.store(place(End::own, Name::user(states[k].key), true).slot, values[k]);
    (placement == Placement::per_source ? plan_.traces_source : plan_.traces_target)
        .push_back(builder.finish());
    if (!system) return;
    coefficients(propagator, *system, placement);
    if (!propagator.uniform)
        for (const MatrixEntry& entry : propagator.wanted)
            internal(propagator.name_of(entry), Stored::real, placement);
    plan_.propagators.push_back(std::move(propagator));
}

void SynapseLower::find_event_driven() {
    event_driven_ = equations(true, Placement::per_synapse);
    if (event_driven_.empty()) return;
    for (const auto& state : event_driven_) keep(state.f);
    internal(Name::of(Role::updated_at), Stored::i32, Placement::per_synapse);
    internal(Name::of(Role::counted_from), Stored::f64, Placement::shared);
    if (!are_coupled(event_driven_)) return;
    const auto system =
        analysis::linear_system(event_driven_, [this](const Term& term) { return is_constant(term); });
    bool uniform = system.has_value();
    if (system) {
        for (const auto& row : system->matrix)
            for (const auto& entry : row) uniform = uniform && (!entry || is_uniform(entry));
        for (const auto& rest : system->rest) uniform = uniform && is_uniform(rest);
    }
    if (!uniform) {
        in_.diagnostics->error(
            Code::E213, event_driven_.front().span,
            "coupled event-driven equations need coefficients that are the same for all synapses",
            "mark them (clock-driven), or make the parameters single values");
        event_driven_.clear();
        return;
    }
    Propagator propagator;
    propagator.of = System::events;
    propagator.size = static_cast<int>(event_driven_.size());
    propagator.powers = kPowers;
    propagator.frozen_rows.assign(event_driven_.size(), false);
    for (int r = 0; r < propagator.size; ++r)
        for (int c = 0; c < propagator.size; ++c) {
            if (system->matrix[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)])
                propagator.nonzero.emplace_back(r, c);
            propagator.wanted.push_back({System::events, false, false, r, c});
            propagator.wanted.push_back({System::events, true, false, r, c});
        }
    coefficients(propagator, *system, Placement::per_synapse);
    propagator.placement = Placement::shared;
    plan_.propagators.push_back(std::move(propagator));
}

bool SynapseLower::touches_event_driven(const CheckedStatement& statement) const {
    const auto is_one = [&](const std::string& key) {
        return std::any_of(event_driven_.begin(), event_driven_.end(),
                           [&](const StateEquation& state) { return state.key == key; });
    };
    if (!statement.is_local && statement.end == End::own && is_one(statement.target)) return true;
    // What an equation depends on may change only after the variable has been brought up to date.
    if (!statement.is_local && statement.end == End::own)
        for (const auto& state : event_driven_)
            if (analysis::any_of(state.f, [&](const Term& node) {
                    return node.kind == TermKind::variable && node.end == End::own &&
                           node.name == statement.target;
                }))
                return true;
    return reads_any(event_driven_, statement.value);
}

/// Variables whose equations do not see each other, from their values `elapsed_steps` ago.
std::vector<ValueId> SynapseLower::advance_alone(Builder& builder, const std::vector<StateEquation>& states,
                                                 ValueId elapsed_steps, bool per_neuron) {
    std::vector<ValueId> values;
    const ValueId elapsed = builder.convert(
        builder.binary(OpCode::multiply, builder.convert(elapsed_steps, Type::f64), builder.step_size()),
        Type::real);
    for (const auto& state : states) {
        const auto form = *analysis::conditionally_linear(state);
        builder.note(state.span);
        ValueId value = builder.load(place(End::own, Name::user(state.key), per_neuron));
        const bool still = analysis::is_zero(form.b);
        if (form.a) {
            const ValueId exponent = builder.binary(OpCode::multiply, builder.lower(form.a), elapsed);
            value = builder.binary(OpCode::multiply, value, builder.call(Builtin::exp, {exponent}));
            if (!still) {
                const ValueId grown = builder.binary(
                    OpCode::multiply, builder.binary(OpCode::multiply, builder.lower(form.b), elapsed),
                    builder.call(Builtin::exprel, {exponent}));
                value = builder.binary(OpCode::add, value, grown);
            }
        } else if (!still) {
            value = builder.binary(OpCode::add, value,
                                   builder.binary(OpCode::multiply, builder.lower(form.b), elapsed));
        }
        values.push_back(value);
    }
    return values;
}

/// Variables kept per source that nobody looks at but the source's own events need not move on at every step. (What is recorded
/// is computed on demand, and deferred events go back to the source's last one.)
void SynapseLower::find_sources_at_events() {
    const auto states = equations(true, Placement::per_source);
    if (states.empty()) return;
    const auto reads = [&](const TermPtr& term) { return reads_any(states, term); };
    for (const auto& state : states) {
        auto others = states;
        others.erase(std::find_if(others.begin(), others.end(),
                                  [&](const StateEquation& other) { return other.key == state.key; }));
        if (reads_any(others, state.f) || !analysis::conditionally_linear(state)) return;
    }
    for (const auto& [number, code] : regular_) {
        for (const auto& statement : code->statements)
            if (reads(statement.value)) return;
        for (const auto& reduction : code->reductions)
            if (reads(reduction.expr)) return;
    }
    for (const auto& sum : checked_.summed)
        if (reads(sum.expr)) return;
    for (const auto& variable : checked_.variables)
        if (variable.kind == EquationKind::differential &&
            placements_.at(variable.key) != Placement::per_source && reads(variable.expr))
            return;
    const analysis::CheckedPathway* found = nullptr;
    for (const auto& pathway : checked_.pathways) {
        const bool touches = std::any_of(
            pathway.statements.begin(), pathway.statements.end(), [&](const CheckedStatement& statement) {
                const bool writes = !statement.is_local && statement.end == End::own &&
                                    placements_.at(statement.target) == Placement::per_source;
                return writes || reads(statement.value);
            });
        if (!touches || (deferral_ && &pathway == deferral_->post)) continue;
        if (pathway.post || found || !has_one_delay(checked_, pathway)) return;
        found = &pathway;
    }
    if (!found) return;
    sources_at_events_ = states;
    at_events_ = found;
    for (const auto& state : states) keep(state.f);
    internal(Name::of(Role::source_updated_at), Stored::i32, Placement::per_source);
    internal(Name::of(Role::counted_from), Stored::f64, Placement::shared);
    plan_.notes.push_back("what is kept per presynaptic neuron moves on at its spikes, not at every step");
    // No step needs a propagator, but a coefficient that is not finite is told at the start.
    const auto system =
        analysis::linear_system(states, [this](const Term& term) { return is_constant(term); });
    if (!system) return;
    Propagator propagator;
    propagator.of = System::sources;
    propagator.size = static_cast<int>(states.size());
    propagator.frozen_rows.assign(states.size(), false);
    for (std::size_t k = 0; k < states.size(); ++k) {
        if (!system->matrix[k][k]) continue;
        propagator.nonzero.emplace_back(k, k);
        propagator.uniform = propagator.uniform && is_uniform(system->matrix[k][k]);
    }
    coefficients(propagator, *system, Placement::per_source);
    plan_.propagators.push_back(std::move(propagator));
}

bool SynapseLower::reads_source_at_events(const TermPtr& term) const {
    return reads_any(sources_at_events_, term);
}

std::vector<ValueId> SynapseLower::sources_now(Builder& builder, bool per_neuron) {
    if (sources_at_events_.empty()) return {};
    const ValueId elapsed =
        builder.binary(OpCode::subtract, steps_counted(builder),
                       builder.load(place(End::own, Name::of(Role::source_updated_at), per_neuron)));
    return advance_alone(builder, sources_at_events_, elapsed, per_neuron);
}

void SynapseLower::pin_sources(Builder& builder, bool per_neuron) {
    const auto values = sources_now(builder, per_neuron);
    for (std::size_t k = 0; k < values.size(); ++k)
        builder.pin_variable(End::own, sources_at_events_[k].key, values[k]);
}

/// Over sources that spike: their variables at this step.
Kernel SynapseLower::advance_sources(const std::string& name) {
    Builder builder(name, Domain::listed, frame(true));
    builder.kernel().own_steps = true;
    const auto values = sources_now(builder, true);
    for (std::size_t k = 0; k < values.size(); ++k)
        builder.store(place(End::own, Name::user(sources_at_events_[k].key), true).slot, values[k]);
    builder.store(place(End::own, Name::of(Role::source_updated_at), true).slot, steps_counted(builder));
    return builder.finish();
}

/// Present steps as they are stored: 32 bits a synapse, for runs of any length.
ValueId SynapseLower::steps_counted(Builder& builder) {
    return builder.binary(OpCode::subtract, builder.step(),
                          builder.convert(builder.scalar(Name::of(Role::counted_from)), Type::integer));
}

/// All variables that are exact from event to event, brought to the present step, from which steps are counted then.
void SynapseLower::count_anew() {
    if (!event_driven_.empty()) {
        Builder builder("count_anew", Domain::synapses, frame());
        advance_and_store(builder);
        builder.store({Owner::synapse, Index::synapse, Name::of(Role::updated_at), Stored::i32, true},
                      builder.constant(0.0, Type::integer));
        plan_.count_anew.push_back(builder.finish());
    }
    if (!sources_at_events_.empty()) {
        Builder builder("count_sources_anew", Domain::elements, frame(true));
        const auto values = sources_now(builder, true);
        for (std::size_t k = 0; k < values.size(); ++k)
            builder.store(place(End::own, Name::user(sources_at_events_[k].key), true).slot, values[k]);
        builder.store(place(End::own, Name::of(Role::source_updated_at), true).slot,
                      builder.constant(0.0, Type::integer));
        plan_.count_anew.push_back(builder.finish());
    }
}

/// The event-driven variables at the present step, from their values `elapsed_steps` ago.
std::vector<ValueId> SynapseLower::advance(Builder& builder, ValueId elapsed_steps) {
    std::vector<ValueId> values;
    for (const auto& state : event_driven_)
        values.push_back(builder.load(place(End::own, Name::user(state.key), false)));
    const bool coupled = std::any_of(plan_.propagators.begin(), plan_.propagators.end(),
                                     [](const Propagator& propagator) { return propagator.powers > 0; });
    if (!coupled) return advance_alone(builder, event_driven_, elapsed_steps, false);
    const auto number = [&](double value) { return builder.constant(value, Type::f64); };
    // Coupled: P^n by the binary digits of n, so that equal time constants are no exception.
    const auto system =
        *analysis::linear_system(event_driven_, [this](const Term& term) { return is_constant(term); });
    for (int power = 0; power < kPowers; ++power) {
        const ValueId set = builder.bit(elapsed_steps, static_cast<std::uint32_t>(power));
        std::vector<ValueId> next;
        for (std::size_t r = 0; r < values.size(); ++r) {
            ValueId sum = builder.convert(number(0.0), Type::real);
            const auto take = [&](bool of_q, std::size_t c, ValueId factor) {
                const Name name = Name::propagator(
                    {System::events, of_q, false, static_cast<int>(r), static_cast<int>(c), power});
                sum = builder.binary(OpCode::add, sum,
                                     builder.binary(OpCode::multiply, builder.scalar(name), factor));
            };
            for (std::size_t c = 0; c < values.size(); ++c) take(false, c, values[c]);
            for (std::size_t c = 0; c < values.size(); ++c)
                if (!analysis::is_zero(system.rest[c])) take(true, c, builder.lower(system.rest[c]));
            next.push_back(builder.select(set, sum, values[r]));
        }
        values = next;
    }
    return values;
}

void SynapseLower::advance_and_store(Builder& builder) {
    const ArraySlot last{Owner::synapse, Index::synapse, Name::of(Role::updated_at), Stored::i32, true};
    const auto values =
        advance(builder, builder.binary(OpCode::subtract, steps_counted(builder), builder.load(last)));
    for (std::size_t k = 0; k < values.size(); ++k)
        builder.store(place(End::own, Name::user(event_driven_[k].key), false).slot, values[k]);
    builder.store(last, steps_counted(builder));
}

void SynapseLower::pin_event_driven(Builder& builder) {
    if (event_driven_.empty()) return;
    const ArraySlot last{Owner::synapse, Index::synapse, Name::of(Role::updated_at), Stored::i32, false};
    const auto values =
        advance(builder, builder.binary(OpCode::subtract, steps_counted(builder), builder.load(last)));
    for (std::size_t k = 0; k < values.size(); ++k)
        builder.pin_variable(End::own, event_driven_[k].key, values[k]);
}

void SynapseLower::clock() {
    const auto states = equations(false, Placement::per_synapse);
    if (states.empty()) {
        const bool solved = std::any_of(checked_.variables.begin(), checked_.variables.end(),
                                        [](const auto& variable) { return variable.event_driven; });
        return analysis::check_idle_method(checked_.method, checked_.method_span, solved, *in_.diagnostics);
    }
    const analysis::IsConstant constant = [this](const Term& term) { return is_constant(term); };
    auto choice =
        analysis::choose_method(states, constant, checked_.method, checked_.method_span, *in_.diagnostics);
    if (!choice) return;
    Builder builder("clock", Domain::synapses, frame());
    if (std::any_of(states.begin(), states.end(),
                    [&](const StateEquation& state) { return reads_any(event_driven_, state.f); }))
        pin_event_driven(builder);
    Integration what;
    what.equations = &states;
    Propagator propagator;
    propagator.of = System::clock;
    if (choice->method == analysis::Method::exact) {
        what.system = *analysis::linear_system(states, constant);
        for (const auto& row : what.system.matrix)
            for (const auto& entry : row)
                propagator.uniform = propagator.uniform && (!entry || is_uniform(entry));
        if (!propagator.uniform && !are_coupled(states)) {
            // The same solution, from one exp in each step, without numbers to keep for each synapse.
            choice->method = analysis::Method::exponential_euler;
            choice->reason = "exact: each equation is linear in its own variable alone";
        } else {
            what.propagator = &propagator;
            what.entry = [&](const MatrixEntry& entry) {
                const Name name = propagator.name_of(entry);
                if (propagator.uniform) return builder.scalar(name);
                return builder.load(ArraySlot{Owner::synapse, Index::synapse, name, Stored::real, false});
            };
        }
    }
    what.method = choice->method;
    for (const auto& state : states) {
        keep(state.f);
        builder.note(state.span);
    }
    const auto values = integrate(builder, what);
    for (std::size_t k = 0; k < states.size(); ++k)
        builder.store(place(End::own, Name::user(states[k].key), false).slot, values[k]);
    plan_.clock = builder.finish();
    plan_.notes.push_back(std::string("clock-driven equations: ") + analysis::method_name(choice->method) +
                          ", " + choice->reason);
    if (!what.propagator) return;
    coefficients(propagator, what.system, Placement::per_synapse);
    if (propagator.uniform)
        propagator.placement = Placement::shared;
    else
        for (const MatrixEntry& entry : propagator.wanted)
            internal(propagator.name_of(entry), Stored::real, Placement::per_synapse);
    plan_.propagators.push_back(std::move(propagator));
}

bool SynapseLower::is_summed(const analysis::CheckedNeurons& group, const std::string& variable) const {
    for (const auto& synapses : in_.network->synapses)
        for (const auto& sum : synapses.summed)
            if ((sum.end == End::post ? synapses.post : synapses.pre) == &group && sum.variable == variable)
                return true;
    return false;
}

void SynapseLower::summed() {
    for (const auto& sum : checked_.summed) {
        const NeuronPlan& group = sum.end == End::post ? *post_ : *pre_;
        const bool nested = analysis::any_of(sum.expr, [&](const Term& node) {
            return node.kind == TermKind::variable && node.end != End::own &&
                   is_summed(node.end == End::post ? *checked_.post : *checked_.pre, node.name);
        });
        if (nested) {  // all sums are taken at once, from the values at the start of the step
            in_.diagnostics->error(Code::E217, sum.span, "a summed variable cannot read a summed variable",
                                   "copy it to another variable first, in run_regularly or an equation");
            continue;
        }
        SummedPlan plan;
        plan.target_group = group.group;
        plan.variable = sum.variable;
        plan.side = sum.end == End::post ? Side::post : Side::pre;
        Builder builder("summed_" + std::to_string(plan_.summed.size()), Domain::synapses, frame());
        pin_event_driven(builder);
        builder.note(sum.span);
        builder.accumulate(place(sum.end, Name::user(sum.variable), false).slot,
                           builder.lower(keep(sum.expr)));
        plan.kernel = builder.finish();
        plan_.summed.push_back(std::move(plan));
    }
}

}  // namespace bouton::codegen
