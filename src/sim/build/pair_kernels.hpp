// SPDX-License-Identifier: BSD-3-Clause
// Conditions and probabilities over pairs of neurons that may become synapses: one source at a time.
#pragma once

#include "kernel/bouton_random.h"
#include "sim/build/setup.hpp"

#include <optional>
#include <vector>

namespace bouton::sim {

class PairKernels {
public:
    /// Either kernel may be missing. `targets`: the longest list that will come.
    PairKernels(const std::optional<codegen::Kernel>& condition,
                const std::optional<codegen::Kernel>& probability, Scope scope, Context& context,
                std::int64_t targets, bn::Key key, When when);

    /// Leaves the targets for which the condition holds, each with its probability. `epoch` tells one round of
    /// draws from another.
    void keep(const Clock& clock, std::uint64_t epoch, std::uint32_t source,
              std::vector<std::uint32_t>& targets);
    bool any() const { return condition_ || probability_; }

private:
    void evaluate(BoundKernel& kernel, const Clock& clock, std::uint32_t source,
                  const std::vector<std::uint32_t>& targets);

    state::StateArray copies_;  ///< Role::multiplicity of candidates: 0
    state::StateArray holds_;
    state::StateArray p_;
    BoundKernel condition_;
    BoundKernel probability_;
    bn::Key key_;
};

}  // namespace bouton::sim
