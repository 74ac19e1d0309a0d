// SPDX-License-Identifier: BSD-3-Clause
// Follows what the simulation stores (network/synapse_store.hpp): rows by source, an index by target where
// postsynaptic events or sums over targets need one.
#include "cli/synapse_storage.hpp"

#include "sim/deferred_events.hpp"

#include <algorithm>
#include <numeric>

namespace bouton::cli {
namespace {

using codegen::Domain;
using codegen::Placement;
using codegen::Side;

/// Whether something runs over the synapses of postsynaptic neurons.
bool needs_target_index(const codegen::SynapsePlan& plan) {
    const auto from_target = [](const codegen::Kernel& kernel) {
        return kernel.domain == Domain::synapses && kernel.side == Side::post;
    };
    for (const auto& pathway : plan.pathways) {
        for (const auto& pass : pathway.passes) {
            if (!pass.once_per_neuron && (pathway.side == Side::post || from_target(pass.kernel)))
                return true;
        }
    }
    return std::any_of(plan.summed.begin(), plan.summed.end(),
                       [&](const codegen::SummedPlan& summed) { return from_target(summed.kernel); });
}

std::size_t elements_of(const codegen::Variable& variable, const analysis::SynapseSpec& spec) {
    switch (variable.placement) {
        case Placement::per_source: return static_cast<std::size_t>(spec.from.size());
        case Placement::per_target: return static_cast<std::size_t>(spec.to.size());
        default: return 1;
    }
}

}  // namespace

std::size_t SynapseStorage::bytes_per_synapse() const {
    return std::accumulate(per_synapse.begin(), per_synapse.end(), std::size_t{0},
                           [](std::size_t sum, const auto& item) { return sum + item.second; });
}

SynapseStorage synapse_storage(const analysis::SynapseSpec& spec, const codegen::SynapsePlan& plan,
                               codegen::Precision precision) {
    SynapseStorage storage;
    auto& items = storage.per_synapse;
    items.emplace_back("target", 4);
    if (needs_target_index(plan)) {
        items.emplace_back("source", 4);
        items.emplace_back("index by target", 4);
    }
    if (plan.structure) items.emplace_back("id", 8);
    for (const auto& delay : plan.delays) {
        if (!delay.seconds) items.emplace_back(delay.name.to_string(), 2);
    }
    storage.shared_bytes = 8 * (static_cast<std::size_t>(spec.from.size()) + 1);  // where the rows begin
    if (plan.deferred) {
        storage.shared_bytes += static_cast<std::size_t>(spec.to.size()) *
                                sim::DeferredEvents::bytes_per_target(precision, plan.deferred->fields);
    }
    for (const auto& variable : plan.variables) {
        const std::size_t bytes = codegen::size_of(variable.stored, precision);
        if (variable.placement == Placement::per_synapse) {
            items.emplace_back(variable.internal() ? "bookkeeping" : variable.name.word(), bytes);
        } else {
            storage.shared_bytes += bytes * elements_of(variable, spec);
        }
    }
    return storage;
}

}  // namespace bouton::cli
