// SPDX-License-Identifier: BSD-3-Clause
// Random numbers of model code, namespace bn: pure functions of a counter and a key, so that a value depends neither on threads nor on
// the order of evaluation, and a loop over elements vectorises.
//
// One key per textual rand(), randn(), poisson() ... : derive(seed, stream). Within a key:
//   a draw of a neuron    neuron_counter(step, element, draw)      = {step low, step high, element, draw}
//   a draw of a synapse   synapse_counter(step, pre, post, copy)   = {step low, pre, post, copy << 16 | step high & 0xffff}
//   a word of a neuron    shares a block with three others: neuron_words.h
// (`copy` numbers the synapses of one pair). A sampler that needs more than the 128 bits of one counter takes attempt a = 1, 2, ... from
// the same counter under the key (k0, k1 ^ a * 0x9E3779B9): another key, so no value is met again elsewhere.
#pragma once

#include "discrete.h"
#include "neuron_words.h"
#include "philox.h"
#include "poisson.h"
#include "uniform.h"

namespace bn {

BN_INLINE Counter synapse_counter(uint64_t step, uint32_t pre, uint32_t post, uint32_t copy) {
    return {static_cast<uint32_t>(step), pre, post,
            (copy << 16) | (static_cast<uint32_t>(step >> 32) & 0xffffU)};
}

}  // namespace bn
