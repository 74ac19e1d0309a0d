// SPDX-License-Identifier: BSD-3-Clause
// Random numbers for building and editing a network: each neuron draws from a sequence of its own, a pure
// function of the seed, the purpose and the neuron, so that neither threads nor blocks matter.
#pragma once

#include "base/archive.hpp"
#include "kernel/bouton_random.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bouton::state {

/// The key of one purpose ("connect", "grow") of one group in a run.
bn::Key draw_key(std::uint64_t seed, std::string_view group, std::string_view purpose);

/// Random words of 32 bits from consecutive counters: 64 of them.
constexpr std::size_t kWordBatch = 64;
void draw_words(bn::Key key, const bn::Counter& first, std::array<std::uint32_t, kWordBatch>& words);

class DrawSequence {
public:
    /// `epoch` tells repeated uses of one key apart: the step of a structural edit.
    DrawSequence(bn::Key key, std::uint32_t neuron, std::uint64_t epoch = 0)
        : key_(key),
          counter_{0, neuron, static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32)} {}

    std::uint32_t word() {
        if (used_ == kWordBatch) {
            draw_words(key_, counter_, words_);
            counter_.c0 += kWordBatch / 4;
            used_ = 0;
        }
        return words_[used_++];
    }
    /// Uniform on 0 .. n-1, exactly (Lemire 2019, doi:10.1145/3230636).
    std::uint32_t below(std::uint32_t n) {
        std::uint64_t product = std::uint64_t{word()} * n;
        if (static_cast<std::uint32_t>(product) < n) {
            const std::uint32_t uneven = (0U - n) % n;
            while (static_cast<std::uint32_t>(product) < uneven) product = std::uint64_t{word()} * n;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

private:
    bn::Key key_;
    bn::Counter counter_;
    std::size_t used_ = kWordBatch;
    std::array<std::uint32_t, kWordBatch> words_;
};

/// Appends each of the numbers 0 .. n-1 with probability p, ascending, in time proportional to what is drawn:
/// the gaps between hits are geometric, each from 32 random bits (so a probability is off by 2^-33 at most).
void draw_each(bn::Key key, std::uint32_t neuron, std::uint64_t epoch, std::int64_t n, double p,
               std::vector<std::uint32_t>& out);

/// Trials 0, 1, 2 ... without end, each a hit with probability p, 1e-9 <= p < 1: finds the hits, as draw_each does. Who goes through
/// very many lets those that are over pass, so that numbers stay small.
class HitSequence {
public:
    HitSequence(bn::Key key, double p);
    /// Calls `function` with each hit before trial `end` that no earlier call had.
    template <class Function>
    void each_before(std::int64_t end, const Function& function) {
        std::int64_t next = next_;
        std::size_t used = used_;
        for (; next < end; next += static_cast<std::int64_t>(gaps_[used++])) {
            function(next);
            if (used < kWordBatch) continue;
            draw();
            used = 0;
        }
        next_ = next;
        used_ = used;
    }

    /// The first `trials` are over: the one after them becomes trial 0.
    void pass(std::int64_t trials) { next_ -= trials; }

    /// Draws the next hit anew, as is due where the probability has become another one.
    void begin_anew();

    /// How far it has gone; key and probability are those of the plan.
    void archive(base::Archive& archive) {
        auto& [key, inverse_log, batch, next, used, gaps] = *this;  // all there is
        archive.value(batch);
        archive.value(next);
        archive.value(used);
        archive.value(gaps);
    }

private:
    void draw();

    bn::Key key_;
    double inverse_log_;
    std::uint64_t batch_ = 0;
    std::int64_t next_ = -1;  ///< the trial of the next hit
    std::size_t used_ = 0;
    std::array<double, kWordBatch> gaps_;
};

/// Draws subsets; keeps a bit per number between calls.
class SubsetDrawer {
public:
    explicit SubsetDrawer(std::int64_t n) : n_(n), bits_(static_cast<std::size_t>((n + 63) / 64), 0) {}
    /// `out` becomes `count` different numbers of 0 .. n-1 without `excluded` (-1: none). They ascend, unless nobody
    /// asks for that.
    void draw(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
              std::vector<std::uint32_t>& out, bool ascending = true);
    /// As draw, but numbers may repeat.
    void draw_repeated(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                       std::vector<std::uint32_t>& out);

private:
    void sort(std::vector<std::uint32_t>& numbers);

    std::int64_t n_;
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint32_t> spare_;
};

}  // namespace bouton::state
