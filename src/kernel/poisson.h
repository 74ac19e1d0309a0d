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
        if (lambda > 0.0 && lambda < 10.0) {
            double p = exp(-lambda);
            double sum = p;
            while (in_words(sum) < (uint64_t{1} << 32)) {
                last_below_[size_++] = static_cast<uint32_t>(in_words(sum) - 1);
                p = p * lambda / static_cast<double>(size_);
                sum += p;
            }
        }
        for (int k = 0; k < kMost; ++k) {
            last_upper_[k] = static_cast<int16_t>((last_below_[k] >> 16) ^ 0x8000U);
            if (last_upper_[k] != kTop) upper_size_ = k + 1;
        }
    }

    int64_t draw(uint32_t word, Counter c, Key k) const {
        if (!(lambda_ < 10.0)) return poisson(word, lambda_, c, k);
        return below_ten(word);
    }

    // A number for each of the neurons first to first + count; `count` is at most BN_CHUNK. The upper halves of their words decide,
    // unless they are those of a sum.
    template <class Number>
    void draw(int64_t first, int64_t count, uint64_t step, Key key, Number* __restrict__ numbers) const {
        if (!(lambda_ < 10.0)) return draw_great(first, count, step, key, numbers);
        alignas(64) int16_t upper[BN_CHUNK], n[BN_CHUNK];
        neuron_halves(first, count, step, key, Half::upper, upper);
        Found found = pass<true>(upper, 0, count, n);
        for (int from = kPass; found.beyond && from < upper_size_; from += kPass) {
            const Found more = pass<false>(upper, from, count, n);
            found = {more.beyond, found.undecided || more.undecided};
        }
        if (found.undecided)
            for (int64_t l = 0; l < count; ++l)
                if (n[l] < 0)
                    n[l] = static_cast<int16_t>(
                        below_ten(neuron_word(step, static_cast<uint32_t>(first + l), key)));
        for (int64_t l = 0; l < count; ++l) numbers[l] = static_cast<Number>(static_cast<int32_t>(n[l]));
    }

private:
    static constexpr int kMost = 48;  // for a mean below 10 the sums reach 1 before that many
    static constexpr int kPass = 8;
    static constexpr int16_t kTop = 0x7fff;  // the upper half of the greatest words

    int64_t below_ten(uint32_t word) const {
        int64_t n = 0;
        while (n < size_ && word > last_below_[n]) ++n;
        return n;
    }

    template <class Number>
    void draw_great(int64_t first, int64_t count, uint64_t step, Key key,
                    Number* __restrict__ numbers) const {
        for (int64_t l = 0; l < count; ++l) {
            const uint32_t element = static_cast<uint32_t>(first + l);
            numbers[l] = static_cast<Number>(poisson(0, lambda_, neuron_counter(step, element, 0), key));
        }
    }

    typedef int16_t Halves __attribute__((vector_size(BN_WIDE_BYTES)));  // truth is -1 in each lane

    static bool any(Halves truth) {
        int16_t found = 0;
        for (uint32_t k = 0; k < BN_WIDE_BYTES / 2; ++k) found = static_cast<int16_t>(found | truth[k]);
        return found != 0;
    }

    struct Found {
        bool beyond;     // an upper half is above the last sum of the pass
        bool undecided;  // one is that of a sum
    };

    // Counts the sums from `from` on that are below the words; -1 where the upper half does not decide.
    template <bool is_first>
    Found pass(const int16_t* __restrict__ upper, int from, int64_t count, int16_t* __restrict__ n) const {
        Halves last[kPass];
        for (int k = 0; k < kPass; ++k) last[k] = Halves{} + last_upper_[from + k];
        Halves beyond{}, undecided{};
        for (int64_t l = 0; l < count; l += BN_WIDE_BYTES / 2) {
            Halves own, sum{};
            __builtin_memcpy(&own, upper + l, sizeof own);
            if (!is_first) __builtin_memcpy(&sum, n + l, sizeof sum);
            Halves meets = own == kTop, above{};
            _Pragma("GCC unroll 8") for (int k = 0; k < kPass; ++k) {
                above = own > last[k];
                sum -= above;
                meets |= own == last[k];
            }
            sum |= meets;
            __builtin_memcpy(n + l, &sum, sizeof sum);
            undecided |= meets;
            beyond |= above;
        }
        return {any(beyond), any(undecided)};
    }

    double lambda_;
    int size_ = 0;
    int upper_size_ = 0;
    uint32_t last_below_[kMost];  // the last word below each sum
    int16_t last_upper_[kMost];   // its upper half, from -2^15
};

}  // namespace bn
