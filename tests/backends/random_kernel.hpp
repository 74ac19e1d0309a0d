// SPDX-License-Identifier: BSD-3-Clause
// Random well-typed kernels for comparing the back ends.
#pragma once

#include "codegen/ir/ir.hpp"

#include <cstdint>

namespace bouton::test {

/// The kernel of a seed: any domain, any ops, all rules of ir.hpp kept.
codegen::Kernel random_kernel(std::uint64_t seed);

}  // namespace bouton::test
