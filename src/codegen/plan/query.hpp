// SPDX-License-Identifier: BSD-3-Clause
// An expression that is asked of a group between two steps, ready to be evaluated. Made by codegen::make_query.
#pragma once

#include "codegen/plan/plan.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace bouton::codegen {

/// What becomes of a value per element.
enum class Gathering : std::uint8_t { sum, mean, min, max };

struct QueryPlan {
    std::string of;
    bool of_synapses = false;
    /// The expression; of a condition on the group what it gathers. With kernels.
    std::vector<RecordVariable> elements;
    std::vector<Scalar> scalars;      ///< that the group need not have
    base::Dimension dimension;        ///< of the expression
    bool truth = false;               ///< whether it is true or false
    std::vector<Gathering> gathered;  ///< parallel to `elements`
    /// Of a condition on the group: whether it holds, from what was gathered and the time (s).
    std::function<bool(std::span<const double> gathered, double t, double dt)> holds;
};

}  // namespace bouton::codegen
