// SPDX-License-Identifier: BSD-3-Clause
#include "state/decay.hpp"

#include "kernel/bouton_math.h"

#include <type_traits>

namespace bouton::state {

Decay::Decay(const codegen::DecayPlan& plan, codegen::Precision precision)
    : variable_(codegen::Name::user(plan.variable)), fall_name_(plan.fall()), rise_name_(plan.rise()) {
    const std::int64_t steps = codegen::epoch_steps(plan.factor, precision);
    for (std::int64_t k = 0; k <= steps; ++k) fall_.push_back(bn::pow(plan.factor, static_cast<double>(k)));
    const std::size_t first = plan.after_update ? 1 : 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(steps); ++k) rise_.push_back(1.0 / fall_[first + k]);
}

void Decay::begin_epoch(std::int64_t step, StateArray& values) {
    values.visit([&](auto* stored) {
        using Value = std::remove_reference_t<decltype(*stored)>;
        const auto factor = static_cast<Value>(fall(step));
        for (std::int64_t k = 0; k < values.size(); ++k) stored[k] = static_cast<Value>(stored[k] * factor);
    });
    values.pad();
    epoch_ = step;
}

const Decay* find_decay(const std::vector<Decay>& decays, const codegen::Name& variable) {
    for (const Decay& decay : decays)
        if (decay.variable() == variable) return &decay;
    return nullptr;
}

}  // namespace bouton::state
