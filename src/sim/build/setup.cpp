// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/setup.hpp"

#include "codegen/ir/traits.hpp"

#include "base/stop.hpp"
#include "connect/connect.hpp"
#include "sim/build/propagator.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

using base::Code;
using codegen::Name;
using codegen::Role;
using state::StateArray;

namespace {

/// What a message calls a scalar.
std::string told(const Name& scalar) {
    return scalar.role() == Role::refractory_steps ? "refractory" : scalar.word();
}

}  // namespace

bool is_derived(const codegen::Initialiser& initialiser, const std::vector<codegen::Variable>& variables) {
    const int v = state::find_variable(variables, Name::user(initialiser.variable));
    return v >= 0 && variables[static_cast<std::size_t>(v)].constant && initialiser.kernel &&
           std::none_of(initialiser.kernel->ops.begin(), initialiser.kernel->ops.end(),
                        [](const codegen::Op& op) { return codegen::is_random(op.code); });
}

bool is_known(const codegen::Variable& variable) {
    return variable.constant && variable.name.is_user() && variable.placement == codegen::Placement::shared;
}

void evaluate_scalars(const std::vector<codegen::Scalar>& scalars, const Scope& scope, Context& context,
                      ScalarTable& table) {
    for (const codegen::Scalar& scalar : scalars) {
        double value = 0.0;
        if (scalar.value) {
            value = *scalar.value;
        } else if (scalar.kernel) {
            const Name result = Name::of(Role::out);
            StateArray out = make_scratch(*scalar.kernel, result, context.precision, 1);
            Scope with = scope;
            with.scalars.insert(with.scalars.begin(), &table);
            with.scratch.emplace_back(result, out.data());
            with.signals = &context.signals;
            BoundKernel(*scalar.kernel, context.callables->once(*scalar.kernel), with)
                .run_elements(context.clock, 1);
            value = out.get(0);
        }
        if (!std::isfinite(value)) {
            connect::refuse(Code::E407, scalar.span,
                            "the value of '" + told(scalar.name) + "' is not finite");
        }
        table.set(scalar.name, value);
    }
}

namespace {

void store_entries(const codegen::Propagator& propagator, const Eigen::MatrixXd& a, double dt,
                   std::int64_t element, const StoreEntry& store) {
    const bool freezes = std::any_of(propagator.wanted.begin(), propagator.wanted.end(),
                                     [](const auto& entry) { return entry.frozen; });
    ExactStep step[2] = {exact_step(a, dt), {}};
    if (freezes) step[1] = frozen_step(a, dt, propagator.frozen_rows);
    for (int k = -1; k < propagator.powers; ++k) {
        for (codegen::MatrixEntry entry : propagator.wanted) {
            const ExactStep& of = step[entry.frozen ? 1 : 0];
            entry.power = k;
            store(propagator.name_of(entry), element, (entry.of_q ? of.q : of.p)(entry.row, entry.column));
        }
        if (k >= 0) {
            step[0] = doubled(step[0]);
            if (freezes) step[1] = doubled(step[1]);
        }
    }
}

}  // namespace

void evaluate_propagator(const codegen::Propagator& propagator, std::int64_t elements, const Context& context,
                         const std::string& where, const base::Span& span, const RunCoefficients& run,
                         const StoreEntry& store) {
    const std::int64_t count = propagator.uniform ? 1 : elements;
    std::vector<StateArray> coefficients;
    std::vector<Name> names;
    for (const auto& [row, column] : propagator.nonzero) {
        names.push_back(Name::coefficient(row, column));
        coefficients.push_back(make_scratch(propagator.coefficients, names.back(), context.precision, count));
    }
    Scratch scratch;
    for (std::size_t k = 0; k < names.size(); ++k) scratch.emplace_back(names[k], coefficients[k].data());
    if (!names.empty()) run(scratch);
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(propagator.size, propagator.size);
    for (std::int64_t element = 0; element < count; ++element) {
        for (std::size_t k = 0; k < names.size(); ++k) {
            const auto [row, column] = propagator.nonzero[k];
            a(row, column) = coefficients[k].get(element);
        }
        base::check_stop();
        if (!a.allFinite()) {
            connect::refuse(Code::E407, span,
                            "a coefficient of the exactly integrated equations of " + where +
                                " is not finite" +
                                (propagator.uniform ? "" : " (element " + std::to_string(element) + ")"),
                            "a time constant of 0?");
        }
        store_entries(propagator, a, context.clock.dt, element, store);
    }
}

}  // namespace bouton::sim
