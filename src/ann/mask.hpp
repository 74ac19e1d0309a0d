// SPDX-License-Identifier: BSD-3-Clause
// Which weights (DropConnect) or units (Dropout) an example keeps: Bernoulli(p) by counter, so that the bits are
// drawn where they are used, again in the backward pass, and never stored.
//
// The bit of (example, input j, output i) under a stream and step: from Philox4x32-10 with that stream's key and
// the counter {step, i/16 | plane << 24, j/8, example}, word (j%8)/2, bit 16*(j%2) + i%16. p = n/256 has up to
// eight binary digits; plane d holds the draw for digit d (0 the most significant). From the last digit that
// is 1 upwards, kept = digit ? draw | kept : draw & kept, which is 1 with probability exactly n/256. A p of few
// digits (1/2, 3/4) needs few draws.
#pragma once

#include "kernel/bouton_random.h"

#include <cstdint>

namespace bouton::ann {

enum class MaskKind { none, dropout, dropconnect };

/// A probability of keeping, in steps of 1/256: from 1/256 to 1.
class Keep {
public:
    Keep() = default;  ///< 1
    /// The nearest step, at least 1/256. p must lie in (0, 1].
    explicit Keep(double p);

    int in_256() const { return n_; }
    double value() const { return n_ / 256.0; }
    bool always() const { return n_ == 256; }
    /// How many binary digits must be drawn: 0 for p = 1, 1 for 1/2, 8 for an odd n/256.
    int digits() const;

private:
    int n_ = 256;
};

/// One layer's masks in one step.
struct MaskStream {
    bn::Key key;
    std::uint32_t step;
    Keep keep;
};

/// The stream of a layer. Distinct layers and seeds have distinct keys.
MaskStream mask_stream(std::uint64_t seed, std::size_t layer, std::uint32_t step, Keep keep);

/// One bit by the definition above, slow: what the kernels must reproduce. The bias is the input after the last.
/// A unit's bit in Dropout is that of input 0.
bool kept(const MaskStream& stream, std::uint32_t example, std::uint32_t input, std::uint32_t output);

}  // namespace bouton::ann
