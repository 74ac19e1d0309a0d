// SPDX-License-Identifier: BSD-3-Clause
#include "base/cache_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bouton::base {
namespace {

TEST(CacheLines, VectorsShareNone) {
    std::vector<CacheLineVector<std::uint8_t>> many(50);
    std::vector<std::uintptr_t> lines;
    for (std::size_t k = 0; k < many.size(); ++k) {
        for (std::size_t n = 0; n <= 5 * k; ++n) many[k].push_back(static_cast<std::uint8_t>(n));
        const auto first = reinterpret_cast<std::uintptr_t>(many[k].data());
        EXPECT_EQ(first % kCacheLineBytes, 0U);
        for (std::size_t n = 0; n < many[k].size(); n += kCacheLineBytes)
            lines.push_back(first / kCacheLineBytes + n / kCacheLineBytes);
    }
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(std::adjacent_find(lines.begin(), lines.end()), lines.end());
    for (std::size_t k = 0; k < many.size(); ++k)
        for (std::size_t n = 0; n <= 5 * k; ++n) EXPECT_EQ(many[k][n], static_cast<std::uint8_t>(n));
}

}  // namespace
}  // namespace bouton::base
