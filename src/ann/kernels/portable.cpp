// SPDX-License-Identifier: BSD-3-Clause
// For any CPU, in the 16-byte vectors that nearly every one has.
#include "ann/kernels/lanes.hpp"

namespace bouton::ann {

extern const Kernels kPortableKernels;
constinit const Kernels kPortableKernels = make_kernels<Lanes>("portable");

}  // namespace bouton::ann
