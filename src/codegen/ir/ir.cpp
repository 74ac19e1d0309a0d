// SPDX-License-Identifier: BSD-3-Clause
// The lowered form as text, and the names and sizes of its parts.
#include "codegen/ir/ir.hpp"

#include "base/numbers.hpp"
#include "codegen/ir/traits.hpp"

namespace bouton::codegen {
namespace {

const char* name_of(Domain domain) {
    switch (domain) {
        case Domain::elements: return "elements";
        case Domain::listed: return "listed";
        case Domain::synapses: return "synapses";
    }
    return "?";
}

const char* name_of(Index index) {
    switch (index) {
        case Index::element: return "element";
        case Index::source: return "source";
        case Index::target: return "target";
        case Index::synapse: return "synapse";
    }
    return "?";
}

const char* name_of(Owner owner) {
    switch (owner) {
        case Owner::self: return "self";
        case Owner::pre: return "pre";
        case Owner::post: return "post";
        case Owner::synapse: return "synapse";
        case Owner::scratch: return "scratch";
    }
    return "?";
}

std::string array_text(const Kernel& kernel, std::uint32_t slot) {
    return slot < kernel.arrays.size() ? kernel.arrays[slot].variable.to_string() : "?";
}

/// What an op names besides its arguments.
std::string operand_text(const Kernel& kernel, const Op& op) {
    switch (op.code) {
        case OpCode::constant: return " " + base::shortest(op.number);
        case OpCode::scalar:
            return " " + (op.slot < kernel.scalars.size() ? kernel.scalars[op.slot].to_string() : "?");
        case OpCode::signal:
        case OpCode::signal_at:
            return " " + (op.slot < kernel.signals.size() ? kernel.signals[op.slot] : "?");
        case OpCode::load:
        case OpCode::load_at:
        case OpCode::store:
        case OpCode::accumulate:
        case OpCode::accumulate_at:
        case OpCode::append: return " " + array_text(kernel, op.slot) + "#" + std::to_string(op.slot);
        case OpCode::index_of: return std::string(" ") + name_of(op.index);
        case OpCode::event_field:
        case OpCode::power_int:
        case OpCode::bit: return " " + std::to_string(op.slot);
        case OpCode::call: return std::string(" ") + analysis::function(op.function).name;
        case OpCode::random_uniform:
        case OpCode::random_normal:
        case OpCode::random_word:
        case OpCode::random_poisson:
        case OpCode::random_binomial: return " stream " + std::to_string(op.stream);
        default: return {};
    }
}

std::string op_text(const Kernel& kernel, std::size_t id) {
    const Op& op = kernel.ops[id];
    std::string line = is_effect(op.code) ? "  " : "  %" + std::to_string(id) + " = ";
    line += std::string(op.uniform ? "uniform " : "") + name_of(op.code) + " " + name_of(op.type);
    line += operand_text(kernel, op);
    for (int k = 0; k < op.argument_count; ++k) line += (k ? ", %" : " %") + std::to_string(op.arguments[k]);
    return line + "\n";
}

}  // namespace

const char* name_of(OpCode code) {
    static constexpr const char* kNames[] = {"constant",
                                             "scalar",
                                             "time",
                                             "step_size",
                                             "step",
                                             "index_of",
                                             "load",
                                             "load_at",
                                             "event_field",
                                             "signal",
                                             "signal_at",
                                             "add",
                                             "subtract",
                                             "multiply",
                                             "divide",
                                             "negate",
                                             "floor_divide",
                                             "modulo",
                                             "power",
                                             "power_int",
                                             "less",
                                             "less_equal",
                                             "greater",
                                             "greater_equal",
                                             "equal",
                                             "not_equal",
                                             "and",
                                             "or",
                                             "not",
                                             "select",
                                             "convert",
                                             "bit",
                                             "call",
                                             "random_uniform",
                                             "random_normal",
                                             "random_word",
                                             "random_poisson",
                                             "random_binomial",
                                             "store",
                                             "accumulate",
                                             "accumulate_at",
                                             "append"};
    return kNames[static_cast<std::size_t>(code)];
}

const char* name_of(Type type) {
    static constexpr const char* kNames[] = {"real", "f64", "integer", "boolean"};
    return kNames[static_cast<std::size_t>(type)];
}

const char* name_of(Stored stored) {
    static constexpr const char* kNames[] = {"real", "f64", "i64", "i32", "u32", "u16", "u8"};
    return kNames[static_cast<std::size_t>(stored)];
}

std::size_t size_of(Stored stored, Precision precision) {
    switch (stored) {
        case Stored::real: return precision == Precision::f64 ? 8 : 4;
        case Stored::f64:
        case Stored::i64: return 8;
        case Stored::i32:
        case Stored::u32: return 4;
        case Stored::u16: return 2;
        case Stored::u8: return 1;
    }
    return 0;
}

std::string to_string(const Kernel& kernel) {
    std::string text = "kernel " + kernel.name + ": " + name_of(kernel.domain);
    if (kernel.domain == Domain::synapses) text += kernel.side == Side::pre ? " by source" : " by target";
    if (kernel.indirect) text += ", indirect";
    if (kernel.own_steps) text += ", own steps";
    if (kernel.sequential) text += ", sequential";
    text += "\n";
    for (std::size_t slot = 0; slot < kernel.arrays.size(); ++slot) {
        const ArraySlot& array = kernel.arrays[slot];
        text += std::string("  array ") + name_of(array.owner) + " " + array.variable.to_string() + "#" +
                std::to_string(slot) + " by " + name_of(array.index) + ", " + name_of(array.stored) +
                (array.written ? ", written\n" : "\n");
    }
    std::int32_t note = -1;
    for (std::size_t id = 0; id < kernel.ops.size(); ++id) {
        if (id == 0 && kernel.event_ops > 0) text += "  for each deferred event:\n";
        if (id > 0 && id == kernel.event_ops) text += "  once:\n";
        const std::int32_t own = kernel.ops[id].note;
        if (own >= 0 && own != note && static_cast<std::size_t>(own) < kernel.notes.size())
            text += "  ; " + kernel.notes[static_cast<std::size_t>(own)] + "\n";
        if (own >= 0) note = own;
        text += op_text(kernel, id);
    }
    return text;
}

}  // namespace bouton::codegen
