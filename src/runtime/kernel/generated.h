// SPDX-License-Identifier: BSD-3-Clause
// All that a generated translation unit includes: the border to the engine, mathematics, random numbers, signals.
#pragma once

#include "bouton_math.h"
#include "bouton_random.h"
#include "kernel_abi.h"
#include "signal.h"

// Elements of the next loop do not meet: it may be vectorised.
#ifdef __clang__
#define BN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define BN_INDEPENDENT _Pragma("GCC ivdep")
#endif

// Elements that pass through one loop before the next loop takes them up, where a kernel is divided into several.
#define BN_CHUNK 256
