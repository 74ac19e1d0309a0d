// SPDX-License-Identifier: BSD-3-Clause
// The variables of one neuron group.
#pragma once

#include "codegen/plan/plan.hpp"
#include "state/array.hpp"
#include "state/decay.hpp"
#include "state/refractory_queue.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bouton::state {

struct NeuronStore {
    NeuronStore() = default;
    NeuronStore(const codegen::NeuronPlan& plan, codegen::Precision run_precision);

    std::int64_t size = 0;
    codegen::Precision precision = codegen::Precision::f64;
    std::vector<codegen::Variable> variables;
    std::vector<StateArray> arrays;  ///< parallel to `variables`; shared ones have one element

    std::vector<Decay> decays;  ///< of those that are stored relative to an epoch

    /// By part of the group (sim::NeuronGroup), where refractoriness lasts the same for all.
    std::vector<RefractoryQueue> refractory{1};

    /// Number of a variable, or -1.
    int find(const codegen::Name& name) const;
    /// Before the first values are given, at the start of this step.
    void start(std::int64_t step) {
        for (Decay& decay : decays) decay.start(step);
    }
    /// Begins a new epoch of what is stored relative to one, if it is time at the start of this step.
    void begin_epochs(std::int64_t step);
    /// Begins a new epoch of all at the start of this step: what is stored is the present value.
    void rebase(std::int64_t step);
    std::size_t bytes() const;

    /// Values, and which neurons are refractory; `bounds`: of the parts of the group.
    void archive(base::Archive& archive, std::span<const std::int64_t> bounds);
};

/// Number of the variable of that name, or -1.
int find_variable(const std::vector<codegen::Variable>& variables, const codegen::Name& name);

}  // namespace bouton::state
