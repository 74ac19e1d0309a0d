// SPDX-License-Identifier: BSD-3-Clause
#include "network/draw.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace bouton::network {

namespace {

// FNV-1a, 64 bits.
std::uint64_t hash(std::uint64_t state, std::string_view text) {
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return state;
}

constexpr int kBatch = 32;  // uniform numbers, two from one counter

// Gaps between hits, less one: floor(log(u) / log(1 - p)).
void draw_gaps(bn::Key key, bn::Counter counter, double inverse_log, std::array<double, kBatch>& gaps) {
    for (std::uint32_t k = 0; k < kBatch / 2; ++k) {
        const bn::Words w = bn::philox({counter.c0 + k, counter.c1, counter.c2, counter.c3}, key);
        gaps[2 * k] = bn::unit_double(w.w0, w.w1);
        gaps[2 * k + 1] = bn::unit_double(w.w2, w.w3);
    }
    for (double& gap : gaps) {
        const double u = gap == 0.0 ? 0x1p-54 : gap;
        const double g = bn::log(u) * inverse_log;
        gap = g < 0x1p40 ? g : 0x1p40;
    }
}

}  // namespace

bn::Key draw_key(std::uint64_t seed, std::string_view group, std::string_view purpose) {
    return bn::derive(seed, hash(hash(hash(0xCBF29CE484222325U, purpose), "/"), group));
}

void draw_each(bn::Key key, std::uint32_t neuron, std::uint64_t epoch, std::int64_t n, double p,
               std::vector<std::uint32_t>& out) {
    if (!(p > 0.0)) return;
    if (p >= 1.0) {
        for (std::int64_t k = 0; k < n; ++k) out.push_back(static_cast<std::uint32_t>(k));
        return;
    }
    const double inverse_log = 1.0 / std::log1p(-p);
    std::array<double, kBatch> gaps;
    bn::Counter counter{0, neuron, static_cast<std::uint32_t>(epoch),
                        static_cast<std::uint32_t>(epoch >> 32)};
    for (std::int64_t k = -1;; counter.c0 += kBatch / 2) {
        draw_gaps(key, counter, inverse_log, gaps);
        for (const double gap : gaps) {
            k += static_cast<std::int64_t>(gap) + 1;
            if (k >= n) return;
            out.push_back(static_cast<std::uint32_t>(k));
        }
    }
}

void SubsetDrawer::draw(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                        std::vector<std::uint32_t>& out) {
    out.clear();
    const std::int64_t available = n_ - (excluded >= 0 ? 1 : 0);
    const bool complement = count > available / 2;  // then those left out are drawn
    const auto bit = [](std::int64_t k) { return std::uint64_t{1} << (k & 63); };
    const auto word = [this](std::int64_t k) -> std::uint64_t& {
        return bits_[static_cast<std::size_t>(k >> 6)];
    };
    if (excluded >= 0) word(excluded) |= bit(excluded);
    std::int64_t left = complement ? available - count : count;
    while (left > 0) {
        const auto k = static_cast<std::int64_t>(sequence.below(static_cast<std::uint64_t>(n_)));
        if ((word(k) & bit(k)) != 0) continue;
        word(k) |= bit(k);
        if (!complement) out.push_back(static_cast<std::uint32_t>(k));
        --left;
    }
    if (!complement && static_cast<std::size_t>(count) * 8 < bits_.size()) {
        std::sort(out.begin(), out.end());
        for (const std::uint32_t k : out) word(k) &= ~bit(k);
        if (excluded >= 0) word(excluded) &= ~bit(excluded);
        return;
    }
    if (!complement && excluded >= 0) word(excluded) &= ~bit(excluded);
    out.clear();
    for (std::size_t w = 0; w < bits_.size(); ++w) {
        const auto first = static_cast<std::int64_t>(w) * 64;
        std::uint64_t hits = complement ? ~bits_[w] : bits_[w];
        if (complement && n_ - first < 64) hits &= (std::uint64_t{1} << (n_ - first)) - 1;
        for (; hits != 0; hits &= hits - 1)
            out.push_back(static_cast<std::uint32_t>(first + std::countr_zero(hits)));
        bits_[w] = 0;
    }
}

void SubsetDrawer::draw_repeated(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                                 std::vector<std::uint32_t>& out) {
    out.clear();
    const std::int64_t available = n_ - (excluded >= 0 ? 1 : 0);
    for (std::int64_t drawn = 0; drawn < count; ++drawn) {
        auto k = static_cast<std::int64_t>(sequence.below(static_cast<std::uint64_t>(available)));
        if (excluded >= 0 && k >= excluded) ++k;
        out.push_back(static_cast<std::uint32_t>(k));
    }
    std::sort(out.begin(), out.end());
}

}  // namespace bouton::network
