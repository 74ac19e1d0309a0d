// SPDX-License-Identifier: BSD-3-Clause
// One step of a set of differential equations, by any of the integrators, into the kernel under construction.
#pragma once

#include "analysis/integrators.hpp"
#include "codegen/lower/builder.hpp"
#include "codegen/plan/plan.hpp"

namespace bouton::codegen {

struct Integration {
    const std::vector<analysis::StateEquation>* equations = nullptr;
    analysis::Method method = analysis::Method::exact;
    std::optional<ValueId> active;  ///< false: frozen variables stand still
    std::vector<bool>
        kept{};  ///< by equation: its variable is stored elsewise (DecayPlan); no new value is computed
    /// Loads an entry of an exact propagator, from a scalar or an array.
    std::function<ValueId(const MatrixEntry& entry)> entry;
    /// Says which equations these are; filled by the exact method: size, nonzero, frozen rows, wanted.
    Propagator* propagator = nullptr;
    analysis::LinearSystem system;  ///< of the exact method
    /// Whether a term is the same for all elements; none: no term is taken to be.
    std::function<bool(const analysis::TermPtr&)> is_uniform;
};

/// The new values, in the order of the equations; nothing is stored.
std::vector<ValueId> integrate(Builder& builder, const Integration& what);

}  // namespace bouton::codegen
