// SPDX-License-Identifier: BSD-3-Clause
// What the effects of a kernel say about its order.
#include "codegen/ir/traits.hpp"

namespace bouton::codegen {
namespace {

bool adds(OpCode code) { return code != OpCode::store; }

/// Whether different elements may have this effect in one place.
bool may_meet(const Kernel& kernel, const Op& op) {
    return op.code == OpCode::accumulate_at || !is_one_to_one(kernel, kernel.arrays[op.slot]);
}

bool order_matters(const Kernel& kernel, const Op& a, const Op& b) {
    return may_alias(kernel.arrays[a.slot], kernel.arrays[b.slot]) && (adds(a.code) || adds(b.code)) &&
           (may_meet(kernel, a) || may_meet(kernel, b));
}

}  // namespace

std::vector<ValueId> effects_of(const Kernel& kernel) {
    std::vector<ValueId> effects;
    for (ValueId id = 0; id < kernel.ops.size(); ++id)
        if (is_effect(kernel.ops[id].code)) effects.push_back(id);
    return effects;
}

bool one_after_the_other(const Kernel& kernel) {
    if (kernel.sequential) return true;
    const std::vector<ValueId> effects = effects_of(kernel);
    for (std::size_t b = 0; b < effects.size(); ++b)
        for (std::size_t a = 0; a < b; ++a)
            if (order_matters(kernel, kernel.ops[effects[a]], kernel.ops[effects[b]])) return true;
    return false;
}

}  // namespace bouton::codegen
