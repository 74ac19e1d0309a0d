// SPDX-License-Identifier: BSD-3-Clause
// Poisson numbers for every mean. Means below 10 by inversion of one random word of 32 bits, so that no probability is off by more
// than 2^-33; others, exactly, by the transformed rejection of Hoermann 1993 (PTRS: Insurance Math. Econ. 12, 39).
#pragma once

#include "discrete.h"
#include "neuron_words.h"

namespace bn {

// The cumulative probability in units of 2^-32: a word from it on is above. 2^32 is above all words.
BN_INLINE uint64_t in_words(double sum) { return static_cast<uint64_t>(sum * 0x1p32 + 0.5); }

static inline int64_t poisson_small(double lambda, uint32_t word) {
    double p = exp(-lambda);
    double sum = p;
    int64_t n = 0;
    while (word >= in_words(sum)) {  // the sum of all rounds to 1
        ++n;
        p = p * lambda / static_cast<double>(n);
        sum += p;
    }
    return n;
}

static inline int64_t poisson_large(double lambda, Counter c, Key k) {
    const double root = __builtin_sqrt(lambda);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2.0);
    for (uint32_t attempt = 0;; ++attempt) {
        const Words w = attempt_words(c, k, attempt);
        const double u = unit_double(w.w0, w.w1) - 0.5;
        const double v = Sampler<double>::open(unit_double(w.w2, w.w3));
        const double us = 0.5 - magnitude(u);
        const double n = floor((2.0 * a / us + b) * u + lambda + 0.43);
        if (us >= 0.07 && v <= v_r) return static_cast<int64_t>(n);
        if (!(n >= 0.0 && n < 0x1p62) || (us < 0.013 && v > us)) continue;
        const double log_probability =
            n == 0.0 ? -lambda
                     : -stirling_error(n) - deviance(n, lambda) - 0.5 * log(0x1.921fb54442d18p2 * n);
        if (log(v * inverse_alpha / (a / (us * us) + b)) <= log_probability) return static_cast<int64_t>(n);
    }
}

// Mean lambda; 0 for a lambda that is not positive. A mean above 2^60 counts as 2^60. `word` is a random word, which a loop of its
// own may have drawn: unlike the rest it vectorises.
BN_INLINE int64_t poisson(uint32_t word, double lambda, Counter c, Key k) {
    if (!(lambda > 0.0)) return 0;
    return lambda < 10.0 ? poisson_small(lambda, word)
                         : poisson_large(lambda < 0x1p60 ? lambda : 0x1p60, c, k);
}

// With the first word of the counter's own block.
BN_INLINE int64_t poisson(double lambda, Counter c, Key k) {
    return poisson(static_cast<uint32_t>(philox(c, k).w0), lambda, c, k);
}

// The same numbers where many have one mean: the sums that poisson_small would form each time, formed once.
class PoissonTable {
public:
    explicit PoissonTable(double lambda) : lambda_(lambda) {
        for (uint32_t& last : last_below_) last = 0xffffffffU;
        if (!(lambda > 0.0) || lambda >= 10.0) return;
        double p = exp(-lambda);
        double sum = p;
        while (in_words(sum) < (uint64_t{1} << 32)) {
            last_below_[size_++] = static_cast<uint32_t>(in_words(sum) - 1);
            p = p * lambda / static_cast<double>(size_);
            sum += p;
        }
    }

    int64_t draw(uint32_t word, Counter c, Key k) const {
        if (!(lambda_ < 10.0)) return poisson(word, lambda_, c, k);
        int64_t n = 0;
        while (n < size_ && word > last_below_[n]) ++n;
        return n;
    }

    // A number for each of the neurons first to first + count, from their words; `count` is at most BN_CHUNK.
    void draw(const uint32_t* __restrict__ words, int64_t first, int64_t count, uint64_t step, Key key,
              int64_t* __restrict__ numbers) const {
        if (!(lambda_ < 10.0)) {
            for (int64_t l = 0; l < count; ++l)
                numbers[l] = poisson(words[l], lambda_,
                                     neuron_counter(step, static_cast<uint32_t>(first + l), 0), key);
            return;
        }
        alignas(64) uint32_t n[BN_CHUNK];
        bool all_found = pass<true>(words, 0, count, n);
        for (int from = kPass; !all_found && from < size_; from += kPass)
            all_found = pass<false>(words, from, count, n);
        for (int64_t l = 0; l < count; ++l) numbers[l] = static_cast<int64_t>(n[l]);
    }

private:
    static constexpr int kPass = 8;

    // Counts the sums from `from` on that are not above the words; whether no word has reached the last of them.
    template <bool is_first>
    bool pass(const uint32_t* __restrict__ words, int from, int64_t count, uint32_t* __restrict__ n) const {
        uint32_t last_below[kPass];
        for (int k = 0; k < kPass; ++k) last_below[k] = last_below_[from + k];
        uint32_t reached = 0;
        for (int64_t l = 0; l < count; ++l) {
            uint32_t sum = is_first ? 0 : n[l];
            for (int k = 0; k < kPass; ++k) sum += words[l] > last_below[k];
            n[l] = sum;
            reached |= words[l] > last_below[kPass - 1];
        }
        return reached == 0;
    }

    double lambda_;
    int size_ = 0;
    uint32_t last_below_
        [48];  // the last word below each sum; for a mean below 10 the sums reach 1 before that many
};

}  // namespace bn
