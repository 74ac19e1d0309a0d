// SPDX-License-Identifier: BSD-3-Clause
#include "network/neuron_store.hpp"

namespace bouton::network {

using codegen::Placement;
using codegen::Variable;

int find_variable(const std::vector<Variable>& variables, const codegen::Name& name) {
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (variables[v].name == name) return static_cast<int>(v);
    }
    return -1;
}

NeuronStore::NeuronStore(const codegen::NeuronPlan& plan, codegen::Precision run_precision)
    : size(plan.size), precision(run_precision), variables(plan.variables) {
    for (const Variable& v : variables) {
        arrays.emplace_back(v.stored, precision, v.placement == Placement::shared ? 1 : size, v.fill);
    }
    for (const auto& decay : plan.decays) decays.emplace_back(decay, precision);
}

int NeuronStore::find(const codegen::Name& name) const { return find_variable(variables, name); }

void NeuronStore::begin_epochs(std::int64_t step) {
    for (Decay& decay : decays)
        if (decay.is_over(step))
            decay.begin_epoch(step, arrays[static_cast<std::size_t>(find(decay.variable()))]);
}

std::size_t NeuronStore::bytes() const {
    std::size_t sum = 0;
    for (const StateArray& array : arrays) sum += array.bytes();
    return sum;
}

}  // namespace bouton::network
