// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/lower/query.hpp"

#include "analysis/check.hpp"
#include "codegen/lower/synapse_lower.hpp"

namespace bouton::codegen {

using analysis::End;
using analysis::Term;
using analysis::TermKind;
using analysis::TermPtr;
using base::Code;

namespace {

/// Reports what the network keeps no value of, since none of its texts asks for it.
bool keeps_all(const TermPtr& term, const std::string& group,
               const std::function<bool(End, const Name&)>& keeps, base::Diagnostics& diagnostics) {
    bool all = true;
    analysis::for_each(term, [&](const Term& node) {
        if (node.kind != TermKind::variable || keeps(node.end, variable_name(node))) return;
        if (all)
            diagnostics.error(Code::E201, node.span,
                              "the network keeps no '" + node.name + "' for '" + group +
                                  "', since no text of a model reads it",
                              "use it in a model, or keep what you need as a variable");
        all = false;
    });
    return all;
}

bool has(const std::vector<Variable>& variables, const Name& name) {
    return std::any_of(variables.begin(), variables.end(),
                       [&](const Variable& variable) { return variable.name == name; });
}

Gathering spelled(analysis::Gathering how) {
    switch (how) {
        case analysis::Gathering::mean: return Gathering::mean;
        case analysis::Gathering::min: return Gathering::min;
        case analysis::Gathering::max: return Gathering::max;
        default: return Gathering::sum;
    }
}

bool holds(const TermPtr& term, std::span<const double> gathered, double t, double dt) {
    const TermPtr known = analysis::substitute(term, [&](const Term& node) -> TermPtr {
        switch (node.kind) {
            case TermKind::reduction: return analysis::number(gathered[node.draw], node.dimension);
            case TermKind::time:
            case TermKind::now: return analysis::number(t, node.dimension);
            case TermKind::step_size: return analysis::number(dt, node.dimension);
            default: return nullptr;
        }
    });
    return analysis::evaluate(known).value_or(0.0) != 0.0;
}

}  // namespace

std::shared_ptr<const QueryPlan> make_query(const model::NetworkSpec& spec, const Plan& plan,
                                            const QuerySpec& query, base::Diagnostics& diagnostics) {
    const auto network = analysis::check_network(spec, diagnostics, &query.query);
    const analysis::CheckedQuery& checked = network.query;
    if (diagnostics.has_errors() || !checked.term) return nullptr;
    auto result = std::make_shared<QueryPlan>();
    result->of = query.query.of;
    result->of_synapses = query.query.of_synapses;
    result->dimension = checked.term->dimension;
    result->truth = checked.term->type == analysis::ValueType::boolean;
    std::vector<TermPtr> terms{checked.term};
    if (query.query.gathers) {
        terms.clear();
        for (const auto& gathered : checked.gathered) {
            terms.push_back(gathered.of);
            result->gathered.push_back(spelled(gathered.how));
        }
        result->holds = [term = checked.term](std::span<const double> values, double t, double dt) {
            return holds(term, values, t, dt);
        };
    }
    const Lowering in{&spec, &network, &diagnostics};
    for (const TermPtr& term : terms) collect_scalars(term, result->scalars);
    const auto add = [&](Kernel kernel) {
        result->elements.push_back({"the expression",
                                    {},
                                    result->of_synapses ? Placement::per_synapse : Placement::element,
                                    std::move(kernel)});
    };
    if (!result->of_synapses) {
        for (std::size_t g = 0; g < plan.neurons.size(); ++g) {
            const NeuronPlan& neurons = plan.neurons[g];
            if (neurons.group != result->of) continue;
            const auto keeps = [&](End, const Name& name) { return has(neurons.variables, name); };
            const auto* variable = network.neurons[g].find(query.variable);
            for (const TermPtr& term : terms) {
                if (!keeps_all(term, result->of, keeps, diagnostics)) return nullptr;
                add(lower_query_neurons(neurons, term, query.stream, variable && variable->is_moment));
            }
        }
        return result;
    }
    for (std::size_t g = 0; g < spec.synapses.size(); ++g) {
        if (spec.synapses[g].name != result->of) continue;
        const auto of_end = [&](const std::string& group) -> const std::vector<Variable>& {
            for (const NeuronPlan& neurons : plan.neurons)
                if (neurons.group == group) return neurons.variables;
            throw base::InternalError("no neuron group '" + group + "'");
        };
        const auto keeps = [&](End end, const Name& name) {
            return has(end == End::pre    ? of_end(spec.synapses[g].from.group)
                       : end == End::post ? of_end(spec.synapses[g].to.group)
                                          : plan.synapses[g].variables,
                       name);
        };
        const auto* variable = network.synapses[g].find(query.variable);
        for (const TermPtr& term : terms) {
            if (!keeps_all(term, result->of, keeps, diagnostics)) return nullptr;
            add(lower_query_synapses(in, g, plan.neurons, term, query.stream,
                                     variable && variable->is_moment));
        }
    }
    return result;
}

}  // namespace bouton::codegen
