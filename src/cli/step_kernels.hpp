// SPDX-License-Identifier: BSD-3-Clause
// The kernels that run in steps, group by group: what is compiled before a run.
#pragma once

#include "analysis/spec.hpp"
#include "codegen/plan.hpp"

#include <string>
#include <vector>

namespace bouton::cli {

struct GroupKernels {
    std::string group;  ///< "neurons cells", "synapses exc", ...
    std::vector<codegen::Kernel> kernels;
};

/// Groups without kernels (spikes given, say) are left out. Names are unique within a group.
std::vector<GroupKernels> step_kernels(const analysis::NetworkSpec& spec, const codegen::Plan& plan);

}  // namespace bouton::cli
