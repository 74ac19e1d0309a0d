// SPDX-License-Identifier: BSD-3-Clause
// The one question about a kernel's order that its ops leave to be read.
#include "codegen/emit/traits.hpp"

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

bool one_after_the_other(const Kernel& kernel) {
    if (kernel.sequential) return true;
    for (std::size_t b = 0; b < kernel.ops.size(); ++b) {
        if (!is_effect(kernel.ops[b].code)) continue;
        for (std::size_t a = 0; a < b; ++a)
            if (is_effect(kernel.ops[a].code) && order_matters(kernel, kernel.ops[a], kernel.ops[b])) return true;
    }
    return false;
}

}  // namespace bouton::codegen
