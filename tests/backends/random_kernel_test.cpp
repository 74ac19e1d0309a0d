// SPDX-License-Identifier: BSD-3-Clause
// Two hundred random kernels in few modules: whatever is lowered, both back ends must leave the same bits.
#include "tests/backends/random_kernel.hpp"
#include "tests/backends/world.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

class RandomKernels : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomKernels, GiveTheSameBits) {
    std::vector<codegen::Kernel> kernels;
    for (std::uint64_t k = 0; k < 25; ++k) kernels.push_back(random_kernel(GetParam() * 25 + k));
    expect_same(kernels, GetParam() % 2 == 0 ? Fill::plain : Fill::special);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomKernels, ::testing::Range<std::uint64_t>(0, 8));

}  // namespace
}  // namespace bouton::test
