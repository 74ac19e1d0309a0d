// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events that wait: what a postsynaptic spike does to the variables of a synapse happens when its
// presynaptic neuron spikes next, from a short history of the target. Nobody can tell if nothing reads or writes those
// variables in between, and if what the event reads can be had later: what belongs to the target is kept with the event;
// of a presynaptic trace x, which then only decays, x(t) = x(t0) exp(a (t - t0)). No index by target is needed.
#include "base/diagnostics.hpp"
#include "codegen/lower/chance.hpp"
#include "codegen/lower/synapse_lower.hpp"

#include <algorithm>

namespace bouton::codegen {

using analysis::CheckedStatement;
using analysis::CheckedVariable;
using analysis::End;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;
using lang::EquationKind;

namespace {

bool changes(const CheckedVariable* variable) {
    return !variable || variable->kind != EquationKind::parameter || variable->written;
}

}  // namespace

/// The rate a of dx/dt = a x, the same for all synapses; null where x stands still between events; nothing for any other
/// course.
std::optional<TermPtr> SynapseLower::decay_rate(const CheckedVariable& variable) const {
    if (variable.kind == EquationKind::parameter) return TermPtr{};
    const auto form = analysis::conditionally_linear({variable.key, variable.span, variable.expr, false});
    if (!form || !analysis::is_zero(form->b)) return std::nullopt;
    if (!form->a) return TermPtr{};
    const bool moves = analysis::any_of(form->a, [this](const Term& node) {
        if (node.kind == TermKind::variable) return !is_constant(node);
        return node.kind != TermKind::number && node.kind != TermKind::scalar &&
               node.kind != TermKind::unary && node.kind != TermKind::binary;
    });
    if (moves || !is_uniform(form->a)) return std::nullopt;
    return form->a;
}

/// Notes what the event must keep to read this variable later; false if it cannot.
bool SynapseLower::can_read_later(const Term& node, Deferral& deferral) const {
    const auto add = [&](EventInput input) {
        for (const auto& known : deferral.inputs)
            if (known.end == input.end && known.key == input.key) return;
        deferral.inputs.push_back(std::move(input));
    };
    const bool real = node.type == analysis::ValueType::real;
    if (node.end == End::own) {
        const CheckedVariable& variable = *checked_.find(node.name);
        const Placement placement = placements_.at(node.name);
        if (placement == Placement::per_synapse || placement == Placement::shared || !changes(&variable))
            return true;
        if (variable.is_moment) return false;  // an event keeps numbers of the run's precision
        if (placement == Placement::per_target) {
            if (real) add({End::own, node.name, variable.type, false, {}});
            return real;
        }
        const auto rate = decay_rate(variable);
        if (rate) add({End::own, node.name, variable.type, true, *rate});
        return rate && real;
    }
    const auto* group = node.end == End::pre ? checked_.pre : checked_.post;
    const CheckedVariable* of_neuron = group->find(node.name);
    if (!changes(of_neuron)) return true;
    if (of_neuron && of_neuron->is_moment) return false;
    if (node.end == End::pre || !real || !variable_name(node).is_user()) return false;
    add({End::post, node.name, node.type, false, {}});
    return true;
}

namespace {

/// An integer of which nothing is known; those of truth values and numbers of neurons stay small.
bool may_leave_range(const Term& node) {
    if (node.kind == TermKind::call && node.function == analysis::Builtin::to_int)
        return node.arguments[0]->type == analysis::ValueType::real;
    return node.type == analysis::ValueType::integer &&
           (node.kind == TermKind::variable || node.kind == TermKind::local || node.kind == TermKind::scalar);
}

}  // namespace

bool SynapseLower::can_wait(const std::vector<const CheckedStatement*>& statements,
                            Deferral& deferral) const {
    std::set<std::string> locals;
    for (const auto* statement : statements) {
        const bool allowed = !analysis::any_of(statement->value, [&](const Term& node) {
            if (may_leave_range(node)) return true;
            switch (node.kind) {
                case TermKind::time:
                case TermKind::signal:
                case TermKind::noise: return true;
                case TermKind::call: return analysis::function(node.function).random;
                case TermKind::local: return locals.count(node.name) == 0;
                case TermKind::variable: return !can_read_later(node, deferral);
                default: return false;
            }
        });
        if (!allowed) return false;
        if (statement->is_local) {
            if (statement->op != lang::AssignOp::set && locals.count(statement->target) == 0) return false;
            locals.insert(statement->target);
        } else if (statement->end != End::own || statement->delayed ||
                   placements_.at(statement->target) != Placement::per_synapse) {
            return false;
        }
    }
    return true;
}

void SynapseLower::find_deferral() {
    if (!event_driven_.empty() || !checked_.summed.empty() || checked_.pathways.size() != 2) return;
    if (!equations(false, Placement::per_synapse).empty()) return;
    Deferral deferral;
    for (const auto& pathway : checked_.pathways) {
        if (!has_one_delay(checked_, pathway)) return;
        (pathway.post ? deferral.post : deferral.pre) = &pathway;
    }
    if (!deferral.pre || !deferral.post) return;
    const auto rows = [](const std::vector<Pass>& passes) {
        std::vector<Pass> result;
        for (const auto& pass : passes)
            if (!pass.per_neuron) result.push_back(pass);
        return result;
    };
    const auto before = split(deferral.pre->statements, Placement::per_source, true);
    const auto after = split(deferral.post->statements, Placement::per_target, true);
    if (rows(before).empty() || rows(after).size() != 1 || rows(after).front().sequential) return;
    for (const auto& pass : after)  // locals do not cross into or out of what waits
        for (const auto* statement : pass.statements)
            if (statement->is_local && after.size() > 1) return;
    if (!can_wait(rows(after).front().statements, deferral)) return;
    deferral.order = ordering_input(deferral);
    deferral_ = std::move(deferral);
    internal(Name::of(Role::processed_until), Stored::real, Placement::per_source);
    internal(Name::of(Role::origin), Stored::f64, Placement::shared);
    for (const auto& input : deferral_->inputs)
        if (input.of_source)
            internal(Name::with(Role::trace_at_origin, input.key), Stored::real, Placement::per_source);
    plan_.notes.push_back("postsynaptic events wait for the next presynaptic spike: no index by target");
}

/// The decay of a trace tells when an event was, as its step does, if it is known to differ from step to step: then the
/// step need not be kept.
std::optional<std::size_t> SynapseLower::ordering_input(const Deferral& deferral) const {
    constexpr double kTold = 1e-6;  // some units in the last place of a float
    for (std::size_t k = 0; k < deferral.inputs.size(); ++k) {
        const EventInput& input = deferral.inputs[k];
        if (!input.of_source || !input.rate) continue;
        const auto rate = known_value(input.rate, plan_.variables, in_.spec->dt);
        if (rate && *rate * in_.spec->dt <= -kTold) return k;
    }
    return std::nullopt;
}

/// Fields of a kept event: what says when it was, then one for each input but those that stand still.
std::vector<const SynapseLower::EventInput*> SynapseLower::event_fields() const {
    const EventInput* order = deferral_->order ? &deferral_->inputs[*deferral_->order] : nullptr;
    std::vector<const EventInput*> fields{order};
    for (const auto& input : deferral_->inputs)
        if (&input != order && (!input.of_source || input.rate)) fields.push_back(&input);
    return fields;
}

namespace {

/// Steps since the time that kept events are counted from.
ValueId since_epoch(Builder& builder) {
    return builder.binary(OpCode::subtract, builder.convert(builder.step(), Type::f64),
                          builder.scalar(Name::of(Role::origin)));
}

}  // namespace

/// exp(a dt steps) as a real number.
ValueId SynapseLower::decay(Builder& builder, const TermPtr& rate, ValueId steps) {
    const ValueId a_dt = builder.binary(OpCode::multiply, builder.lower(keep(rate)), builder.step_size());
    const ValueId exponent = builder.binary(OpCode::multiply, a_dt, steps);
    return builder.convert(builder.call(analysis::Builtin::exp, {exponent}), Type::real);
}

/// What says of an event that it is now.
ValueId SynapseLower::event_order(Builder& builder) {
    if (!deferral_->order) return builder.convert(since_epoch(builder), Type::real);
    return decay(builder, deferral_->inputs[*deferral_->order].rate, since_epoch(builder));
}

/// Over the targets that spike: what the event keeps, as scratch Role::event_field.
Kernel SynapseLower::keep_event(const std::string& name) {
    Builder builder(name, Domain::listed, frame(true));
    builder.kernel().side = Side::post;
    const auto fields = event_fields();
    for (std::size_t f = 0; f < fields.size(); ++f) {
        const ValueId value = f == 0 ? event_order(builder)
                              : fields[f]->of_source
                                  ? decay(builder, fields[f]->rate, since_epoch(builder))
                                  : builder.load(place(fields[f]->end, Name::user(fields[f]->key), true));
        const Name field = Name::of(Role::event_field, static_cast<int>(f));
        builder.store({Owner::scratch, Index::element, field, Stored::real, true}, value);
    }
    return builder.finish();
}

/// Over sources: all events up to now have been met.
Kernel SynapseLower::mark_processed(const std::string& name, Domain domain) {
    Builder builder(name, domain, frame(true));
    builder.store(place(End::own, Name::of(Role::processed_until), true).slot, event_order(builder));
    return builder.finish();
}

/// Over sources: what they are now is what later events go back to. `at_event`: they have been brought up to it.
Kernel SynapseLower::rebase_trace(const std::string& name, bool at_event) {
    Builder builder(name, Domain::listed, frame(true));
    builder.kernel().own_steps = at_event;
    if (!at_event) pin_sources(builder, true);
    builder.store(place(End::own, Name::of(Role::processed_until), true).slot, event_order(builder));
    for (const auto& input : deferral_->inputs) {
        if (!input.of_source) continue;
        const CheckedVariable& variable = *checked_.find(input.key);
        ValueId value =
            builder.lower(analysis::variable(End::own, variable.key, variable.type, variable.dimension));
        if (input.rate)
            value = builder.binary(OpCode::multiply, value,
                                   decay(builder, input.rate, builder.negate(since_epoch(builder))));
        builder.store(place(End::own, Name::with(Role::trace_at_origin, input.key), true).slot, value);
    }
    return builder.finish();
}

/// The ops for each event that waits, at the start of a kernel over rows.
void SynapseLower::meet_events(Builder& builder) {
    const auto fields = event_fields();
    const auto field_of = [&](const EventInput& input) {
        const auto at = std::find(fields.begin(), fields.end(), &input) - fields.begin();
        return builder.event_field(static_cast<std::uint32_t>(at));
    };
    for (const auto& input : deferral_->inputs) {
        if (!input.of_source) {
            builder.pin_variable(input.end, input.key, field_of(input));
            continue;
        }
        ValueId value = builder.load(place(End::own, Name::with(Role::trace_at_origin, input.key), false));
        if (input.rate) value = builder.binary(OpCode::multiply, value, field_of(input));
        builder.pin_variable(End::own, input.key, value);
    }
    for (const auto& pass : split(deferral_->post->statements, Placement::per_target, true))
        if (!pass.per_neuron)
            for (const auto* statement : pass.statements) {
                if (stands_still(*statement))
                    keep_weight(builder, false);
                else
                    lower_statement(builder, *statement, targets(false));
            }
    builder.end_events(static_cast<std::uint32_t>(fields.size()), deferral_->order.has_value());
}

void SynapseLower::plan_deferral() {
    if (!deferral_) return;
    DeferredPlan plan;
    Builder flush("flush", Domain::synapses, frame());
    meet_events(flush);
    plan.flush = flush.finish();
    plan.mark_processed = mark_processed("mark_processed", Domain::elements);
    for (const auto& record : in_.network->records)
        if (record.at >= 0 && &in_.network->synapses[record.group] == &checked_ &&
            &checked_.pathways[static_cast<std::size_t>(record.at)] == deferral_->post)
            plan.mark_some = mark_processed("mark_some", Domain::listed);
    plan.rebase_trace = rebase_trace("rebase_trace", false);
    plan.fields = plan.flush.event_fields;
    plan.fall = plan.flush.events_fall;
    for (const auto& input : deferral_->inputs) {
        if (!input.rate) continue;
        Builder builder("rate", Domain::elements, frame(true));
        builder.store({Owner::scratch, Index::element, Name::of(Role::out), Stored::f64, true},
                      builder.lower(keep(input.rate)));
        plan.rates.push_back({Name::with(Role::rate, input.key),
                              {},
                              std::nullopt,
                              builder.finish(),
                              deferral_->post->statements.front().span});
    }
    plan_.deferred = std::move(plan);
}

}  // namespace bouton::codegen
