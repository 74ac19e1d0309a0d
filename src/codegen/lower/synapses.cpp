// SPDX-License-Identifier: BSD-3-Clause
// A synapse group to its plan: where its variables live, how they start, delays, connection, structure, records.
#include "codegen/lower/synapse_lower.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>

namespace bouton::codegen {

using analysis::End;
using analysis::TermPtr;
using lang::EquationKind;

SynapseLower::SynapseLower(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons)
    : in_(in), checked_(in.network->synapses[group]), spec_(in.spec->synapses[group]) {
    for (const auto& plan : neurons) {
        if (plan.group == spec_.from.group) pre_ = &plan;
        if (plan.group == spec_.to.group) post_ = &plan;
    }
    for (std::size_t k = 0; k < in.network->regular.size(); ++k)
        if (in.network->regular[k].of_synapses && in.network->regular[k].group == group)
            regular_.emplace_back(k, &in.network->regular[k]);
    plan_.name = spec_.name;
    stream_ = hash_name(spec_.name);
}

SynapsePlan SynapseLower::operator()(std::vector<RegularPlan>& regular_plans,
                                     std::vector<RecordPlan>& record_plans) {
    lower(regular_plans, record_plans);
    return std::move(plan_);
}

Kernel SynapseLower::query(const TermPtr& term, const std::string& stream, bool wide) {
    if (!stream.empty()) stream_ = hash_name(stream);
    wide_ = wide;
    return evaluation("query", term, term->type == analysis::ValueType::boolean ? Stored::u8 : Stored::real,
                      Placement::per_synapse);
}

void SynapseLower::lower(std::vector<RegularPlan>& regular_plans, std::vector<RecordPlan>& record_plans) {
    place_variables();
    find_event_driven();
    find_decays();
    initialisers();
    for (const auto& range : checked_.ranges)
        plan_.ranges.push_back(lower_range(range, plan_.ranges.size(), Domain::synapses, frame(false),
                                           *in_.spec, [this](const TermPtr& term) { keep(term); }));
    delays();
    connect();
    find_deferral();
    find_sources_at_events();
    if (sources_at_events_.empty()) traces(Placement::per_source);
    traces(Placement::per_target);
    pathways();
    plan_deferral();
    clock();
    summed();
    deliver();
    structure();
    regular(regular_plans);
    records(record_plans);
    final_values();
    count_anew();
    plan_.halted = spec_.halted;
}

Place SynapseLower::place(End end, const Name& name, bool per_neuron) const {
    if (end == End::pre)
        return neuron_place(*pre_, name, Owner::pre, per_neuron ? Index::element : Index::source);
    if (end == End::post)
        return neuron_place(*post_, name, Owner::post, per_neuron ? Index::element : Index::target);
    for (const auto& variable : plan_.variables) {
        if (variable.name != name) continue;
        if (variable.placement == Placement::shared)
            return {true, {Owner::synapse, Index::synapse, name, variable.stored, false}};
        Index index = Index::synapse;
        if (variable.placement == Placement::per_source) index = Index::source;
        if (variable.placement == Placement::per_target) index = Index::target;
        if (per_neuron) index = Index::element;
        return decaying({false, {Owner::synapse, index, name, variable.stored, false}}, plan_.decays);
    }
    throw base::InternalError("synapse group '" + spec_.name + "' has no variable '" + name.to_string() +
                              "'");
}

Frame SynapseLower::frame(bool per_neuron) const {
    Frame frame;
    frame.place = [this, per_neuron](End end, const Name& name) { return place(end, name, per_neuron); };
    frame.stream = stream_;
    frame.wide = wide_;
    frame.multiplicity = spec_.connect.multapses && !per_neuron;
    return frame;
}

StatementTargets SynapseLower::targets(bool per_neuron, bool sequential) const {
    StatementTargets targets;
    targets.guarded = [this, sequential](End end) {
        const NeuronPlan& group = end == End::pre ? *pre_ : *post_;
        return !sequential && group.refractory_steps.has_value();
    };
    targets.place = [this, per_neuron](End end, const Name& name) { return place(end, name, per_neuron); };
    targets.refractory = [this, per_neuron](End end) -> std::optional<Place> {
        const NeuronPlan& group = end == End::pre ? *pre_ : *post_;
        if (!keeps_active(group)) return std::nullopt;
        return place(end, Name::of(Role::active), per_neuron);
    };
    return targets;
}

void SynapseLower::internal(const Name& name, Stored stored, Placement placement, double fill) {
    for (const auto& variable : plan_.variables)
        if (variable.name == name) return;
    Variable variable;
    variable.name = name;
    variable.stored = stored;
    variable.placement = placement;
    variable.fill = fill;
    plan_.variables.push_back(variable);
}

void SynapseLower::place_variables() {
    std::vector<const analysis::CheckedRegular*> code;
    for (const auto& [number, regular] : regular_) code.push_back(regular);
    auto placed = place_synaptic_variables(checked_, code);
    placements_ = std::move(placed.placements);
    plan_.notes = std::move(placed.notes);
    for (const auto& checked : checked_.variables) {
        if (checked.kind == EquationKind::subexpression) continue;
        Variable variable;
        variable.name = Name::user(checked.key);
        variable.dimension = checked.dimension;
        variable.stored = stored_as(checked, *in_.spec);
        variable.hidden = checked.hidden;
        variable.placement = placements_.at(checked.key);
        variable.constant = checked.kind == EquationKind::parameter && !checked.written;
        if (variable.placement == Placement::shared)
            for (const auto& initial : checked_.initial)
                if (initial.key == checked.key && initial.term)
                    variable.fill = *analysis::evaluate(initial.term);
        plan_.variables.push_back(variable);
    }
    if (spec_.connect.multapses) {
        plan_.needs_multiplicity = true;
        internal(Name::of(Role::multiplicity), Stored::u16, Placement::per_synapse);
    }
}

void SynapseLower::initialisers() {
    for (const auto& initial : checked_.initial) {
        const Placement placement = placements_.at(initial.key);
        if (placement == Placement::shared) continue;
        Initialiser result;
        result.variable = initial.key;
        result.span = initial.span;
        if (initial.term) {
            const bool per_neuron = placement != Placement::per_synapse;
            Frame of_initial = frame(per_neuron);
            of_initial.wide = checked_.find(initial.key)->is_moment;
            Builder builder("initial_" + std::to_string(plan_.initialisers.size()),
                            per_neuron ? Domain::elements : Domain::synapses, of_initial);
            builder.kernel().side = placement == Placement::per_target ? Side::post : Side::pre;
            builder.note(initial.span);
            builder.store(place(End::own, Name::user(initial.key), per_neuron).slot,
                          builder.lower(keep(initial.term)));
            result.kernel = builder.finish();
        } else {
            result.values = initial.values;
        }
        plan_.initialisers.push_back(std::move(result));
    }
}

/// A term per synapse (or per neuron at one end) into scratch Role::out.
Kernel SynapseLower::evaluation(const std::string& name, const TermPtr& term, Stored stored,
                                Placement placement) {
    const bool per_neuron = placement == Placement::per_source || placement == Placement::per_target;
    Builder builder(name, per_neuron ? Domain::elements : Domain::synapses, frame(per_neuron));
    if (reads_source_at_events(term)) pin_sources(builder, per_neuron);
    if (!per_neuron && reads_any(event_driven_, term)) pin_event_driven(builder);
    const Index index = per_neuron ? Index::element : Index::synapse;
    const ValueId value = builder.lower(keep(term));
    if (stored == Stored::u8)
        builder.store({Owner::scratch, index, Name::of(Role::out), stored, true}, value);
    else
        store_result(builder, index, value);
    return builder.finish();
}

void SynapseLower::delays() {
    for (const auto& checked : checked_.delays) {
        DelayPlan plan;
        plan.name = checked.name;
        plan.span = checked.span;
        if (checked.values)
            plan.values = checked.values;
        else if (const auto known = analysis::evaluate(checked.term))
            plan.seconds = *known;
        else
            plan.kernel = evaluation("delay_" + std::to_string(plan_.delays.size()), checked.term,
                                     Stored::real, Placement::per_synapse);
        if (checked.name == model::DelayName::dendritic() && spec_.is_chain && !plan.seconds)
            internal(Name::of(Role::dendritic_steps), Stored::u16, Placement::per_synapse);
        plan_.delays.push_back(std::move(plan));
    }
}

void SynapseLower::connect() {
    if (checked_.connect_condition)
        plan_.connect_condition =
            evaluation("connect_condition", checked_.connect_condition, Stored::u8, Placement::per_synapse);
    if (checked_.connect_p) plan_.connect_probability = analysis::evaluate(checked_.connect_p);
    if (checked_.connect_p && !plan_.connect_probability)
        plan_.connect_p = evaluation("connect_p", checked_.connect_p, Stored::real, Placement::per_synapse);
}

void SynapseLower::structure() {
    if (!checked_.prune && !checked_.grow) return;
    StructurePlan plan;
    plan.every = spec_.structure_every;
    if (checked_.prune) plan.prune = evaluation("prune", checked_.prune, Stored::u8, Placement::per_synapse);
    if (checked_.grow_condition)
        plan.grow_condition =
            evaluation("grow_condition", checked_.grow_condition, Stored::u8, Placement::per_synapse);
    if (checked_.grow) {
        if (const auto known = analysis::evaluate(checked_.grow))
            plan.grow_probability = *known;
        else
            plan.grow = evaluation("grow", checked_.grow, Stored::real, Placement::per_synapse);
    }
    plan_.structure = std::move(plan);
}

/// Adds what arrives now after its dendritic delay.
void SynapseLower::deliver() {
    const analysis::CheckedStatement* delayed = nullptr;
    for (const auto& pathway : checked_.pathways)
        for (const auto& statement : pathway.statements)
            if (statement.delayed) delayed = &statement;
    if (!delayed) return;
    Builder builder("deliver", Domain::elements, frame(true));
    builder.kernel().side = Side::post;
    builder.note(delayed->span);
    ValueId value = builder.load({Owner::scratch, Index::element, Name::of(Role::due), Stored::real, false});
    if (delayed->unless_refractory)
        if (const auto flag = targets(true).refractory(End::post))
            value = builder.select(builder.load(*flag), value, builder.constant(0.0, Type::f64));
    const Place target = place(End::post, Name::user(delayed->target), true);
    builder.store(target.slot, builder.binary(OpCode::add, builder.load(target), value));
    plan_.deliver = builder.finish();
    plan_.ring_target = delayed->target;
}

void SynapseLower::records(std::vector<RecordPlan>& plans) {
    for (const auto& record : in_.network->records) {
        if (!record.of_synapses || &in_.network->synapses[record.group] != &checked_) continue;
        RecordPlan plan;
        plan.recorded = record.spec;
        plan.of_synapses = true;
        plan.at = record.at;
        for (std::size_t k = 0; k < record.keys.size(); ++k) {
            RecordVariable variable;
            variable.name = record.keys[k];
            const auto& checked = *checked_.find(record.keys[k]);
            variable.dimension = checked.dimension;
            variable.placement =
                record.expressions[k] ? Placement::per_synapse : placements_.at(variable.name);
            TermPtr term = record.expressions[k];
            const TermPtr own = analysis::variable(End::own, checked.key, checked.type, checked.dimension);
            const bool stands = !checked.event_driven || (variable.placement != Placement::per_synapse &&
                                                          !reads_source_at_events(own));
            if (!term && !stands) term = own;
            if (term)
                variable.kernel =
                    evaluation("record_" + std::to_string(record.spec) + "_" + std::to_string(k), term,
                               Stored::real, variable.placement);
            plan.variables.push_back(std::move(variable));
        }
        plans.push_back(std::move(plan));
    }
}

void SynapseLower::final_values() {
    auto states = event_driven_;
    states.insert(states.end(), sources_at_events_.begin(), sources_at_events_.end());
    for (const auto& state : states) {
        const auto& checked = *checked_.find(state.key);
        RecordVariable variable;
        variable.name = state.key;
        variable.dimension = checked.dimension;
        variable.placement = placements_.at(state.key);
        variable.kernel = evaluation("final_" + std::to_string(plan_.final_values.size()),
                                     analysis::variable(End::own, state.key, checked.type, checked.dimension),
                                     Stored::real, variable.placement);
        plan_.final_values.push_back(std::move(variable));
    }
}

SynapsePlan lower_synapses(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons,
                           std::vector<RegularPlan>& regular, std::vector<RecordPlan>& records) {
    return SynapseLower(in, group, neurons)(regular, records);
}

Kernel lower_query_synapses(const Lowering& in, std::size_t group, const std::vector<NeuronPlan>& neurons,
                            const TermPtr& term, const std::string& stream, bool wide) {
    SynapseLower lower(in, group, neurons);
    std::vector<RegularPlan> regular(in.spec->regular.size());
    std::vector<RecordPlan> records;
    lower.lower(regular, records);
    return lower.query(term, stream, wide);
}

}  // namespace bouton::codegen
