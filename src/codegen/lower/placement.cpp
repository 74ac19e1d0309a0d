// SPDX-License-Identifier: BSD-3-Clause
// Lifting: the largest set of variables that can be kept once per neuron. Start from all candidates and take out
// those with a reason against, until none is left with one (a greatest fixed point).
#include "codegen/lower/placement.hpp"

#include "analysis/integrators.hpp"

#include <set>

namespace bouton::codegen {

using analysis::CheckedPathway;
using analysis::CheckedSynapses;
using analysis::CheckedVariable;
using analysis::End;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;
using lang::EquationKind;

bool depends_only_on(const TermPtr& term, Placement end, const Placements& placements,
                     const std::function<bool(const std::string&)>& local) {
    return !analysis::any_of(term, [&](const Term& node) {
        switch (node.kind) {
            case TermKind::index_i: return end != Placement::per_source;
            case TermKind::index_j: return end != Placement::per_target;
            case TermKind::reduction:
            case TermKind::noise: return true;
            case TermKind::call: return analysis::function(node.function).random;
            case TermKind::local: return !local(node.name);
            case TermKind::variable: {
                if (node.end == End::pre) return end != Placement::per_source;
                if (node.end == End::post) return end != Placement::per_target;
                const auto it = placements.find(node.name);
                return it == placements.end() || (it->second != Placement::shared && it->second != end);
            }
            default: return false;
        }
    });
}

bool has_one_delay(const CheckedSynapses& synapses, const CheckedPathway& pathway) {
    if (pathway.delay < 0) return true;
    const auto& delay = synapses.delays[static_cast<std::size_t>(pathway.delay)];
    return delay.term && analysis::evaluate(delay.term).has_value();
}

namespace {

class Lifting {
public:
    Lifting(const CheckedSynapses& synapses, const std::vector<const analysis::CheckedRegular*>& regular)
        : synapses_(synapses) {
        for (const auto* code : regular)
            for (const auto& statement : code->statements)
                if (!statement.is_local && statement.end == End::own) regular_.insert(statement.target);
    }

    PlacementResult operator()() {
        for (const auto& variable : synapses_.variables)
            if (variable.kind != EquationKind::subexpression) places_[variable.key] = Placement::per_synapse;
        share();
        lift(Placement::per_source);
        lift(Placement::per_target);
        PlacementResult result{places_, {}};
        for (const auto& [key, place] : places_) {
            const std::string newborn =
                synapses_.grow && written(variable_of(key)) ? ", which new synapses find as it is" : "";
            if (place == Placement::per_source)
                result.notes.push_back(key + ": once per presynaptic neuron" + newborn);
            if (place == Placement::per_target)
                result.notes.push_back(key + ": once per postsynaptic neuron" + newborn);
            if (place == Placement::shared) result.notes.push_back(key + ": one number");
        }
        return result;
    }

private:
    const analysis::CheckedInitial* initial(const std::string& key) const {
        for (const auto& candidate : synapses_.initial)
            if (candidate.key == key) return &candidate;
        return nullptr;
    }

    const CheckedVariable& variable_of(const std::string& key) const { return *synapses_.find(key); }

    bool written(const CheckedVariable& variable) const {
        return variable.written || variable.kind == EquationKind::differential ||
               regular_.count(variable.key) > 0;
    }

    void share() {
        for (const auto& variable : synapses_.variables) {
            if (variable.kind == EquationKind::subexpression || written(variable) || is_writable(variable))
                continue;
            const auto* start = initial(variable.key);
            if (!start || (start->term && analysis::evaluate(start->term)))
                places_[variable.key] = Placement::shared;
        }
    }

    void lift(Placement end) {
        std::set<std::string> lifted;
        for (const auto& variable : synapses_.variables)
            if (places_.count(variable.key) && places_[variable.key] == Placement::per_synapse &&
                candidate(variable)) {
                places_[variable.key] = end;
                lifted.insert(variable.key);
            }
        for (bool changed = true; changed;) {
            changed = false;
            for (const auto& variable : synapses_.variables) {
                if (!lifted.count(variable.key) || fits(variable, end)) continue;
                lifted.erase(variable.key);
                places_[variable.key] = Placement::per_synapse;
                changed = true;
            }
        }
    }

    bool is_writable(const CheckedVariable& variable) const {
        return synapses_.spec->writable.count(variable.key) > 0;
    }

    bool candidate(const CheckedVariable& variable) const {
        if (is_writable(variable)) return false;
        if (variable.clock_driven || variable.shared || regular_.count(variable.key)) return false;
        return !synapses_.grow || !written(variable) || follows_the_neuron(variable);
    }

    /// A new synapse starts from its own initial values, unless all that there is to a variable is the neuron's spikes: it
    /// starts at 0 and decays to it. The spikes from before the synapse came count as if it had always been there, and soon
    /// are forgotten.
    bool follows_the_neuron(const CheckedVariable& variable) const {
        if (variable.kind != EquationKind::differential) return false;
        const auto* start = initial(variable.key);
        if (start && (!start->term || analysis::evaluate(start->term) != 0.0)) return false;
        const auto form = analysis::conditionally_linear({variable.key, variable.span, variable.expr, false});
        return form && analysis::is_zero(form->b) && form->a && !analysis::is_zero(form->a);
    }

    bool fits(const CheckedVariable& variable, Placement end) const {
        const auto no_local = [](const std::string&) { return false; };
        if (const auto* start = initial(variable.key))
            if (!start->term || !depends_only_on(start->term, end, places_, no_local)) return false;
        if (variable.kind == EquationKind::differential &&
            !depends_only_on(variable.expr, end, places_, no_local))
            return false;
        for (const auto& pathway : synapses_.pathways)
            if (!pathway_fits(pathway, variable.key, end)) return false;
        return !feeds_another(variable, end);
    }

    /// Whether an event-driven equation that is solved elsewhere over the whole time between events depends on
    /// this variable, whose course in that time only its own equation knows.
    bool feeds_another(const CheckedVariable& variable, Placement end) const {
        if (!written(variable)) return false;
        for (const auto& other : synapses_.variables) {
            if (!other.event_driven || other.key == variable.key || places_.at(other.key) == end) continue;
            const bool reads = analysis::any_of(other.expr, [&](const Term& node) {
                return node.kind == TermKind::variable && node.end == End::own && node.name == variable.key;
            });
            if (reads) return true;
        }
        return false;
    }

    bool pathway_fits(const CheckedPathway& pathway, const std::string& key, Placement end) const {
        const bool own_side = pathway.post == (end == Placement::per_target);
        std::map<std::string, bool> locals;
        const auto local = [&](const std::string& name) {
            const auto it = locals.find(name);
            return it != locals.end() && it->second;
        };
        for (const auto& statement : pathway.statements) {
            const bool same = depends_only_on(statement.value, end, places_, local);
            if (statement.is_local) {
                const bool before = statement.op == lang::AssignOp::set || local(statement.target);
                locals[statement.target] = same && before;
            } else if (statement.end == End::own && statement.target == key) {
                if (!own_side || !same || !has_one_delay(synapses_, pathway)) return false;
            }
        }
        return true;
    }

    const CheckedSynapses& synapses_;
    std::set<std::string> regular_;
    Placements places_;
};

}  // namespace

PlacementResult place_synaptic_variables(const CheckedSynapses& synapses,
                                         const std::vector<const analysis::CheckedRegular*>& regular) {
    return Lifting(synapses, regular)();
}

}  // namespace bouton::codegen
