// SPDX-License-Identifier: BSD-3-Clause
// Hints to the compiler, for the kernels alone.
#pragma once

#define BOUTON_UNROLL _Pragma("GCC unroll 16")

/// From here on the compiler knows nothing about this integer or pointer.
#define BOUTON_OPAQUE(value) asm("" : "+r"(value))

/// What was stored is loaded from memory from here on, not dug out of vector registers piece by piece.
#define BOUTON_FENCE() asm volatile("" : : : "memory")
