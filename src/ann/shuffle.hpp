// SPDX-License-Identifier: BSD-3-Clause
// The order in which an epoch shows its examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouton::ann {

/// A permutation of [0, n), uniform over all of them (Fisher & Yates), fixed by seed and epoch.
std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed, std::size_t epoch);

}  // namespace bouton::ann
