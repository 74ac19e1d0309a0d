// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/emit/pack_text.hpp"

#include "codegen/ir/traits.hpp"

#include <set>

namespace bouton::codegen {

void PackText::declare(Lines& lines) const {
    std::set<ValueId> uniform;
    for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
        if (!plan_.is_pack(id)) continue;
        const Op& op = kernel_.ops[id];
        for (int k = 0; k < op.argument_count; ++k)
            if (plan_.levels[op.arguments[static_cast<std::size_t>(k)]] == Level::call)
                uniform.insert(op.arguments[static_cast<std::size_t>(k)]);
    }
    for (const ValueId id : uniform)
        lines.line("const bn::Pack<real> " + name(id) + " = bn::pack<real>(" + ops_.value(id) + ");");
}

std::string PackText::name(ValueId id) const {
    return plan_.levels[id] == Level::call ? "s" + std::to_string(id) : ops_.value(id);
}

std::string PackText::declaration(ValueId id, const std::string& expression) const {
    const bool truth = kernel_.ops[id].type == Type::boolean;
    return std::string("const bn::") + (truth ? "Mask" : "Pack") + "<real> " + name(id) + " = " + expression +
           ";";
}

std::string PackText::taken_up(ValueId id, const std::string& buffer) const {
    return declaration(id, "bn::load_pack<real>(" + buffer + " + l)");
}

std::string PackText::line(ValueId id) const {
    const Op& op = kernel_.ops[id];
    if (op.code != OpCode::store) return declaration(id, expression(id));
    return "bn::store_pack<real>(" + ops_.array_name(op.slot) + " + k, " + argument(id, 0) + ");";
}

std::string PackText::expression(ValueId id) const {
    const auto call = [&](const char* function, int first, int second) {
        return std::string("bn::") + function + "<real>(" + argument(id, first) + ", " +
               argument(id, second) + ")";
    };
    const Op& op = kernel_.ops[id];
    switch (op.code) {
        case OpCode::load:
            return std::string(op.type == Type::boolean ? "bn::load_mask" : "bn::load_pack") + "<real>(" +
                   ops_.array_name(op.slot) + " + k)";
        case OpCode::less: return call("less", 0, 1);
        case OpCode::less_equal: return call("less_equal", 0, 1);
        case OpCode::greater: return call("less", 1, 0);
        case OpCode::greater_equal: return call("less_equal", 1, 0);
        case OpCode::equal: return call("equal", 0, 1);
        case OpCode::not_equal: return call("not_equal", 0, 1);
        case OpCode::convert: return "bn::not_equal<real>(" + argument(id, 0) + ", bn::Pack<real>{})";
        case OpCode::select:
            return "bn::select<real>(" + argument(id, 0) + ", " + argument(id, 1) + ", " + argument(id, 2) +
                   ")";
        case OpCode::negate:
        case OpCode::logical_not: return std::string(op.code == OpCode::negate ? "-" : "!") + argument(id, 0);
        default: return argument(id, 0) + operator_text(op.code) + argument(id, 1);
    }
}

}  // namespace bouton::codegen
