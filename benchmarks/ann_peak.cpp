// SPDX-License-Identifier: BSD-3-Clause
// What the CPU can do at most of the two things that a masked product consists of: fused multiply-adds on registers
// alone, and mask bits drawn by the kernels (one binary digit of p, a draw for each bit).
#include "ann/kernels/kernels.hpp"

#include <benchmark/benchmark.h>

#include <string_view>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bouton::ann {
namespace {

constexpr std::size_t kRounds = 4096;
constexpr std::size_t kSums = 12;  // independent sums, enough to hide the latency of the multiply-add

#if defined(__x86_64__)
[[gnu::target("avx512f")]] float sums_avx512(float factor) {
    __m512 sum[kSums];
    for (auto& s : sum) s = _mm512_set1_ps(factor);
    const __m512 a = _mm512_set1_ps(factor), b = _mm512_set1_ps(1.0f - factor);
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (auto& s : sum) s = _mm512_fmadd_ps(s, a, b);
    }
    __m512 total = sum[0];
    for (std::size_t k = 1; k < kSums; ++k) total = _mm512_add_ps(total, sum[k]);
    return _mm512_cvtss_f32(total);
}

[[gnu::target("avx2,fma")]] float sums_avx2(float factor) {
    __m256 sum[kSums];
    for (auto& s : sum) s = _mm256_set1_ps(factor);
    const __m256 a = _mm256_set1_ps(factor), b = _mm256_set1_ps(1.0f - factor);
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (auto& s : sum) s = _mm256_fmadd_ps(s, a, b);
    }
    __m256 total = sum[0];
    for (std::size_t k = 1; k < kSums; ++k) total = _mm256_add_ps(total, sum[k]);
    return _mm256_cvtss_f32(total);
}
#endif

typedef float Four __attribute__((vector_size(16)));

float sums_portable(float factor) {
    const Four a = factor - Four{}, b = 1.0f - a;
    Four sum[kSums];
    for (auto& s : sum) s = a;
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (auto& s : sum) s = s * a + b;
    }
    Four total = sum[0];
    for (std::size_t k = 1; k < kSums; ++k) total += sum[k];
    return total[0];
}

struct Sums {
    float (*run)(float factor);
    std::size_t lanes;
};

Sums best_sums() {
#if defined(__x86_64__)
    const std::string_view name = best_kernels().name;
    if (name == "avx512") return {sums_avx512, 16};
    if (name == "avx2") return {sums_avx2, 8};
#endif
    return {sums_portable, 4};
}

/// Summed over the benchmark's threads, as each sets its own.
benchmark::Counter per_second(const benchmark::State& state, std::size_t each_iteration) {
    return {static_cast<double>(each_iteration) * static_cast<double>(state.iterations()),
            benchmark::Counter::kIsRate};
}

void multiply_adds(benchmark::State& state) {
    const Sums sums = best_sums();
    float factor = 0.5f;
    for (auto _ : state) {
        benchmark::DoNotOptimize(factor);
        benchmark::DoNotOptimize(sums.run(factor));
    }
    state.SetLabel(best_kernels().name);
    state.counters["multiply_adds"] = per_second(state, kRounds * kSums * sums.lanes);
}

void mask_bits(benchmark::State& state) {
    const Kernels& kernels = best_kernels();
    const MaskStream stream = mask_stream(1, 0, 0, Keep(0.5));
    alignas(64) std::uint16_t bits[64];
    constexpr std::size_t tiles = 256;
    for (auto _ : state) {
        for (std::size_t tile = 0; tile < tiles; ++tile) {
            kernels.draw(stream, 0, 8 * tile, 0, bits);
            benchmark::DoNotOptimize(bits);
        }
    }
    state.SetLabel(kernels.name);
    state.counters["mask_bits"] = per_second(state, tiles * 64 * 16);
}

BENCHMARK(multiply_adds)->ThreadRange(1, 2)->UseRealTime()->MinTime(0.1);
BENCHMARK(mask_bits)->ThreadRange(1, 2)->UseRealTime()->MinTime(0.1);

}  // namespace
}  // namespace bouton::ann
