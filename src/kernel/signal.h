// SPDX-License-Identifier: BSD-3-Clause
// Sampled signals, namespace bn: held constant between samples, the first one before the start, the last one after the end.
// A column out of range is the nearest one, so that no index that model text computes leaves the memory.
#pragma once

#include "bouton_math.h"
#include "kernel_abi.h"

namespace bn {

// The columns at time t. The thousandth of a sample keeps a step that falls on a sample from falling before it by rounding.
BN_INLINE const double* signal_row(const bn_signal& signal, double t) {
    const int64_t sample = to_int(floor((t - signal.begin) / signal.dt + 1e-3));
    return signal.values + clip(sample, int64_t{0}, signal.samples - 1) * signal.columns;
}

BN_INLINE double signal_column(const double* row, int64_t columns, int64_t column) {
    return row[clip(column, int64_t{0}, columns - 1)];
}

BN_INLINE int64_t pair_number(int64_t source, int64_t target) { return BN_PAIR + (source << 31) + target; }

// Columns that do not exist, noted without a branch in the loop, told once after it.
struct Outside {
    const bn_signal& signal;
    int64_t column = 0;
    int64_t element = -1;

    inline void note(int64_t asked, int64_t by) {
        const bool is_pair = by >= BN_PAIR;
        const bool lacks =
            ((asked < 0) | (asked >= signal.columns)) & (is_pair | (by < signal.elements)) & (element < 0);
        column = lacks ? asked : column;
        element = lacks ? by : element;
    }
    // Several threads may report: the first one counts.
    void report(double t) const {
        if (element < 0 || !signal.outside) return;
        if (__atomic_exchange_n(&signal.outside->found, int64_t{1}, __ATOMIC_ACQ_REL) != 0) return;
        signal.outside->column = column;
        signal.outside->element = element;
        signal.outside->t = t;
    }
};

BN_INLINE double signal_column(const double* row, int64_t columns, int64_t column, int64_t element,
                               Outside& outside) {
    outside.note(column, element);
    return signal_column(row, columns, column);
}

// At a time that model text computes: one that is no number gives none.
BN_INLINE double signal_at(const bn_signal& signal, double t, int64_t column) {
    const double value = signal_column(signal_row(signal, t), signal.columns, column);
    return t == t ? value : t;
}

BN_INLINE double signal_at(const bn_signal& signal, double t, int64_t column, int64_t element,
                           Outside& outside) {
    outside.note(column, element);
    return signal_at(signal, t, column);
}

}  // namespace bn
