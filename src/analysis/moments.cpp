// SPDX-License-Identifier: BSD-3-Clause
// Which variables hold moments: those stay double in a run of single precision, where 24 bits would tell 20000 s from
// 20000.001 s no more. Found by what is assigned: t, and whatever holds t, to a variable whose unit is a time; to one of
// another unit (t/ms) what grows with t. A variable of a time that is compared with t, or taken from it, is one as well.
#include "analysis/check.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace bouton::analysis {

namespace {

const base::Dimension kTime = base::Dimension::of(base::Dimension::time);

class Moments {
public:
    explicit Moments(CheckedNetwork& network) : network_(network) {}

    /// Until a round finds no more: every one can make others.
    void find() {
        do {
            found_ = false;
            for (auto& neurons : network_.neurons) look_at(neurons);
            for (auto& synapses : network_.synapses) look_at(synapses);
            for (const auto& regular : network_.regular) look_at(regular);
        } while (found_);
    }

private:
    /// The texts of one group: whose variables their ends mean, and which locals hold moments.
    struct Place {
        CheckedNeurons* neurons = nullptr;
        CheckedSynapses* synapses = nullptr;
        std::set<std::string> locals{};
    };

    CheckedNeurons* group(const CheckedNeurons* of) const {
        for (auto& neurons : network_.neurons)
            if (&neurons == of) return &neurons;
        return nullptr;
    }

    CheckedVariable* find(const Place& place, End end, const std::string& key) const {
        if (place.neurons) return place.neurons->variables.with_key(key);
        if (end == End::own) return place.synapses->variables.with_key(key);
        CheckedNeurons* neurons = group(end == End::pre ? place.synapses->pre : place.synapses->post);
        return neurons ? neurons->variables.with_key(key) : nullptr;
    }

    static bool can_be(const CheckedVariable& variable) {
        return variable.type == ValueType::real && variable.kind == lang::EquationKind::parameter;
    }

    void mark(CheckedVariable* variable) {
        if (!variable || variable->is_moment || !can_be(*variable)) return;
        variable->is_moment = found_ = true;
    }

    bool is_moment(const Place& place, const Term& node) const {
        if (node.kind == TermKind::time) return true;
        if (node.kind == TermKind::local) return place.locals.count(node.name) > 0;
        if (node.kind != TermKind::variable) return false;
        if (node.name == "lastspike") return true;
        const auto* variable = find(place, node.end, node.name);
        return variable && variable->is_moment;
    }

    using Known = std::unordered_map<const Term*, bool>;

    /// Of every part of the term: whether its value grows as t does, so that its last bits are those of t.
    Known growing(const Place& place, const TermPtr& term) const {
        Known known;  // arguments come first
        for_each(term, [&](const Term& node) { known[&node] = grows(place, node, known); });
        return known;
    }

    bool grows(const Place& place, const Term& term, const Known& known) const {
        const auto of = [&](std::size_t k) { return known.at(term.arguments[k].get()); };
        switch (term.kind) {
            case TermKind::unary: return of(0);
            case TermKind::select: return of(1) || of(2);
            case TermKind::binary:
                switch (term.binary) {
                    case lang::BinaryOp::add: return of(0) || of(1);
                    case lang::BinaryOp::subtract: return of(0) != of(1);
                    case lang::BinaryOp::multiply: return of(0) || of(1);
                    case lang::BinaryOp::divide:
                    case lang::BinaryOp::floor_divide: return of(0);
                    default: return false;
                }
            case TermKind::call:
                switch (term.function) {
                    case Builtin::floor:
                    case Builtin::ceil:
                    case Builtin::abs:
                    case Builtin::min:
                    case Builtin::max:
                    case Builtin::clip:
                        return std::any_of(term.arguments.begin(), term.arguments.end(),
                                           [&](const TermPtr& argument) { return known.at(argument.get()); });
                    default: return false;
                }
            default: return is_moment(place, term);
        }
    }

    bool holds_moment(const Place& place, const TermPtr& term) const {
        if (term->dimension == kTime)
            return any_of(term, [&](const Term& node) { return is_moment(place, node); });
        return growing(place, term).at(term.get());
    }

    /// t < x, t - x: x is compared with moments, to their last bits.
    void look_for_partners(const Place& place, const TermPtr& term) {
        if (!term) return;
        const Known known = growing(place, term);
        for_each(term, [&](const Term& node) {
            if (node.kind != TermKind::binary || node.arguments.size() != 2) return;
            const bool compares =
                node.binary == lang::BinaryOp::subtract ||
                (node.binary >= lang::BinaryOp::less && node.binary <= lang::BinaryOp::not_equal);
            if (!compares) return;
            for (const int side : {0, 1}) {
                const TermPtr& other = node.arguments[static_cast<std::size_t>(side)];
                if (other->kind != TermKind::variable || other->dimension != kTime) continue;
                if (known.at(node.arguments[static_cast<std::size_t>(1 - side)].get()))
                    mark(find(place, other->end, other->name));
            }
        });
    }

    void look_at(Place& place, const std::vector<CheckedStatement>& statements) {
        for (const auto& statement : statements) {
            if (!statement.value) continue;
            look_for_partners(place, statement.value);
            if (!holds_moment(place, statement.value)) continue;
            if (statement.is_local)
                place.locals.insert(statement.target);
            else
                mark(find(place, statement.end, statement.target));
        }
    }

    void look_at_variables(const Place& place, const CheckedVariables& variables,
                           const std::vector<CheckedInitial>& initial) {
        for (const auto& variable : variables) look_for_partners(place, variable.expr);
        for (const auto& start : initial)
            if (start.term && holds_moment(place, start.term)) mark(find(place, End::own, start.key));
    }

    void look_at(CheckedNeurons& neurons) {
        Place place{&neurons, nullptr};
        look_at_variables(place, neurons.variables, neurons.initial);
        look_for_partners(place, neurons.threshold);
        look_for_partners(place, neurons.refractory);
        look_at(place, neurons.reset);
    }

    void look_at(CheckedSynapses& synapses) {
        Place place{nullptr, &synapses};
        look_at_variables(place, synapses.variables, synapses.initial);
        for (const TermPtr& term : {synapses.prune, synapses.grow, synapses.grow_condition})
            look_for_partners(place, term);
        for (const auto& pathway : synapses.pathways) {
            place.locals.clear();
            look_at(place, pathway.statements);
        }
    }

    void look_at(const CheckedRegular& regular) {
        Place place;
        if (regular.of_synapses)
            place.synapses = &network_.synapses[regular.group];
        else
            place.neurons = &network_.neurons[regular.group];
        look_at(place, regular.statements);
    }

    CheckedNetwork& network_;
    bool found_ = false;
};

}  // namespace

void find_moments(CheckedNetwork& network) { Moments(network).find(); }

}  // namespace bouton::analysis
