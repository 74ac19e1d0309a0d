// SPDX-License-Identifier: BSD-3-Clause
// Sampled signals, namespace bn: held constant between samples, the first one before the start, the last one after the end.
// A column out of range is the nearest one, so that no index that model text computes leaves the memory.
#pragma once

#include "bouton_math.h"
#include "kernel_abi.h"

namespace bn {

// The columns at time t. The thousandth of a sample keeps a step that falls on a sample from falling before it by rounding.
BN_INLINE const double* signal_row(const bn_signal& signal, double t) {
    const int64_t sample = to_int(floor(t / signal.dt + 1e-3));
    return signal.values + clip(sample, int64_t{0}, signal.samples - 1) * signal.columns;
}

BN_INLINE double signal_column(const double* row, int64_t columns, int64_t column) {
    return row[clip(column, int64_t{0}, columns - 1)];
}

}  // namespace bn
