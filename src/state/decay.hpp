// SPDX-License-Identifier: BSD-3-Clause
// A variable that decays by the same factor in every step and is kept as it would have been at an epoch: what is stored
// changes when something is added and not from step to step.
#pragma once

#include "codegen/plan/plan.hpp"
#include "state/array.hpp"

#include <cstdint>
#include <vector>

namespace bouton::state {

/// Thread-safe but for begin_epoch.
class Decay {
public:
    Decay(const codegen::DecayPlan& plan, codegen::Precision precision);

    const codegen::Name& variable() const { return variable_; }
    /// What the stored value times this is at the start of a step.
    double fall(std::int64_t step) const { return fall_[static_cast<std::size_t>(step - epoch_)]; }
    /// What comes in a step is stored as so many times that.
    double rise(std::int64_t step) const { return rise_[static_cast<std::size_t>(step - epoch_)]; }

    /// The scalars by which kernels know these two.
    bool is_fall(const codegen::Name& scalar) const { return scalar == fall_name_; }
    bool is_rise(const codegen::Name& scalar) const { return scalar == rise_name_; }

    std::int64_t steps_to_epoch(std::int64_t step) const { return epoch_ + steps() - step; }
    /// Whether a new epoch begins at the start of this step.
    bool is_over(std::int64_t step) const { return steps_to_epoch(step) <= 0; }
    /// Of values that are first given at the start of this step.
    void start(std::int64_t step) { epoch_ = step; }
    /// Begins it, with these values.
    void begin_epoch(std::int64_t step, StateArray& values);

    /// The epoch; the factors are those of the plan.
    void archive(base::Archive& archive) {
        auto& [variable, fall_name, rise_name, fall, rise, epoch] = *this;  // all there is
        archive.value(epoch);
    }

private:
    std::int64_t steps() const { return static_cast<std::int64_t>(rise_.size()); }

    codegen::Name variable_, fall_name_, rise_name_;
    std::vector<double> fall_, rise_;  ///< by steps since the epoch
    std::int64_t epoch_ = 0;
};

/// That of a variable; null if it has none.
const Decay* find_decay(const std::vector<Decay>& decays, const codegen::Name& variable);

}  // namespace bouton::state
