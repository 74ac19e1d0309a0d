// SPDX-License-Identifier: BSD-3-Clause
#include "state/draw.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

// Compiled for several widths of vectors; the widest one that the processor has is taken when the program starts.
// Sanitizers are not ready by then.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BOUTON_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define BOUTON_WIDE
#endif

namespace bouton::state {

namespace {

// FNV-1a, 64 bits.
std::uint64_t hash(std::uint64_t state, std::string_view text) {
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return state;
}

using Words = std::array<std::uint32_t, kWordBatch>;

// Gaps between hits: 1 + floor(log(u) / log(1 - p)). The floor is left to the caller.
BOUTON_WIDE
void draw_gaps(bn::Key key, const bn::Counter& first, double inverse_log,
               std::array<double, kWordBatch>& gaps) {
    Words words;
    draw_words(key, first, words);
    for (std::size_t k = 0; k < kWordBatch; ++k) {
        // u = (word + 1/2) / 2^32, exactly; it lies within the normal range of the logarithm.
        const double high = bn::bit_cast<double>((std::uint64_t{1023 + 20} << 52) | words[k]);
        const auto u = bn::log_parts(high - (0x1p20 - 0x1p-33));
        gaps[k] = bn::log_sum(u.k, u.m - 1.0, 0.0) * inverse_log;
    }
    for (double& gap : gaps) gap = 1.0 + (gap < 0x1p40 ? gap : 0x1p40);
}

// Whether the first gap is so long that there is no hit among n trials: nearly always where few are expected, and found
// without the words of a whole batch. `least`: (1 - p)^n, less a little for rounding.
bool misses(bn::Key key, const bn::Counter& first, double least) {
    const bn::Words w = bn::philox(first, key);
    return (static_cast<double>(static_cast<std::uint32_t>(w.w0)) + 0.5) * 0x1p-32 < least;
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
    const double log_miss = std::log1p(-p);
    const double inverse_log = 1.0 / log_miss;
    bn::Counter counter{0, neuron, static_cast<std::uint32_t>(epoch),
                        static_cast<std::uint32_t>(epoch >> 32)};
    if (const double least = std::exp(static_cast<double>(n) * log_miss);
        least > 0x1p-4 && misses(key, counter, least * (1.0 - 0x1p-30)))
        return;
    std::array<double, kWordBatch> gaps;
    std::array<std::uint32_t, kWordBatch> hits;
    for (std::int64_t k = -1; k < n; counter.c0 += kWordBatch / 4) {
        draw_gaps(key, counter, inverse_log, gaps);
        std::size_t found = 0;
        for (const double gap : gaps) {
            k += static_cast<std::int64_t>(gap);
            if (k >= n) break;
            hits[found++] = static_cast<std::uint32_t>(k);
        }
        out.insert(out.end(), hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(found));
    }
}

HitSequence::HitSequence(bn::Key key, double p) : key_(key), inverse_log_(1.0 / std::log1p(-p)) {
    begin_anew();
}

void HitSequence::begin_anew() {
    draw();
    used_ = 0;
    next_ = static_cast<std::int64_t>(gaps_[used_++]) - 1;
}

void HitSequence::draw() {
    const std::uint64_t first = batch_++ * (kWordBatch / 4);
    draw_gaps(key_, {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(first >> 32), 0, 0},
              inverse_log_, gaps_);
}

BOUTON_WIDE
void draw_words(bn::Key key, const bn::Counter& first, Words& words) {
    constexpr std::uint32_t kBlocks = kWordBatch / 4;
    for (std::uint32_t k = 0; k < kBlocks; ++k) {
        const bn::Words w = bn::philox({first.c0 + k, first.c1, first.c2, first.c3}, key);
        words[k] = static_cast<std::uint32_t>(w.w0);
        words[kBlocks + k] = static_cast<std::uint32_t>(w.w1);
        words[2 * kBlocks + k] = static_cast<std::uint32_t>(w.w2);
        words[3 * kBlocks + k] = static_cast<std::uint32_t>(w.w3);
    }
}

// Short lists by comparison, long ones digit by digit.
void SubsetDrawer::sort(std::vector<std::uint32_t>& numbers) {
    constexpr int kDigit = 11;
    if (numbers.size() < 256) {
        std::sort(numbers.begin(), numbers.end());
        return;
    }
    spare_.resize(numbers.size());
    for (int shift = 0; (n_ - 1) >> shift != 0; shift += kDigit) {
        std::array<std::uint32_t, (1U << kDigit)> place{};
        const auto digit = [shift](std::uint32_t k) { return (k >> shift) & ((1U << kDigit) - 1); };
        for (const std::uint32_t k : numbers) ++place[digit(k)];
        std::exclusive_scan(place.begin(), place.end(), place.begin(), 0U);
        for (const std::uint32_t k : numbers) spare_[place[digit(k)]++] = k;
        numbers.swap(spare_);
    }
}

void SubsetDrawer::draw(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                        std::vector<std::uint32_t>& out, bool ascending) {
    out.clear();
    const std::int64_t available = n_ - (excluded >= 0 ? 1 : 0);
    const bool complement = count > available / 2;  // then those left out are drawn
    std::uint64_t* const bits = bits_.data();
    const auto bit = [](std::uint32_t k) { return std::uint64_t{1} << (k & 63); };
    const auto self = static_cast<std::uint32_t>(excluded);
    const auto n = static_cast<std::uint32_t>(n_);
    if (excluded >= 0) bits[self >> 6] |= bit(self);
    const auto draw_new = [&] {
        while (true) {
            const std::uint32_t k = sequence.below(n);
            std::uint64_t& word = bits[k >> 6];
            if ((word & bit(k)) != 0) continue;
            word |= bit(k);
            return k;
        }
    };
    if (static_cast<std::size_t>(count) * 8 < bits_.size() || (!complement && !ascending)) {
        out.resize(static_cast<std::size_t>(count));
        for (std::uint32_t& k : out) k = draw_new();
        for (const std::uint32_t k : out) bits[k >> 6] = 0;
        if (excluded >= 0) bits[self >> 6] = 0;
        if (ascending) sort(out);
        return;
    }
    for (std::int64_t left = complement ? available - count : count; left > 0; --left) draw_new();
    if (!complement && excluded >= 0) bits[self >> 6] &= ~bit(self);
    out.resize(static_cast<std::size_t>(count));
    std::uint32_t* next = out.data();
    for (std::uint32_t first = 0; first < n; first += 64) {
        std::uint64_t hits = bits[first >> 6];
        bits[first >> 6] = 0;
        if (complement) {
            hits = ~hits;
            if (n - first < 64) hits &= bit(n) - 1;
        }
        for (; hits != 0; hits &= hits - 1) {
            *next++ = first + static_cast<std::uint32_t>(std::countr_zero(hits));
        }
    }
}

void SubsetDrawer::draw_repeated(DrawSequence& sequence, std::int64_t count, std::int64_t excluded,
                                 std::vector<std::uint32_t>& out) {
    out.clear();
    const std::int64_t available = n_ - (excluded >= 0 ? 1 : 0);
    for (std::int64_t drawn = 0; drawn < count; ++drawn) {
        auto k = static_cast<std::int64_t>(sequence.below(static_cast<std::uint32_t>(available)));
        if (excluded >= 0 && k >= excluded) ++k;
        out.push_back(static_cast<std::uint32_t>(k));
    }
    sort(out);
}

}  // namespace bouton::state
