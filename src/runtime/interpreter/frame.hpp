// SPDX-License-Identifier: BSD-3-Clause
// What an op sees while it is interpreted: one register per op, each a block of lanes, and the indices of the lanes.
#pragma once

#include "codegen/ir/ir.hpp"
#include "kernel/kernel_abi.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bouton::runtime {

/// The lanes of one register. A register holds now one type, now another, so values go in and out as bytes: with typed
/// pointers GCC 12 takes the comparisons of arithmetic.cpp, which store bool, to have no effect.
template <class T>
class Lanes {
public:
    explicit Lanes(std::byte* memory) : memory_(memory) {}

    T operator[](std::int64_t lane) const {
        T value;
        std::memcpy(&value, memory_ + static_cast<std::size_t>(lane) * sizeof(T), sizeof(T));
        return value;
    }

    void set(std::int64_t lane, T value) const {
        std::memcpy(memory_ + static_cast<std::size_t>(lane) * sizeof(T), &value, sizeof(T));
    }

private:
    std::byte* memory_;
};

constexpr std::int64_t kIndices = static_cast<std::int64_t>(codegen::Index::synapse) + 1;  // the last one

struct Frame {
    const codegen::Kernel& kernel;
    const bn_args& args;
    std::byte* registers;  ///< `register_bytes` for each op
    std::size_t register_bytes;
    std::int64_t*
        index_buffers;       ///< one block of lanes for each codegen::Index, then one for `source_number`
    std::int64_t capacity;   ///< lanes of a block
    std::int64_t lanes = 1;  ///< lanes in use
    std::int64_t event = 0;  ///< the deferred event of the one lane, by age

    template <class T>
    Lanes<T> value(codegen::ValueId id) const {
        return Lanes<T>(registers + id * register_bytes);
    }

    template <class T>
    Lanes<T> argument(const codegen::Op& op, int k) const {
        return value<T>(op.arguments[static_cast<std::size_t>(k)]);
    }

    codegen::Type argument_type(const codegen::Op& op, int k) const {
        return kernel.ops[op.arguments[static_cast<std::size_t>(k)]].type;
    }

    std::int64_t* index(codegen::Index which) const {
        return index_buffers + static_cast<std::int64_t>(which) * capacity;
    }

    /// The number of the source; index(source) is where arrays hold its values (bn_segment::at).
    std::int64_t* source_number() const { return index_buffers + kIndices * capacity; }

    /// The steps of listed elements that have their own, where those of synapses have their sources.
    std::int64_t* own_steps() const { return source_number(); }
    std::int64_t step(std::int64_t lane) const { return kernel.own_steps ? own_steps()[lane] : args.step; }
};

/// Calls f with a value of the C++ type that holds `type`.
template <class Real, class F>
void with_type(codegen::Type type, F f) {
    switch (type) {
        case codegen::Type::real: return f(Real{});
        case codegen::Type::f64: return f(double{});
        case codegen::Type::integer: return f(std::int64_t{});
        case codegen::Type::boolean: return f(bool{});
    }
}

/// Number `field` of the frame's deferred event (kernel/kernel_abi.h).
template <class Real>
Real event_field(const Frame& frame, std::uint32_t field) {
    const bn_deferred& kept = *frame.args.deferred;
    const std::int64_t record =
        frame.event / BN_EVENTS * kept.targets + frame.index(codegen::Index::target)[0];
    const std::int64_t at = record * frame.kernel.event_fields + field;
    return static_cast<const Real*>(kept.values)[at * BN_EVENTS + frame.event % BN_EVENTS];
}

/// Notes that an integer of this lane has left its 64 bits.
void note_overflow(const Frame& frame, codegen::ValueId id, std::int64_t lane, bool of_all = false);

// One function for each family of ops; Real is float or double.
template <class Real>
void execute_leaf(const Frame& frame, codegen::ValueId id);  ///< constants to signals, and loads
template <class Real>
void execute_effect(const Frame& frame, codegen::ValueId id);
template <class Real>
void execute_arithmetic(const Frame& frame, codegen::ValueId id);
template <class Real>
void execute_call(const Frame& frame, codegen::ValueId id);
template <class Real>
void execute_random(const Frame& frame, codegen::ValueId id);

}  // namespace bouton::runtime
