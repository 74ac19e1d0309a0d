// SPDX-License-Identifier: BSD-3-Clause
// Random numbers for building and editing a network: each neuron draws from a sequence of its own, a pure
// function of the seed, the purpose and the neuron, so that neither threads nor blocks matter.
#pragma once

#include "runtime/kernel/bouton_random.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace bouton::network {

/// The key of one purpose ("connect", "grow") of one group in a run.
bn::Key draw_key(std::uint64_t seed, std::string_view group, std::string_view purpose);

class DrawSequence {
public:
    /// `epoch` tells repeated uses of one key apart: the step of a structural edit.
    DrawSequence(bn::Key key, std::uint32_t neuron, std::uint64_t epoch = 0)
        : key_(key),
          counter_{0, neuron, static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32)} {}

    std::uint64_t word() {
        if (half_) {
            half_ = false;
            return kept_;
        }
        const bn::Words w = bn::philox(counter_, key_);
        ++counter_.c0;
        half_ = true;
        kept_ = (std::uint64_t{w.w2} << 32) | w.w3;
        return (std::uint64_t{w.w0} << 32) | w.w1;
    }
    /// Uniform on 0 .. n-1 (to within n/2^64).
    std::uint64_t below(std::uint64_t n) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(word()) * n) >> 64);
    }

private:
    bn::Key key_;
    bn::Counter counter_;
    bool half_ = false;
    std::uint64_t kept_ = 0;
};

/// Appends each of the numbers 0 .. n-1 with probability p, ascending, in time proportional to what is drawn:
/// the gaps between hits are geometric.
void draw_each(bn::Key key, std::uint32_t neuron, std::uint64_t epoch, std::int64_t n, double p,
               std::vector<std::uint32_t>& out);

/// Draws subsets; keeps a bit per number between calls.
class SubsetDrawer {
public:
    explicit SubsetDrawer(std::int64_t n) : n_(n), bits_(static_cast<std::size_t>((n + 63) / 64), 0) {}
    /// `out` becomes `count` different numbers of 0 .. n-1 without `excluded` (-1: none), ascending.
    void draw(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
              std::vector<std::uint32_t>& out);
    /// As draw, but numbers may repeat.
    void draw_repeated(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                       std::vector<std::uint32_t>& out);

private:
    std::int64_t n_;
    std::vector<std::uint64_t> bits_;
};

}  // namespace bouton::network
