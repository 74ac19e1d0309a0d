// SPDX-License-Identifier: BSD-3-Clause
// AVX-512: 16 floats per register; a mask register, loaded from the tile's bits, makes the fused multiply-add skip
// the weights that are dropped.
#include "ann/kernels/kernels.hpp"
#include "ann/kernels/philox_tile.hpp"
#include "ann/kernels/tiles.hpp"

#include <immintrin.h>

namespace bouton::ann {
namespace {

struct Avx512 {
    using Vector = __m512;
    using Words = __m512i;
    using Generator = TileGenerator<Avx512>;
    static constexpr int kLongs = 8;
    static constexpr bool kOverlaps = true;  ///< enough registers to draw between the products

    static Vector zero() { return _mm512_setzero_ps(); }
    static Vector load(const float* p) { return _mm512_load_ps(p); }
    static void store(float* p, Vector v) { _mm512_store_ps(p, v); }
    static Vector broadcast(const float* p) { return _mm512_set1_ps(*p); }
    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
    static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
    static Vector add_product(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
    static Vector add_kept(Vector sum, Vector a, Vector b, const std::uint16_t* mask) {
        __mmask16 kept;  // straight from memory: GCC would go through a general register
        asm("kmovw %1, %0" : "=k"(kept) : "m"(*mask));
        return _mm512_mask3_fmadd_ps(a, b, sum, kept);
    }
    static float total(Vector v) { return _mm512_reduce_add_ps(v); }

    static Words words(std::uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
    static Words count_from(std::uint64_t x) {
        return _mm512_add_epi64(words(x), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    }
    template <std::uint32_t Factor>
    static Words multiply_low(Words x) {
        return _mm512_mul_epu32(x, words(Factor));
    }
    /// (product >> 32) ^ word ^ key; what stands above bit 32 is never read.
    static Words mix_high(Words product, Words word, std::uint64_t key) {
        return _mm512_ternarylogic_epi64(_mm512_srli_epi64(product, 32), word, words(key), 0x96);
    }
    static Words join(Words low, Words high) {
        return _mm512_mask_shuffle_epi32(low, 0xAAAA, high, static_cast<_MM_PERM_ENUM>(0xA0));
    }
    static Words either(Words a, Words b) { return _mm512_or_si512(a, b); }
    static Words both(Words a, Words b) { return _mm512_and_si512(a, b); }
    static void store_words(std::uint16_t* p, Words x) { _mm512_store_si512(p, x); }
};

}  // namespace

extern const Kernels kAvx512Kernels;
constinit const Kernels kAvx512Kernels = make_kernels<Avx512>("avx512");

}  // namespace bouton::ann
