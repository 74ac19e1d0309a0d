// SPDX-License-Identifier: BSD-3-Clause
// A neuron group to its plan: variables, initialisers, the update kernel (integrate, test the threshold), reset.
#include "analysis/integrators.hpp"
#include "codegen/lower/chance.hpp"
#include "codegen/lower/integrate.hpp"
#include "codegen/lower/lower.hpp"

#include <cmath>

namespace bouton::codegen {

using analysis::CheckedNeurons;
using analysis::CheckedVariable;
using analysis::End;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;
using base::Code;
using lang::EquationKind;

Place neuron_place(const NeuronPlan& neurons, const Name& name, Owner owner, Index index) {
    for (const auto& variable : neurons.variables) {
        if (variable.name != name) continue;
        if (variable.placement == Placement::shared)
            return {true, {owner, index, name.in(neurons.group), variable.stored, false}};
        return decaying({false, {owner, index, name, variable.stored, false}}, neurons.decays);
    }
    throw base::InternalError("neuron group '" + neurons.group + "' has no variable '" + name.to_string() +
                              "'");
}

bool keeps_active(const NeuronPlan& neurons) {
    return std::any_of(neurons.variables.begin(), neurons.variables.end(),
                       [](const Variable& variable) { return variable.name == Name::of(Role::active); });
}

bool reads_neuron_name(const analysis::CheckedNetwork& network, const CheckedNeurons& neurons,
                       const Name& name, bool own_equations) {
    bool found = false;
    const auto look = [&](const TermPtr& term, const auto& is_group) {
        if (!term || found) return;
        found = analysis::any_of(term, [&](const Term& node) {
            return node.kind == TermKind::variable && variable_name(node) == name && is_group(node.end);
        });
    };
    const auto own = [](End end) { return end == End::own; };
    if (own_equations) {
        for (const auto& variable : neurons.variables) look(variable.expr, own);
        for (const auto& initial : neurons.initial) look(initial.term, own);
    }
    look(neurons.threshold, own);
    look(neurons.refractory, own);
    for (const auto& statement : neurons.reset) look(statement.value, own);
    for (const auto& regular : network.regular)
        if (!regular.of_synapses && &network.neurons[regular.group] == &neurons)
            for (const auto& statement : regular.statements) look(statement.value, own);
    for (const auto& input : network.inputs) {
        look(input.rate, own);
        look(input.weight, own);
    }
    for (const auto& synapses : network.synapses) {
        const auto end = [&](End which) {
            return (which == End::pre && synapses.pre == &neurons) ||
                   (which == End::post && synapses.post == &neurons);
        };
        for (const auto& variable : synapses.variables) look(variable.expr, end);
        for (const auto& initial : synapses.initial) look(initial.term, end);
        for (const auto& delay : synapses.delays) look(delay.term, end);
        for (const auto* term : {&synapses.connect_condition, &synapses.connect_p, &synapses.prune,
                                 &synapses.grow, &synapses.grow_condition})
            look(*term, end);
        for (const auto& summed : synapses.summed) look(summed.expr, end);
        for (const auto& pathway : synapses.pathways)
            for (const auto& statement : pathway.statements) look(statement.value, end);
        for (const auto& regular : network.regular)
            if (regular.of_synapses && &network.synapses[regular.group] == &synapses) {
                for (const auto& statement : regular.statements) look(statement.value, end);
                for (const auto& reduction : regular.reductions) look(reduction.expr, end);
            }
    }
    return found;
}

namespace {

class NeuronLower {
public:
    NeuronLower(const Lowering& in, std::size_t group)
        : in_(in), checked_(in.network->neurons[group]), spec_(in.spec->neurons[group]) {
        plan_.group = checked_.group;
        plan_.size = checked_.size;
        plan_.spike_source = spec_.spike_times != nullptr;
    }

    NeuronPlan operator()() {
        if (plan_.spike_source) return std::move(plan_);
        place_variables();
        choose_method();
        find_decays();
        initialisers();
        ranges();
        begin();
        update();
        reset();
        for (const auto& record : in_.network->records)
            if (!record.of_synapses && &in_.network->neurons[record.group] == &checked_)
                terms_.insert(terms_.end(), record.expressions.begin(), record.expressions.end());
        for (const auto& term : terms_) collect_scalars(term, plan_.scalars);
        if (fixed_refractoriness_) plan_.refractory_steps = refractory_steps();
        return std::move(plan_);
    }

private:
    Frame frame() const {
        Frame frame;
        frame.place = [this](End, const Name& name) {
            return neuron_place(plan_, name, Owner::self, Index::element);
        };
        frame.stream = hash_name(checked_.group);
        return frame;
    }

    TermPtr keep(const TermPtr& term) {
        terms_.push_back(term);
        return term;
    }

    bool written(const CheckedVariable& variable) const { return variable.written && !variable.constant; }

    void place_variables() {
        const double dt = in_.spec->dt;
        for (const auto& checked : checked_.variables) {
            if (checked.kind == EquationKind::subexpression && !checked.constant_over_dt) continue;
            Variable variable;
            variable.name = Name::user(checked.key);
            variable.dimension = checked.dimension;
            variable.stored = stored_as(checked, *in_.spec);
            variable.hidden = checked.hidden;
            variable.constant = checked.kind == EquationKind::parameter && !written(checked);
            if (variable.constant)
                if (const auto value = uniform_value(checked)) {
                    variable.placement = Placement::shared;
                    variable.fill = *value;
                    plan_.scalars.push_back({variable.name.in(plan_.group), checked.dimension, *value,
                                             std::nullopt, checked.span});
                }
            plan_.variables.push_back(variable);
        }
        const bool duration =
            checked_.refractory && checked_.refractory->type != analysis::ValueType::boolean;
        fixed_refractoriness_ = duration && checked_.threshold && never_changes(checked_.refractory);
        keeps_lastspike_ = (duration && !fixed_refractoriness_) ||
                           reads_neuron_name(*in_.network, checked_, Name::of(Role::lastspike));
        keeps_active_ =
            (checked_.refractory && (!duration || fixed_refractoriness_ || events_need_active())) ||
            reads_neuron_name(*in_.network, checked_, Name::of(Role::active));
        if (keeps_lastspike_) internal(Role::lastspike, Stored::i64, std::floor(-1e4 / dt + 0.5));
        if (keeps_active_) internal(Role::active, Stored::u8, 1.0);
        take_chance();
        if (checked_.threshold && !plan_.spike_probability) internal(Role::spikes, Stored::u32, 0.0);
    }

    /// Events write to a variable that stands still while refractory, so they must know the state.
    bool events_need_active() const {
        const auto& network = *in_.network;
        for (std::size_t k = 0; k < network.inputs.size(); ++k)
            if (in_.spec->inputs[k].to.group == checked_.group && network.inputs[k].unless_refractory)
                return true;
        const auto waits = [&](const analysis::CheckedSynapses& synapses, const auto& statements) {
            for (const auto& statement : statements)
                if (statement.unless_refractory &&
                    (statement.end == End::pre ? synapses.pre : synapses.post) == &checked_)
                    return true;
            return false;
        };
        for (const auto& synapses : network.synapses)
            for (const auto& pathway : synapses.pathways)
                if (waits(synapses, pathway.statements)) return true;
        for (const auto& regular : network.regular)
            if (regular.of_synapses && waits(network.synapses[regular.group], regular.statements))
                return true;
        return false;
    }

    /// The same for all neurons at all times.
    bool never_changes(const TermPtr& term) const {
        const bool moves = analysis::any_of(term, [](const Term& node) {
            return node.kind == TermKind::time ||
                   (node.kind == TermKind::variable && !variable_name(node).is_user());
        });
        return !moves && same_for_all(term);
    }

    void internal(Role role, Stored stored, double fill) {
        Variable variable;
        variable.name = Name::of(role);
        variable.stored = stored;
        variable.fill = fill;
        plan_.variables.push_back(variable);
    }

    /// The one value of a constant that is the same for all neurons.
    std::optional<double> uniform_value(const CheckedVariable& variable) const {
        if (spec_.writable.count(variable.key)) return std::nullopt;
        for (const auto& initial : checked_.initial) {
            if (initial.key != variable.key) continue;
            return initial.term ? analysis::evaluate(initial.term) : std::nullopt;
        }
        return 0.0;
    }

    void initialisers() {
        for (const auto& initial : checked_.initial) {
            const Place place = neuron_place(plan_, Name::user(initial.key), Owner::self, Index::element);
            if (place.is_scalar) continue;
            Initialiser result;
            result.variable = initial.key;
            result.span = initial.span;
            if (initial.term) {
                Frame of_initial = frame();
                of_initial.wide = checked_.find(initial.key)->is_moment;
                Builder builder("initial_" + std::to_string(plan_.initialisers.size()), Domain::elements,
                                of_initial);
                builder.note(initial.span);
                builder.store(place.slot, builder.lower(keep(initial.term)));
                result.kernel = builder.finish();
            } else {
                result.values = initial.values;
            }
            plan_.initialisers.push_back(std::move(result));
        }
    }

    void ranges() {
        for (const auto& range : checked_.ranges)
            plan_.ranges.push_back(lower_range(range, plan_.ranges.size(), Domain::elements, frame(),
                                               *in_.spec, [this](const TermPtr& term) { keep(term); }));
    }

    /// Subexpressions that are evaluated once, at the start of the step; each may use those before it.
    void begin() {
        Builder builder("begin", Domain::elements, frame());
        for (const auto& variable : checked_.variables)
            if (variable.constant_over_dt) {
                builder.note(variable.span);
                builder.store(slot(Name::user(variable.key)), builder.lower(keep(variable.expr)));
            }
        if (!builder.kernel().empty()) plan_.begin = builder.finish();
    }

    void update() {
        Builder builder("update", Domain::elements, frame());
        std::optional<ValueId> active;
        if (checked_.refractory) active = refractoriness(builder);
        // What is stored is that of the step before, unless the simulation sets it.
        if (active && !fixed_refractoriness_) builder.pin_variable(End::own, "not_refractory", *active);
        integrate_states(builder, active);
        plan_.has_threshold = checked_.threshold && !plan_.spike_probability;
        if (plan_.has_threshold)
            threshold(builder, active);
        else if (keeps_active_ && active && !fixed_refractoriness_)
            builder.store(slot(Name::of(Role::active)), *active);
        plan_.update = builder.finish();
    }

    ArraySlot slot(const Name& name) const {
        return neuron_place(plan_, name, Owner::self, Index::element).slot;
    }

    ValueId refractoriness(Builder& builder) {
        builder.note(checked_.refractory->span);
        keep(checked_.refractory);
        if (fixed_refractoriness_) return builder.load(slot(Name::of(Role::active)));
        const ValueId value = builder.lower(checked_.refractory);
        if (checked_.refractory->type == analysis::ValueType::boolean)
            return builder.binary(OpCode::logical_or, builder.load(slot(Name::of(Role::active))),
                                  builder.logical_not(value));
        const ValueId whole = builder.convert(whole_steps(builder, value), Type::integer);
        const ValueId since =
            builder.binary(OpCode::subtract, builder.step(), builder.load(slot(Name::of(Role::lastspike))));
        return builder.binary(OpCode::greater_equal, since, whole);
    }

    /// Refractoriness holds floor(t_ref/dt + 1e-3) steps.
    static ValueId whole_steps(Builder& builder, ValueId t_ref) {
        const ValueId steps =
            builder.binary(OpCode::add, builder.binary(OpCode::divide, t_ref, builder.step_size()),
                           builder.constant(1e-3, Type::f64));
        return builder.call(analysis::Builtin::floor, {steps});
    }

    Scalar refractory_steps() {
        Builder builder("refractory", Domain::elements, frame());
        builder.store({Owner::scratch, Index::element, Name::of(Role::out), Stored::f64, true},
                      whole_steps(builder, builder.lower(checked_.refractory)));
        return {
            Name::of(Role::refractory_steps), {}, std::nullopt, builder.finish(), checked_.refractory->span};
    }

    void choose_method() {
        for (const auto& variable : checked_.variables)
            if (variable.kind == EquationKind::differential)
                equations_.push_back({variable.key, variable.span, right_hand_side(variable),
                                      variable.unless_refractory && checked_.refractory});
        if (equations_.empty())
            return analysis::check_idle_method(checked_.method, checked_.method_span, false,
                                               *in_.diagnostics);
        choice_ = analysis::choose_method(
            equations_, [this](const Term& term) { return is_constant(term); }, checked_.method,
            checked_.method_span, *in_.diagnostics);
        if (!choice_) return;
        plan_.method = analysis::method_name(choice_->method);
        plan_.notes.push_back(plan_.method + ": " + choice_->reason);
    }

    bool is_constant(const Term& term) const {
        const auto* variable = checked_.find(term.name);
        return term.end == End::own && variable && variable->kind == EquationKind::parameter &&
               !written(*variable);
    }

    /// x' = a x with one known a, where nothing but sums changes x, and nobody but the group's own equations and records
    /// looks at it.
    void find_decays() {
        if (!choice_) return;
        for (const auto& equation : equations_) {
            const auto factor = decay_factor(equation, choice_->method, plan_.variables, *in_.spec);
            if (factor && only_gathers(*in_.network, checked_, equation.key))
                plan_.decays.push_back({equation.key, *factor, true, plan_.group});
        }
        note_decays(plan_.decays, plan_.notes);
    }

    void integrate_states(Builder& builder, std::optional<ValueId> active) {
        if (!choice_) return;
        Integration what;
        what.equations = &equations_;
        what.method = choice_->method;
        what.active = active;
        what.is_uniform = [this](const TermPtr& term) { return same_for_all(term); };
        for (const auto& equation : equations_)
            what.kept.push_back(
                neuron_place(plan_, Name::user(equation.key), Owner::self, Index::element).fall.has_value());
        Propagator propagator;
        propagator.group = plan_.group;
        if (choice_->method == analysis::Method::exact)
            prepare_exact(
                builder, equations_, [this](const Term& term) { return is_constant(term); }, what,
                propagator);
        for (const auto& equation : equations_) builder.note(equation.span);
        const auto values = integrate(builder, what);
        for (std::size_t k = 0; k < equations_.size(); ++k) {
            if (what.kept[k]) continue;
            builder.note(equations_[k].span);
            builder.store(slot(Name::user(equations_[k].key)), values[k]);
        }
        if (choice_->method == analysis::Method::exact) finish_exact(std::move(propagator), what.system);
    }

    TermPtr right_hand_side(const CheckedVariable& variable) {
        return analysis::with_reciprocals(keep(variable.expr),
                                          [this](const TermPtr& term) { return same_for_all(term); });
    }

    /// The same for all neurons at one time.
    bool same_for_all(const TermPtr& term) const {
        return uniform(term) && !analysis::any_of(term, [](const Term& node) {
                   return node.kind == TermKind::noise || node.kind == TermKind::signal ||
                          (node.kind == TermKind::call && analysis::function(node.function).random);
               });
    }

    void prepare_exact(Builder& builder, const std::vector<analysis::StateEquation>& equations,
                       const analysis::IsConstant& is_constant, Integration& what, Propagator& propagator) {
        what.system = *analysis::linear_system(equations, is_constant);
        propagator.uniform = true;
        for (const auto& row : what.system.matrix)
            for (const auto& entry : row)
                if (entry && !uniform(entry)) propagator.uniform = false;
        what.propagator = &propagator;
        what.entry = [&builder, &propagator](const MatrixEntry& entry) {
            const Name name = propagator.name_of(entry);
            if (propagator.uniform) return builder.scalar(name);
            return builder.load(ArraySlot{Owner::self, Index::element, name, Stored::real, false});
        };
    }

    bool uniform(const TermPtr& term) const {
        return !analysis::any_of(term, [&](const Term& node) {
            if (node.kind == TermKind::variable)
                return !neuron_place(plan_, variable_name(node), Owner::self, Index::element).is_scalar;
            return node.kind == TermKind::index_i;
        });
    }

    void finish_exact(Propagator propagator, const analysis::LinearSystem& system) {
        check_coefficients(in_, system, plan_.variables, spec_.span, plan_.group);
        Builder builder("coefficients", Domain::elements, frame());
        for (const auto& [row, column] : propagator.nonzero) {
            builder.store(
                {Owner::scratch, Index::element, Name::coefficient(row, column), Stored::f64, true},
                builder.lower(
                    system.matrix[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)]));
        }
        propagator.coefficients = builder.finish();
        for (const MatrixEntry& entry : propagator.wanted) {
            if (propagator.uniform) break;
            Variable variable;
            variable.name = propagator.name_of(entry);
            variable.constant = true;
            plan_.variables.push_back(variable);
        }
        plan_.propagators.push_back(std::move(propagator));
    }

    void threshold(Builder& builder, std::optional<ValueId> active) {
        builder.note(checked_.threshold->span);
        ValueId spiked = builder.lower(keep(checked_.threshold));
        if (spec_.model.name == "poisson") check_rate(builder);
        const ValueId crossed = spiked;
        if (active) spiked = builder.binary(OpCode::logical_and, spiked, *active);
        builder.append(slot(Name::of(Role::spikes)), spiked);
        if (keeps_active_ && active && !fixed_refractoriness_)
            builder.store(slot(Name::of(Role::active)),
                          builder.binary(OpCode::logical_and, *active, builder.logical_not(crossed)));
    }

    /// Every neuron spikes in every step with the same known probability, whatever else happens.
    void take_chance() {
        const TermPtr probability = chance(checked_.threshold);
        if (!probability) return;
        const auto known = known_value(probability, plan_.variables, in_.spec->dt);
        if (spec_.model.name == "poisson" && known && !(*known >= 0.0 && *known <= 1.0)) {
            in_.diagnostics->error(
                Code::E218, spec_.model.span,
                std::isnan(*known) ? "the rate of a Poisson neuron is not a number"
                : *known < 0.0     ? "the rate of a Poisson neuron is negative"
                               : "rate*dt is above 1, but a Poisson neuron emits at most one spike a step",
                !(*known >= 0.0) ? "" : "lower the rate or dt, or use [input.NAME] for summed sources");
        }
        rate_is_known_ = known.has_value();
        if (!known || checked_.refractory || !prefers_geometric_gaps(*known)) return;
        plan_.spike_probability = known;
        plan_.notes.push_back(
            "spikes: the gaps between them are drawn, since one probability holds for all neurons");
    }

    /// A Poisson source emits at most one spike a step, so rate*dt may not exceed 1.
    void check_rate(Builder& builder) {
        const TermPtr mean = chance(checked_.threshold);
        if (!mean || rate_is_known_) return;
        internal(Role::rate_too_high, Stored::u8, 0.0);
        const ValueId value = builder.lower(mean);
        // Not `value > 1`: what is not a number is no rate either.
        builder.store(
            slot(Name::of(Role::rate_too_high)),
            builder.logical_not(builder.binary(OpCode::less_equal, value, builder.constant(1.0, Type::f64))));
        plan_.check_rate = true;
    }

    void reset() {
        if (checked_.reset.empty()) return;
        Builder builder("reset", Domain::listed, frame());
        StatementTargets targets;
        targets.place = [this](End, const Name& name) {
            return neuron_place(plan_, name, Owner::self, Index::element);
        };
        targets.refractory = [](End) { return std::nullopt; };  // resets always write
        for (const auto& statement : checked_.reset) {
            keep(statement.value);
            lower_statement(builder, statement, targets);
        }
        plan_.reset = builder.finish();
    }

    const Lowering& in_;
    const CheckedNeurons& checked_;
    const model::NeuronSpec& spec_;
    NeuronPlan plan_;
    std::vector<TermPtr> terms_;
    std::vector<analysis::StateEquation> equations_;
    std::optional<analysis::MethodChoice> choice_;
    bool keeps_lastspike_ = false;
    bool keeps_active_ = false;
    bool rate_is_known_ = false;
    bool fixed_refractoriness_ = false;  ///< a constant duration: see NeuronPlan::refractory_steps
};

}  // namespace

NeuronPlan lower_neurons(const Lowering& in, std::size_t group) { return NeuronLower(in, group)(); }

}  // namespace bouton::codegen
