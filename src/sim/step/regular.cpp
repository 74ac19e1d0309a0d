// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/regular.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

Regular::Regular(const codegen::RegularPlan& plan, NeuronGroup* neurons, SynapseGroup* synapses,
                 Context& context)
    : plan_(plan),
      neurons_(neurons),
      synapses_(synapses),
      context_(context),
      every_steps_(std::max<std::int64_t>(1, std::llround(plan.every / context.clock.dt))) {
    evaluate_scalars(plan.scalars, neurons != nullptr ? neurons->scope() : synapses->scope(), context,
                     scalars_);
}

void Regular::bind() {
    reductions_.clear();
    passes_.clear();
    for (const auto& reduction : plan_.reductions) {
        if (synapses_->store.find(reduction.variable) < 0) {
            throw base::InternalError("no variable " + reduction.variable.to_string() + " to sum into");
        }
        reductions_.push_back(synapses_->bind_rows(reduction.kernel, &scalars_));
    }
    for (const auto& pass : plan_.passes) {
        if (pass.kernel.empty()) continue;
        Pass& bound = passes_.emplace_back();
        if (synapses_ == nullptr) {
            Scope scope = neurons_->scope();
            scope.scalars.insert(scope.scalars.begin(), &scalars_);
            bound.elements = BoundKernel(pass.kernel, context_.callables->of(pass.kernel), scope);
            bound.count = state::padded(neurons_->plan.size);
        } else if (pass.once_per_neuron) {
            bound.elements = synapses_->bind_elements(pass.kernel, &scalars_);
            bound.count = synapses_->end_count(pass.kernel.side);
        } else {
            bound.rows = synapses_->bind_rows(pass.kernel, &scalars_);
        }
    }
}

void Regular::run(const Clock& clock) {
    if (synapses_ != nullptr) {
        synapses_->flush(clock.step);
        for (const auto& reduction : plan_.reductions) {
            const int v = synapses_->store.find(reduction.variable);
            synapses_->store.common[static_cast<std::size_t>(v)].clear();
        }
        for (RowKernel& reduction : reductions_) reduction.run(clock, synapses_->all(reduction.route()));
    }
    for (Pass& pass : passes_) {
        if (pass.elements) {
            pass.elements.run_elements(clock, pass.count);
        } else {
            pass.rows.run(clock, synapses_->all(pass.rows.route()));
        }
    }
}

}  // namespace bouton::sim
