// SPDX-License-Identifier: BSD-3-Clause
// Which kernels this CPU runs.
#include "ann/kernels/kernels.hpp"
#include "base/diagnostics.hpp"

#include <array>
#include <cstdlib>
#include <string>

namespace bouton::ann {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx2Kernels;
#endif

namespace {

struct Found {
    std::array<const Kernels*, 3> list{};
    std::size_t count = 0;

    Found() {
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
            list[count++] = &kAvx512Kernels;
        }
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) list[count++] = &kAvx2Kernels;
#endif
        list[count++] = &kPortableKernels;
    }
};

const Kernels& choose() {
    const char* wanted = std::getenv("BOUTON_SIMD");
    if (wanted == nullptr || *wanted == '\0') return *all_kernels().front();
    std::string names;
    for (const Kernels* kernels : all_kernels()) {
        if (std::string(wanted) == kernels->name) return *kernels;
        names += std::string(names.empty() ? "" : ", ") + kernels->name;
    }
    throw base::Error("BOUTON_SIMD=" + base::escape(wanted) + ": this machine runs " + names, 2);
}

}  // namespace

std::span<const Kernels* const> all_kernels() {
    static const Found found;
    return {found.list.data(), found.count};
}

const Kernels& best_kernels() {
    static const Kernels& best = choose();
    return best;
}

}  // namespace bouton::ann
