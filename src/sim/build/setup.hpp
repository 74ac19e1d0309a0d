// SPDX-License-Identifier: BSD-3-Clause
// What neuron and synapse groups share while a simulation is built: scalars, exact steps, and the refusal of
// values that are not finite.
#pragma once

#include "base/memory.hpp"
#include "base/source.hpp"
#include "codegen/plan/plan.hpp"
#include "sim/bind/binding.hpp"
#include "sim/bind/callables.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bouton::sim {

/// What every part of a simulation needs to know; outlives them.
struct Context {
    alignas(base::kCacheLineBytes)
        Clock clock;  ///< on lines of its own, as all that one thread changes while others read
    alignas(base::kCacheLineBytes) codegen::Precision precision = codegen::Precision::f64;
    SignalTable signals;
    Callables* callables = nullptr;
    /// What the synapse group that is built or edited may take, and what each of its synapses does.
    struct Room {
        base::MemoryLimit limit;
        double bytes_per_synapse = 0.0;
    };
    Room room;
    std::int64_t count_anew_every = 0;  ///< steps: SynapseGroup::count_anew
};

/// Adds the scalars of a group, or of a piece of one, to `table`, in order; each may use those before it.
void evaluate_scalars(const std::vector<codegen::Scalar>& scalars, const Scope& scope, Context& context,
                      ScalarTable& table);

/// Whether it computes a constant from other values, of which none is drawn.
bool is_derived(const codegen::Initialiser& initialiser, const std::vector<codegen::Variable>& variables);

/// Whether it is a constant that all elements share: its value stands in the plan.
bool is_known(const codegen::Variable& variable);

/// Runs the kernel of coefficients with the given scratch.
using RunCoefficients = std::function<void(const Scratch& scratch)>;
/// Receives one entry: its name, the element (0 where uniform) and the value.
using StoreEntry = std::function<void(const codegen::Name& name, std::int64_t element, double value)>;

/// Computes what `propagator` wants for `elements` elements. `where` is named if a coefficient is not finite.
void evaluate_propagator(const codegen::Propagator& propagator, std::int64_t elements, const Context& context,
                         const std::string& where, const base::Span& span, const RunCoefficients& run,
                         const StoreEntry& store);

}  // namespace bouton::sim
