// SPDX-License-Identifier: BSD-3-Clause
#include "state/neuron_store.hpp"

#include <algorithm>

namespace bouton::state {

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

void NeuronStore::rebase(std::int64_t step) {
    for (Decay& decay : decays)
        decay.begin_epoch(step, arrays[static_cast<std::size_t>(find(decay.variable()))]);
}

std::size_t NeuronStore::bytes() const {
    std::size_t sum = 0;
    for (const StateArray& array : arrays) sum += array.bytes();
    return sum;
}

void NeuronStore::archive(base::Archive& archive, std::span<const std::int64_t> bounds) {
    auto& [count, of_precision, of_variables, of_arrays, of_decays, queues] = *this;  // all there is
    archive.same(count, "the size of a neuron group");
    archive.same(of_variables.size(), "the number of variables");
    for (StateArray& array : of_arrays) array.archive(archive);
    archive.same(of_decays.size(), "the number of decaying variables");
    for (Decay& decay : of_decays) decay.archive(archive);
    std::vector<RefractoryQueue::Entry> list;
    for (const RefractoryQueue& part : queues) part.add_to(list);
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& x, const auto& y) { return x.until < y.until; });
    archive.list(list);
    if (!archive.reads()) return;
    for (std::size_t p = 0; p < queues.size(); ++p) queues[p].take(list, bounds[p], bounds[p + 1]);
}

}  // namespace bouton::state
