// SPDX-License-Identifier: BSD-3-Clause
// Sixteen floats and eight 64-bit words in pieces of 32 bytes (AVX2) or 16 (any other CPU), in the compiler's vector
// types. Included by files compiled for one instruction set.
#pragma once

#include "ann/kernels/philox_tile.hpp"
#include "ann/kernels/tiles.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace bouton::ann {
namespace {

#if defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
typedef float F __attribute__((vector_size(kBytes)));
typedef std::int32_t I __attribute__((vector_size(kBytes)));
typedef std::uint64_t U __attribute__((vector_size(kBytes)));

/// Named pieces, not an array: GCC keeps them in registers.
template <class Piece>
struct Pieces {
    Piece a, b;
#if !defined(__AVX2__)
    Piece c, d;
#endif
};

struct Lanes {
    static constexpr int kFloats = kBytes / 4, kLongs = kBytes / 8;
    static constexpr bool kOverlaps = false;  ///< too few registers to draw between the products
    using Vector = Pieces<F>;
    using Words = U;
    using Generator = TileGenerator<Lanes>;

    // Before its use, since its type is deduced.
    /// f of each piece.
    template <class Function, class First, class... Rest>
    static auto map(Function f, const Pieces<First>& x, const Pieces<Rest>&... rest) {
        using Result = decltype(f(x.a, rest.a...));
#if defined(__AVX2__)
        return Pieces<Result>{f(x.a, rest.a...), f(x.b, rest.b...)};
#else
        return Pieces<Result>{f(x.a, rest.a...), f(x.b, rest.b...), f(x.c, rest.c...), f(x.d, rest.d...)};
#endif
    }
    template <class Piece>
    static Pieces<Piece> spread(Piece x) {
#if defined(__AVX2__)
        return {x, x};
#else
        return {x, x, x, x};
#endif
    }
    template <class Piece>
    static Pieces<Piece> in_a_row(Piece first) {
#if defined(__AVX2__)
        return {first, first + 1};
#else
        return {first, first + 1, first + 2, first + 3};
#endif
    }
    static Pieces<const F*> pieces_of(const float* p) { return in_a_row(reinterpret_cast<const F*>(p)); }
    static Pieces<F*> pieces_of(float* p) { return in_a_row(reinterpret_cast<F*>(p)); }
    static Pieces<I> lane_bits() {
#if defined(__AVX2__)
        return {I{1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7},
                I{1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15}};
#else
        return {I{1 << 0, 1 << 1, 1 << 2, 1 << 3}, I{1 << 4, 1 << 5, 1 << 6, 1 << 7},
                I{1 << 8, 1 << 9, 1 << 10, 1 << 11}, I{1 << 12, 1 << 13, 1 << 14, 1 << 15}};
#endif
    }

    static Vector zero() { return spread(F{}); }
    static Vector load(const float* p) {
        return map([](const F* from) { return *from; }, pieces_of(p));
    }
    static void store(float* p, const Vector& v) {
        map([](F* to, F piece) { return *to = piece; }, pieces_of(p), v);
    }
    static Vector broadcast(const float* p) { return spread(*p - F{}); }
    static Vector add(const Vector& a, const Vector& b) {
        return map([](F x, F y) { return x + y; }, a, b);
    }
    static Vector multiply(const Vector& a, const Vector& b) {
        return map([](F x, F y) { return x * y; }, a, b);
    }
    static Vector add_product(const Vector& sum, const Vector& a, const Vector& b) {
        return map([](F s, F x, F y) { return s + x * y; }, sum, a, b);
    }
    static Vector add_kept(const Vector& sum, const Vector& a, const Vector& b, const std::uint16_t* mask) {
        const I all = std::int32_t{*mask} - I{};
        return map(
            [all](F s, F x, F y, I lane) {
                const I kept = (all & lane) == lane;
                return s + F(I(x) & kept) * y;
            },
            sum, a, b, lane_bits());
    }
    static float total(const Vector& v) {
#if defined(__AVX2__)
        const F sum = v.a + v.b;
#else
        const F sum = (v.a + v.b) + (v.c + v.d);
#endif
        float all = 0.0f;
        for (int k = 0; k < kFloats; ++k) all += sum[k];
        return all;
    }

    static Words words(std::uint64_t x) { return x - U{}; }
    static Words count_from(std::uint64_t x) {
#if defined(__AVX2__)
        return words(x) + U{0, 1, 2, 3};
#else
        return words(x) + U{0, 1};
#endif
    }
    template <std::uint32_t Factor>
    static Words multiply_low(Words x) {
        const U factor = words(Factor);
#if defined(__AVX2__)
        return U(_mm256_mul_epu32(__m256i(x), __m256i(factor)));
#elif defined(__SSE2__)
        return U(_mm_mul_epu32(__m128i(x), __m128i(factor)));
#else
        return (x & 0xffffffffU) * factor;
#endif
    }
    static Words mix_high(Words product, Words word, std::uint64_t key) {
        return (product >> 32) ^ word ^ words(key);
    }
    static Words join(Words low, Words high) { return (low & 0xffffffffU) | (high << 32); }
    static Words either(Words a, Words b) { return a | b; }
    static Words both(Words a, Words b) { return a & b; }
    static void store_words(std::uint16_t* p, Words x) { *reinterpret_cast<U*>(p) = x; }
};

}  // namespace
}  // namespace bouton::ann
