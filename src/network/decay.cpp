// SPDX-License-Identifier: BSD-3-Clause
#include "network/decay.hpp"

#include "runtime/kernel/bouton_math.h"

namespace bouton::network {

Decay::Decay(const codegen::DecayPlan& plan, const std::string& group, codegen::Precision precision)
    : variable_(plan.variable),
      fall_name_(codegen::fall_scalar(group, plan.variable)),
      rise_name_(codegen::rise_scalar(group, plan.variable)) {
    const std::int64_t steps = codegen::epoch_steps(plan.factor, precision);
    for (std::int64_t k = 0; k <= steps; ++k) fall_.push_back(bn::pow(plan.factor, static_cast<double>(k)));
    for (std::int64_t k = 0; k < steps; ++k) rise_.push_back(1.0 / fall_[static_cast<std::size_t>(k + 1)]);
}

}  // namespace bouton::network
