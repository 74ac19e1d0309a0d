// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: the arrays of a kernel as pointers to what they hold.
#pragma once

#include "runtime/interpreter/convert.hpp"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {

/// Calls f with the array of `slot` as a pointer to its element type.
template <class Real, class F>
void with_elements(const Frame& frame, std::uint32_t slot, F f) {
    void* memory = frame.args.arrays[slot];
    switch (frame.kernel.arrays[slot].stored) {
        case codegen::Stored::real: return f(static_cast<Real*>(memory));
        case codegen::Stored::f64: return f(static_cast<double*>(memory));
        case codegen::Stored::i64: return f(static_cast<std::int64_t*>(memory));
        case codegen::Stored::i32: return f(static_cast<std::int32_t*>(memory));
        case codegen::Stored::u32: return f(static_cast<std::uint32_t*>(memory));
        case codegen::Stored::u16: return f(static_cast<std::uint16_t*>(memory));
        case codegen::Stored::u8: return f(static_cast<std::uint8_t*>(memory));
    }
}

}  // namespace bouton::runtime
