// SPDX-License-Identifier: BSD-3-Clause
// The kernels that run in steps, in one list: what is compiled, printed by `bouton emit` and bound. Kernels that run while the
// network is built (first values, connections, coefficients) are not among them.
#pragma once

#include "codegen/plan/plan.hpp"

#include <functional>
#include <string>
#include <vector>

namespace bouton::codegen {

/// What belongs to one neuron group or synapse group: one translation unit.
struct Module {
    std::string group;                   ///< "neurons cells", "synapses exc"
    std::vector<const Kernel*> kernels;  ///< of the plan; none is empty

    /// Copies whose names differ from each other.
    std::vector<Kernel> named_apart() const;
};

/// Calls f(module, kernel) for each kernel that runs in steps, empty ones left out: `module` numbers the neuron groups of the plan,
/// then its synapse groups. Kernels of records are listed if there are `records`.
void each_kernel(const Plan& plan, bool records,
                 const std::function<void(std::size_t module, const Kernel& kernel)>& f);

/// The same by module, in their order. Modules without kernels (spikes given, say) are among them.
std::vector<Module> modules_of(const Plan& plan, bool records);

}  // namespace bouton::codegen
