// SPDX-License-Identifier: BSD-3-Clause
// AVX2 with fused multiply-add, which the compiler forms in this file (-ffp-contract=fast).
#include "ann/kernels/lanes.hpp"

namespace bouton::ann {

extern const Kernels kAvx2Kernels;
constinit const Kernels kAvx2Kernels = make_kernels<Lanes>("avx2");

}  // namespace bouton::ann
