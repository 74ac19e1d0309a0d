// SPDX-License-Identifier: BSD-3-Clause
#include "base/pages.hpp"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace bouton::base {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;  // x86-64's, and the usual one of others
constexpr std::size_t kPage = 4096;
constexpr std::size_t kCacheLine = 64;

}  // namespace

std::size_t alignment_for(std::size_t bytes) noexcept {
    return bytes < kPage ? kCacheLine : bytes < kHugePage ? kPage : kHugePage;
}

void prefer_huge_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes < kHugePage) return;
    const std::size_t before = (kPage - reinterpret_cast<std::uintptr_t>(data) % kPage) % kPage;
    const std::size_t length = (bytes - before) / kPage * kPage;
    (void)madvise(static_cast<std::byte*>(data) + before, length, MADV_HUGEPAGE);
#endif
}

}  // namespace bouton::base
