// SPDX-License-Identifier: BSD-3-Clause
// What large arrays ask of the system.
#pragma once

#include <cstddef>

namespace bouton::base {

/// At what multiple of bytes an array of this size should begin: one that takes a page, or huge pages, at the start of one.
std::size_t alignment_for(std::size_t bytes) noexcept;

/// Asks for huge pages under a large array: fewer faults when it is filled, fewer misses when it is used. A hint
/// that small arrays and other systems ignore. The contents do not change.
void prefer_huge_pages(void* data, std::size_t bytes) noexcept;

}  // namespace bouton::base
