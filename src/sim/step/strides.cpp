// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/strides.hpp"

#include "connect/expected_synapses.hpp"
#include "kernel/kernel_abi.h"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

using codegen::ArraySlot;
using codegen::Index;
using codegen::Kernel;
using codegen::OpCode;
using codegen::Owner;
using codegen::Placement;
using codegen::Side;

namespace {

/// The groups whose variables a kernel names.
struct Names {
    const codegen::NeuronPlan* self = nullptr;
    const codegen::NeuronPlan* pre = nullptr;
    const codegen::NeuronPlan* post = nullptr;
    const codegen::SynapsePlan* synapses = nullptr;

    const codegen::Variable* find(const ArraySlot& slot) const {
        const std::vector<codegen::Variable>* variables = nullptr;
        if (slot.owner == Owner::self) variables = &self->variables;
        if (slot.owner == Owner::pre) variables = &pre->variables;
        if (slot.owner == Owner::post) variables = &post->variables;
        if (slot.owner == Owner::synapse) variables = &synapses->variables;
        if (variables == nullptr) return nullptr;
        const auto found = std::find_if(variables->begin(), variables->end(),
                                        [&](const auto& v) { return v.name == slot.variable; });
        return found == variables->end() ? nullptr : &*found;
    }

    bool is_shared(const ArraySlot& slot) const {
        const codegen::Variable* variable = find(slot);
        return variable != nullptr && variable->placement == Placement::shared;
    }

    bool is_constant(const ArraySlot& slot) const {
        const codegen::Variable* variable = find(slot);
        return variable != nullptr && variable->constant;
    }
};

bool reaches_out(const Kernel& kernel) {
    return kernel.sequential || std::any_of(kernel.ops.begin(), kernel.ops.end(), [](const codegen::Op& op) {
               return op.code == OpCode::load_at || op.code == OpCode::accumulate_at;
           });
}

/// Whether everything that the kernel changes belongs to the elements that it is for.
bool keeps_to_elements(const Kernel& kernel, const Names& names) {
    if (reaches_out(kernel)) return false;
    return std::all_of(kernel.arrays.begin(), kernel.arrays.end(), [&](const ArraySlot& slot) {
        return !slot.written || (slot.index == Index::element && !names.is_shared(slot));
    });
}

/// Over presynaptic neurons: it sees nothing but what belongs to them as sources of this group.
bool keeps_to_sources(const Kernel& kernel, const Names& names) {
    return keeps_to_elements(kernel, names) &&
           std::all_of(kernel.arrays.begin(), kernel.arrays.end(), [&](const ArraySlot& slot) {
               return slot.owner == Owner::synapse || slot.owner == Owner::scratch || names.is_constant(slot);
           });
}

/// Over synapses: it changes them and their targets alone. Of the variables of sources it may read what their events leave
/// behind, if it runs at these events.
bool keeps_to_targets(const Kernel& kernel, const Names& names, bool at_events_of_sources) {
    if (reaches_out(kernel)) return false;
    return std::all_of(kernel.arrays.begin(), kernel.arrays.end(), [&](const ArraySlot& slot) {
        if (slot.index == Index::source)
            return !slot.written &&
                   (names.is_constant(slot) || (at_events_of_sources && slot.owner == Owner::synapse));
        return !slot.written || !names.is_shared(slot);
    });
}

bool may_stride(const codegen::NeuronPlan& plan) {
    const Names names{&plan, nullptr, nullptr, nullptr};
    const bool only_emits = plan.spike_probability.has_value() || plan.spike_source;
    if (only_emits)
        return !plan.begin && plan.update.empty() && (!plan.reset || plan.reset->empty()) &&
               !plan.refractory_steps;
    return (!plan.begin || keeps_to_elements(*plan.begin, names)) && keeps_to_elements(plan.update, names) &&
           (!plan.reset || keeps_to_elements(*plan.reset, names));
}

bool may_stride(const codegen::SynapsePlan& plan, const Names& names) {
    if (plan.clock || plan.deliver || !plan.summed.empty()) return false;
    if (!plan.traces_target.empty() && plan.to.begin % BN_SHARE != 0) return false;
    const auto within = [&](const Kernel& kernel) { return keeps_to_elements(kernel, names); };
    if (!std::all_of(plan.traces_source.begin(), plan.traces_source.end(), within) ||
        !std::all_of(plan.traces_target.begin(), plan.traces_target.end(), within))
        return false;
    for (const auto& pathway : plan.pathways) {
        const bool pre = pathway.side == Side::pre;
        for (const auto& pass : pathway.passes) {
            const bool keeps = !pass.once_per_neuron ? keeps_to_targets(pass.kernel, names, pre)
                               : pre                 ? keeps_to_sources(pass.kernel, names)
                                                     : keeps_to_elements(pass.kernel, names);
            if (!keeps) return false;
        }
    }
    return true;
}

}  // namespace

bool may_stride(const codegen::Plan& plan) {
    const auto neurons = [&](const std::string& group) {
        return &*std::find_if(plan.neurons.begin(), plan.neurons.end(),
                              [&](const codegen::NeuronPlan& of) { return of.group == group; });
    };
    // What a synapse is just after an event stands in no part's memory once the part has gone on.
    for (const auto& record : plan.records)
        if (record.at >= 0) return false;
    for (const auto& group : plan.neurons)
        if (!may_stride(group)) return false;
    for (const auto& input : plan.inputs)
        if (!keeps_to_elements(input.kernel, {neurons(input.group), nullptr, nullptr, nullptr})) return false;
    for (const auto& group : plan.synapses) {
        const Names names{nullptr, neurons(group.from.group), neurons(group.to.group), &group};
        if (!may_stride(group, names)) return false;
    }
    return true;
}

namespace {

/// Neurons begin to end take so much more work a step, each.
struct Load {
    std::int64_t begin;
    std::int64_t end;
    double nanoseconds;
};

// About what is measured, with spikes at 10 Hz where synapses are concerned.
std::vector<Load> loads(const codegen::Plan& plan, const std::string& group) {
    constexpr double kUpdate = 0.2, kInput = 0.35, kEvent = 0.35, kPlasticEvent = 1.5, kRow = 40.0,
                     kPlasticRow = 90.0, kRate = 10.0;
    std::vector<Load> found;
    for (const auto& of : plan.neurons)
        if (of.group == group) found.push_back({0, of.size, kUpdate});
    for (const auto& input : plan.inputs)
        if (input.group == group) found.push_back({input.begin, input.end, kInput});
    for (const auto& described : plan.synapses) {
        const auto synapses = connect::expected_synapses(described);
        if (described.to.group != group || !synapses || described.to.size() == 0) continue;
        // A row costs as much for few targets as for many.
        const bool waits = described.deferred.has_value();
        const double of_all = synapses->count * (waits ? kPlasticEvent : kEvent) +
                              static_cast<double>(described.from.size()) * (waits ? kPlasticRow : kRow);
        found.push_back({described.to.begin, described.to.end,
                         of_all / static_cast<double>(described.to.size()) * kRate * plan.dt});
    }
    return found;
}

}  // namespace

std::vector<std::int64_t> bounds_for_strides(const codegen::Plan& plan, const std::string& group, int parts) {
    const auto work = loads(plan, group);
    const auto before = [&](std::int64_t neuron) {
        double sum = 0.0;
        for (const Load& load : work)
            sum +=
                static_cast<double>(std::clamp(neuron, load.begin, load.end) - load.begin) * load.nanoseconds;
        return sum;
    };
    const std::int64_t size = work.front().end;
    std::vector<std::int64_t> bounds{0};
    for (int part = 1; part < parts; ++part) {
        // The multiple of BN_SHARE up to which there is not more work than is due.
        std::int64_t low = bounds.back() / BN_SHARE, high = size / BN_SHARE;
        while (low < high) {
            const std::int64_t middle = (low + high + 1) / 2;
            if (before(middle * BN_SHARE) <= before(size) * part / parts)
                low = middle;
            else
                high = middle - 1;
        }
        // A processor that goes through the numbers of its part fetches what comes after them in the page, which another one may
        // be changing: where pages of `float` begin is better, if that divides the work about as well.
        constexpr std::int64_t kPage = 4096 / sizeof(float);
        const std::int64_t bound = low * BN_SHARE, page = (bound + kPage / 2) / kPage * kPage;
        const bool about = std::abs(before(page) - before(bound)) <= before(size) / parts / 16;
        bounds.push_back(about && page >= bounds.back() && page <= size ? page : bound);
    }
    bounds.push_back(size);
    return bounds;
}

int parts_for_strides(const codegen::Plan& plan, int threads) {
    // What synapses touch of so many targets fits into the last cache. Smaller parts have short rows.
    constexpr std::int64_t kMost = 1 << 18;
    // A part of fewer is mostly the calls of kernels.
    constexpr std::int64_t kFewest = 256;
    std::int64_t neurons = 0;
    for (const auto& group : plan.neurons) neurons += group.update.empty() ? 0 : group.size;
    const std::int64_t parts = std::max<std::int64_t>(1, (neurons + kMost / 2) / kMost);
    const std::int64_t for_threads = (parts + threads - 1) / threads * threads;
    return static_cast<int>(std::clamp<std::int64_t>(neurons / kFewest, 1, for_threads));
}

}  // namespace bouton::sim
