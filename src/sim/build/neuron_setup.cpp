// SPDX-License-Identifier: BSD-3-Clause
// How the state of a neuron group gets its first values.
#include "base/diagnostics.hpp"
#include "connect/connect.hpp"
#include "sim/step/neuron_group.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Placement;
using state::StateArray;

void NeuronGroup::initialise() {
    evaluate_scalars(plan.scalars, scope(), context_, scalars);
    if (plan.refractory_steps) {
        ScalarTable table;
        evaluate_scalars({*plan.refractory_steps}, scope(), context_, table);
        const double steps = *table.find(plan.refractory_steps->name);
        refractory_steps_ =
            static_cast<std::int64_t>(std::clamp(steps, 1.0, 0x1p52));  // never in the step of the spike
    }
    for (const auto& initialiser : plan.initialisers) run_initialiser(initialiser);
    for (const auto& range : plan.ranges) check_range(range);
    run_propagators();
    for (StateArray& array : store.arrays) array.pad();
}

void NeuronGroup::evaluate_constants(const std::function<bool(const std::string&)>& keep) {
    for (const auto& initialiser : plan.initialisers)
        if (is_derived(initialiser, store.variables) && !keep(initialiser.variable))
            run_initialiser(initialiser);
    for (std::size_t v = 0; v < store.arrays.size(); ++v)
        if (is_known(store.variables[v])) store.arrays[v].fill(store.variables[v].fill);
    run_propagators();
}

void NeuronGroup::run_initialiser(const codegen::Initialiser& initialiser) {
    const int v = store.find(codegen::Name::user(initialiser.variable));
    if (v < 0) throw base::InternalError("no variable " + initialiser.variable + " to initialise");
    StateArray& array = store.arrays[static_cast<std::size_t>(v)];
    if (initialiser.kernel) {
        const codegen::Kernel& kernel = *initialiser.kernel;
        const std::int64_t n = array.size() == plan.size ? state::padded(plan.size) : array.size();
        BoundKernel(kernel, context_.callables->once(kernel), scope()).run_elements(context_.clock, n);
    } else if (initialiser.values) {
        const std::vector<double>& values = *initialiser.values->values;
        if (static_cast<std::int64_t>(values.size()) != array.size()) {
            connect::refuse(base::Code::E405, initialiser.span,
                            std::to_string(values.size()) + " values for '" + initialiser.variable +
                                "', but " + std::to_string(array.size()) + " neurons");
        }
        for (std::int64_t k = 0; k < array.size(); ++k) array.set(k, values[static_cast<std::size_t>(k)]);
    }
    array.pad();
    if (const std::int64_t bad = array.first_non_finite(); bad >= 0) {
        connect::refuse(base::Code::E407, initialiser.span,
                        "the initial value of '" + initialiser.variable + "' of neuron " +
                            std::to_string(bad) + " of '" + plan.group + "' is not finite");
    }
}

void NeuronGroup::run_propagator(const codegen::Propagator& propagator) {
    const bool shared = propagator.placement == Placement::shared;
    evaluate_propagator(
        propagator, shared ? 1 : plan.size, context_, "'" + plan.group + "'", plan.span,
        [&](const auto& scratch) {
            Scope with = scope();
            with.scratch = scratch;
            const std::int64_t n = propagator.uniform ? 1 : state::padded(plan.size);
            BoundKernel(propagator.coefficients, context_.callables->once(propagator.coefficients), with)
                .run_elements(context_.clock, n);
        },
        [&](const codegen::Name& name, std::int64_t element, double value) {
            if (propagator.uniform) {
                scalars.set(name, value);
            } else {
                store.arrays[static_cast<std::size_t>(store.find(name))].set(element, value);
            }
        });
}

}  // namespace bouton::sim
