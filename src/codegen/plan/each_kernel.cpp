// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/plan/each_kernel.hpp"

#include "base/diagnostics.hpp"

#include <optional>
#include <set>

namespace bouton::codegen {
namespace {

/// Hands on the kernels of one group that are not empty.
class Listed {
public:
    using Function = std::function<void(std::size_t, const Kernel&)>;
    Listed(std::size_t module, const Function& f) : module_(module), f_(f) {}

    void operator()(const Kernel& kernel) const {
        if (!kernel.empty()) f_(module_, kernel);
    }
    void operator()(const std::optional<Kernel>& kernel) const {
        if (kernel) (*this)(*kernel);
    }
    void operator()(const std::vector<Kernel>& kernels) const {
        for (const Kernel& kernel : kernels) (*this)(kernel);
    }
    void operator()(const std::vector<PassPlan>& passes) const {
        for (const PassPlan& pass : passes) (*this)(pass.kernel);
    }

private:
    std::size_t module_;
    const Function& f_;
};

void list(const NeuronPlan& plan, const Listed& add) {
    add(plan.begin);
    add(plan.update);
    add(plan.reset);
}

void list(const SynapsePlan& plan, const Listed& add) {
    for (const auto& pathway : plan.pathways) add(pathway.passes);
    add(plan.traces_source);
    add(plan.traces_target);
    if (plan.deferred) {
        add(plan.deferred->flush);
        add(plan.deferred->mark_processed);
        add(plan.deferred->mark_some);
        add(plan.deferred->rebase_trace);
    }
    add(plan.clock);
    for (const auto& summed : plan.summed) add(summed.kernel);
    add(plan.deliver);
    if (!plan.structure) return;
    add(plan.structure->prune);
    add(plan.structure->grow_condition);
    add(plan.structure->grow);
}

std::size_t module_of(const Plan& plan, const std::string& group, bool of_synapses) {
    for (std::size_t g = 0; !of_synapses && g < plan.neurons.size(); ++g)
        if (plan.neurons[g].group == group) return g;
    for (std::size_t g = 0; of_synapses && g < plan.synapses.size(); ++g)
        if (plan.synapses[g].name == group) return plan.neurons.size() + g;
    throw base::InternalError("a kernel of no group, '" + group + "'");
}

}  // namespace

void each_kernel(const Plan& plan, bool records,
                 const std::function<void(std::size_t module, const Kernel& kernel)>& f) {
    for (std::size_t g = 0; g < plan.neurons.size(); ++g) list(plan.neurons[g], {g, f});
    for (std::size_t g = 0; g < plan.synapses.size(); ++g)
        list(plan.synapses[g], {plan.neurons.size() + g, f});
    for (const auto& input : plan.inputs) Listed(module_of(plan, input.group, false), f)(input.kernel);
    for (const auto& regular : plan.regular) {
        const Listed add(module_of(plan, regular.of, regular.of_synapses), f);
        for (const auto& reduction : regular.reductions) add(reduction.kernel);
        add(regular.passes);
    }
    if (!records) return;
    for (const auto& record : plan.records) {
        const Listed add(module_of(plan, plan.recorded[record.recorded].of, record.of_synapses), f);
        for (const auto& variable : record.variables) add(variable.kernel);
    }
}

std::vector<Module> modules_of(const Plan& plan, bool records) {
    std::vector<Module> modules;
    for (const auto& group : plan.neurons) modules.push_back({"neurons " + group.group, {}});
    for (const auto& group : plan.synapses) modules.push_back({"synapses " + group.name, {}});
    each_kernel(plan, records, [&](std::size_t module, const Kernel& kernel) {
        modules[module].kernels.push_back(&kernel);
    });
    return modules;
}

std::vector<Kernel> Module::named_apart() const {
    std::vector<Kernel> copies;
    std::set<std::string> names;
    for (const Kernel* kernel : kernels) {
        copies.push_back(*kernel);
        std::string& name = copies.back().name;
        const std::string stem = name;
        for (int number = 2; !names.insert(name).second; ++number) name = stem + "_" + std::to_string(number);
    }
    return copies;
}

}  // namespace bouton::codegen
