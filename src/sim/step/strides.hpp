// SPDX-License-Identifier: BSD-3-Clause
// Strides. No spike acts before its delay is over. So for as many steps as the shortest delay lasts, a part of the neurons, with
// the synapses onto it, needs nothing of the other parts: it goes through these steps on its own, from its cache, on one
// thread. What synapses read of their sources at events is taken down before, step by step, in the order of time. A stride
// ends where something looks at the whole network.
#pragma once

#include "codegen/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bouton::sim {

/// Whether nothing in the plan reaches from one part of the neurons to another within a step, or changes what all share.
bool may_stride(const codegen::Plan& plan);

/// Into how many parts to divide the neurons.
int parts_for_strides(const codegen::Plan& plan, int threads);

/// Where the parts of a group of neurons begin, and its end: about as much work in each, so far as the plan tells.
std::vector<std::int64_t> bounds_for_strides(const codegen::Plan& plan, const std::string& group, int parts);

/// The most steps of a stride, which is enough to be worth it.
constexpr std::int64_t kLongestStride = 32;

}  // namespace bouton::sim
