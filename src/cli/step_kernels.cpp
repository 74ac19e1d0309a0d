// SPDX-License-Identifier: BSD-3-Clause
#include "cli/step_kernels.hpp"

#include <optional>
#include <set>

namespace bouton::cli {
namespace {

void add(GroupKernels& group, const codegen::Kernel& kernel) {
    if (!kernel.empty()) group.kernels.push_back(kernel);
}

void add(GroupKernels& group, const std::optional<codegen::Kernel>& kernel) {
    if (kernel) add(group, *kernel);
}

void add(GroupKernels& group, const std::vector<codegen::PassPlan>& passes) {
    for (const auto& pass : passes) add(group, pass.kernel);
}

void add(GroupKernels& group, const codegen::SynapsePlan& plan) {
    for (const auto& pathway : plan.pathways) add(group, pathway.passes);
    for (const auto& kernel : plan.traces_source) add(group, kernel);
    for (const auto& kernel : plan.traces_target) add(group, kernel);
    add(group, plan.clock);
    for (const auto& summed : plan.summed) add(group, summed.kernel);
    add(group, plan.deliver);
    if (plan.structure) add(group, plan.structure->prune);
}

void make_names_unique(GroupKernels& group) {
    std::set<std::string> names;
    for (auto& kernel : group.kernels) {
        const std::string stem = kernel.name;
        for (int number = 2; !names.insert(kernel.name).second; ++number) {
            kernel.name = stem + "_" + std::to_string(number);
        }
    }
}

}  // namespace

std::vector<GroupKernels> step_kernels(const analysis::NetworkSpec& spec, const codegen::Plan& plan) {
    std::vector<GroupKernels> all;
    const auto finish = [&all](GroupKernels group) {
        make_names_unique(group);
        if (!group.kernels.empty()) all.push_back(std::move(group));
    };
    for (std::size_t k = 0; k < plan.neurons.size(); ++k) {
        GroupKernels group{"neurons " + spec.neurons[k].name, {}};
        add(group, plan.neurons[k].begin);
        add(group, plan.neurons[k].update);
        add(group, plan.neurons[k].reset);
        finish(std::move(group));
    }
    for (std::size_t k = 0; k < plan.inputs.size(); ++k) {
        GroupKernels group{"input " + spec.inputs[k].name, {}};
        add(group, plan.inputs[k].kernel);
        finish(std::move(group));
    }
    for (std::size_t k = 0; k < plan.synapses.size(); ++k) {
        GroupKernels group{"synapses " + spec.synapses[k].name, {}};
        add(group, plan.synapses[k]);
        finish(std::move(group));
    }
    for (const auto& regular : plan.regular) {
        GroupKernels group{"run_regularly of " + regular.of, {}};
        for (const auto& reduction : regular.reductions) add(group, reduction.kernel);
        add(group, regular.passes);
        finish(std::move(group));
    }
    return all;
}

}  // namespace bouton::cli
