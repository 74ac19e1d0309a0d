// SPDX-License-Identifier: BSD-3-Clause
// Sixteen floats and eight 64-bit words in pieces of 32 bytes (AVX2) or 16 (any other CPU), in the compiler's vector
// types. Included by files compiled for one instruction set.
#pragma once

#include "ann/kernels/philox_tile.hpp"
#include "ann/kernels/tiles.hpp"

#include <cstring>
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

struct Lanes {
    static constexpr int kFloats = kBytes / 4, kLongs = kBytes / 8;
    static constexpr int kPieces = 16 / kFloats;  // of a Vector
    struct Vector {
        F piece[kPieces];
    };
    struct Words {
        U piece[kPieces];
    };
    using Generator = TileGenerator<Lanes>;

    template <class Make>
    static Vector each(Make make) {
        Vector v;
        BOUTON_UNROLL for (int q = 0; q < kPieces; ++q) v.piece[q] = make(q);
        return v;
    }
    template <class Make>
    static Words each_word(Make make) {
        Words v;
        BOUTON_UNROLL for (int q = 0; q < kPieces; ++q) v.piece[q] = make(q);
        return v;
    }

    static Vector zero() {
        return each([](int) { return F{}; });
    }
    static Vector load(const float* p) {
        return each([p](int q) { return reinterpret_cast<const F*>(p)[q]; });
    }
    static void store(float* p, const Vector& v) {
        BOUTON_UNROLL for (int q = 0; q < kPieces; ++q) reinterpret_cast<F*>(p)[q] = v.piece[q];
    }
    static Vector broadcast(const float* p) {
        const F one = *p - F{};
        return each([one](int) { return one; });
    }
    static Vector add(const Vector& a, const Vector& b) {
        return each([&](int q) { return a.piece[q] + b.piece[q]; });
    }
    static Vector multiply(const Vector& a, const Vector& b) {
        return each([&](int q) { return a.piece[q] * b.piece[q]; });
    }
    static Vector add_product(const Vector& sum, const Vector& a, const Vector& b) {
        return each([&](int q) { return sum.piece[q] + a.piece[q] * b.piece[q]; });
    }
    static Vector add_kept(const Vector& sum, const Vector& a, const Vector& b, const std::uint16_t* mask) {
        const I all = std::int32_t{*mask} - I{};
        return each([&](int q) {
            I lane;
            BOUTON_UNROLL for (int k = 0; k < kFloats; ++k) lane[k] = 1 << (q * kFloats + k);
            const I kept = (all & lane) == lane;
            return sum.piece[q] + F(I(a.piece[q]) & kept) * b.piece[q];
        });
    }
    static float total(const Vector& v) {
        F sum = v.piece[0];
        for (int q = 1; q < kPieces; ++q) sum += v.piece[q];
        float all = 0.0f;
        for (int k = 0; k < kFloats; ++k) all += sum[k];
        return all;
    }

    static Words words(std::uint64_t x) {
        return each_word([x](int) { return x - U{}; });
    }
    static Words count_from(std::uint64_t x) {
        return each_word([x](int q) {
            U piece = x - U{};
            for (int k = 0; k < kLongs; ++k) piece[k] += static_cast<std::uint64_t>(q * kLongs + k);
            return piece;
        });
    }
    template <std::uint32_t Factor>
    static Words multiply_low(const Words& x) {
        return each_word([&](int q) { return product_of_low(x.piece[q], Factor - U{}); });
    }
    static Words mix_high(const Words& product, const Words& word, std::uint64_t key) {
        return each_word([&](int q) { return (product.piece[q] >> 32) ^ word.piece[q] ^ (key - U{}); });
    }
    static Words join(const Words& low, const Words& high) {
        return each_word([&](int q) { return (low.piece[q] & 0xffffffffU) | (high.piece[q] << 32); });
    }
    static Words either(const Words& a, const Words& b) {
        return each_word([&](int q) { return a.piece[q] | b.piece[q]; });
    }
    static Words both(const Words& a, const Words& b) {
        return each_word([&](int q) { return a.piece[q] & b.piece[q]; });
    }
    static void store_words(std::uint16_t* p, const Words& x) { std::memcpy(p, &x, sizeof x); }

private:
    static U product_of_low(U a, U b) {
#if defined(__AVX2__)
        return U(_mm256_mul_epu32(__m256i(a), __m256i(b)));
#elif defined(__SSE2__)
        return U(_mm_mul_epu32(__m128i(a), __m128i(b)));
#else
        return (a & 0xffffffffU) * (b & 0xffffffffU);
#endif
    }
};

}  // namespace
}  // namespace bouton::ann
