/* SPDX-License-Identifier: BSD-3-Clause
 * The plain-C, versioned border between the engine and generated code. The engine owns all memory; generated
 * code allocates nothing, keeps nothing and calls nothing back. */
#ifndef BOUTON_KERNEL_ABI_H
#define BOUTON_KERNEL_ABI_H

#include <stdint.h>

#define BN_ABI_VERSION 10u
#define BN_LANES 16 /* dense arrays are padded to a multiple of this many elements and aligned to 64 bytes */
#define BN_EVENTS 4 /* deferred events of a target that lie side by side */
#define BN_SHARE \
    64 /* threads share dense elements in multiples of this: so many neurons share random blocks */

/* A run of synapses that share one end: positions [begin, end) in row order, or in `order`. */
typedef struct bn_segment {
    int64_t begin;
    int64_t end;
    uint32_t id; /* the neuron at the shared end, counted from the start of its slice */
    uint32_t
        at; /* rows by source: where the arrays by source hold its values; `id`, unless they hold those of events */
} bn_segment;

/* A column that a signal lacks, and the first element of the call that asked for it; `found` is not 0 then. The element is a
 * neuron, or a pair: BN_PAIR + 2^31 * source + target. */
typedef struct bn_outside {
    int64_t found;
    int64_t column;
    int64_t element;
    double t; /* s */
} bn_outside;
#define BN_PAIR (((int64_t)1) << 62)

/* A sampled signal, samples x columns, held constant between samples, the last one after the end. */
typedef struct bn_signal {
    const double* values;
    int64_t samples;
    int64_t columns;
    double dt;           /* s */
    double begin;        /* s; the time of the first sample, which also holds before it */
    int64_t elements;    /* of the kernel, without padding: columns for others do not matter */
    bn_outside* outside; /* may be null */
} bn_signal;

/* Postsynaptic events that synapses meet when their presynaptic neuron spikes next. Each target keeps its last events,
 * newest first, as real numbers; event BN_EVENTS * b + k has its field f at
 * values[((b * targets + target) * fields + f) * BN_EVENTS + k]. Field 0 says when it was, as `processed_until` does: the step, or a number
 * that falls from step to step. Of events that are none it says that they came before all others. */
typedef struct bn_deferred {
    const void* values;
    const void* processed_until; /* by source, at bn_segment::at: events of earlier steps have been met */
    int64_t targets;             /* padded */
    int64_t blocks;
} bn_deferred;

/* The first element for which an integer left its 64 bits, or for which an argument of a draw was none. */
typedef struct bn_overflow {
    int64_t op;      /* number of the op; -1: none */
    int64_t element; /* dense, listed: the element; synapses: the neuron at the shared end; -1: all */
    int64_t other;   /* synapses: the neuron at the other end */
} bn_overflow;

typedef struct bn_args {
    int64_t n;     /* dense: end of the elements; listed: length of list; synapses: number of segments */
    int64_t begin; /* dense: first element, a multiple of BN_SHARE; n is one of BN_LANES */
    const uint32_t* list;       /* listed elements */
    const int64_t* steps;       /* listed elements that have steps of their own: by place in the list */
    const bn_segment* segments; /* synapses */
    int64_t
        beyond; /* synapses: so many segments after the n are those of later calls, whose rows may be fetched */
    const uint32_t* order;       /* indirect synapse kernels: position = order[k] */
    const uint32_t* other;       /* by position: the neuron at the other end of the synapse */
    void* const* arrays;         /* by slot */
    const double* scalars;       /* by slot */
    const bn_signal* signals;    /* by slot */
    const bn_deferred* deferred; /* synapses: of kernels with ops for each event */
    int64_t*
        appended; /* dense: how many elements the kernel has appended to its list, 0 before; it begins at [begin] */
    bn_overflow* overflow; /* may be null; op is -1 before */
    double t;              /* s, start of the step */
    double dt;             /* s */
    int64_t step;
    uint64_t seed;
} bn_args;

typedef void (*bn_kernel)(const bn_args* args);

typedef struct bn_module {
    uint32_t abi_version;
    uint32_t kernel_count;
    uint32_t real_bytes; /* 4 or 8 */
    uint32_t reserved;
    const bn_kernel* kernels;
} bn_module;

/* The one symbol of a compiled module: const bn_module* bouton_module(void); */

#endif
