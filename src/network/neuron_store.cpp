// SPDX-License-Identifier: BSD-3-Clause
#include "network/neuron_store.hpp"

namespace bouton::network {

using codegen::Placement;
using codegen::Variable;

int find_variable(const std::vector<Variable>& variables, std::string_view name) {
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
    for (const auto& decay : plan.decays) decays.emplace_back(decay, plan.group, precision);
}

int NeuronStore::find(std::string_view name) const { return find_variable(variables, name); }

int NeuronStore::find_or_add(std::string_view name, codegen::Stored stored) {
    if (const int known = find(name); known >= 0) return known;
    Variable added;
    added.name = name;
    added.stored = stored;
    added.internal = true;
    arrays.emplace_back(stored, precision, size, 0.0);
    variables.push_back(std::move(added));
    return static_cast<int>(variables.size()) - 1;
}

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
