// SPDX-License-Identifier: BSD-3-Clause
// What both back ends need to know about an op beyond its fields.
#pragma once

#include "codegen/ir/ir.hpp"

namespace bouton::codegen {

inline bool is_effect(OpCode code) { return code >= OpCode::store; }

inline bool is_random(OpCode code) {
    return code >= OpCode::random_uniform && code <= OpCode::random_binomial;
}

inline bool is_comparison(OpCode code) { return code >= OpCode::less && code <= OpCode::not_equal; }

inline bool is_load(OpCode code) { return code == OpCode::load || code == OpCode::load_at; }

inline bool is_signal(OpCode code) { return code == OpCode::signal || code == OpCode::signal_at; }

/// The argument of an op that reads a signal that is the column, if it has so many.
inline int column_argument(const Op& op) { return op.code == OpCode::signal_at ? 1 : 0; }

/// The number of words that identify the element of a random op: 1 or 3; the rest are its parameters.
inline int word_count(const Op& op) {
    const int parameters = op.code == OpCode::random_poisson || op.code == OpCode::random_binomial ? 2 : 0;
    return op.argument_count - parameters;
}

/// The type in which a stored element is added to.
inline Type natural_type(Stored stored) {
    if (stored == Stored::real) return Type::real;
    return stored == Stored::f64 ? Type::f64 : Type::integer;
}

/// Whether two slots may be views of the same memory: the same variable of one owner, or of two neuron groups,
/// which may be the same group.
inline bool may_alias(const ArraySlot& a, const ArraySlot& b) {
    const auto neurons = [](Owner owner) {
        return owner == Owner::self || owner == Owner::pre || owner == Owner::post;
    };
    return a.variable == b.variable && (a.owner == b.owner || (neurons(a.owner) && neurons(b.owner)));
}

/// Whether distinct elements of the kernel always meet distinct elements of the array.
inline bool is_one_to_one(const Kernel& kernel, const ArraySlot& array) {
    return kernel.domain != Domain::synapses || array.index == Index::synapse;
}

/// The ops that change arrays, in order.
std::vector<ValueId> effects_of(const Kernel& kernel);

/// Whether elements must be finished one after the other: the kernel says so, or elements that meet in one place
/// have several effects there, whose order a block of elements would change.
bool one_after_the_other(const Kernel& kernel);

/// Throws base::InternalError unless the kernel keeps the rules of ir.hpp.
void check(const Kernel& kernel);

}  // namespace bouton::codegen
