// SPDX-License-Identifier: BSD-3-Clause
// Statements that run every so often on a neuron or synapse group, with the sums over synapses that they need.
#pragma once

#include "sim/step/neuron_group.hpp"
#include "sim/step/synapse_group.hpp"

#include <vector>

namespace bouton::sim {

class Regular {
public:
    /// One of `neurons` and `synapses` is null. All must outlive it.
    Regular(const codegen::RegularPlan& plan, NeuronGroup* neurons, SynapseGroup* synapses, Context& context);

    void bind();
    bool due(std::int64_t step) const { return step % every_steps_ == 0; }
    std::int64_t every_steps() const { return every_steps_; }
    void run(const Clock& clock);

private:
    struct Pass {
        RowKernel rows;
        BoundKernel elements;
        std::int64_t count = 0;
    };

    const codegen::RegularPlan& plan_;
    NeuronGroup* neurons_;
    SynapseGroup* synapses_;
    Context& context_;
    std::int64_t every_steps_ = 1;
    ScalarTable scalars_;
    std::vector<RowKernel> reductions_;
    std::vector<Pass> passes_;
};

}  // namespace bouton::sim
