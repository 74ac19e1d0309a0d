// SPDX-License-Identifier: BSD-3-Clause
// What decays reaches zero by way of the least normal number, on both back ends and on all threads alike.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace bouton::test {
namespace {

// 9001 neurons are up to four shares. x is 1.2e-38 after 2.1 ms in the exact step, and 1.1e-38, less than the least
// normal number of `float`, one step later.
std::vector<double> decayed(const char* duration, sim::Backend backend, int threads) {
    auto simulation = simulate(R"toml(
[simulation]
precision = "float"
duration = ")toml" + std::string(duration) +
                                   R"toml("
[neurons.cells]
size = 9001
equations = "dx/dt = -x/(1*ms) : 1"
initial = { x = 1e-37 }
)toml",
                               0, nullptr, backend, threads);
    finish(*simulation);
    return simulation->neurons("cells", "x");
}

TEST(Subnormal, ValuesAreZero) {
    for (const auto backend : {sim::Backend::interpreted, sim::Backend::compiled})
        for (const int threads : {1, 3}) {
            const auto before = decayed("2.1 ms", backend, threads);
            EXPECT_EQ(before, std::vector<double>(9001, before[0]));
            EXPECT_NEAR(before[0], 1.2246e-38, 1e-41);
            EXPECT_GE(before[0], double{std::numeric_limits<float>::min()});
            EXPECT_EQ(decayed("2.2 ms", backend, threads), std::vector<double>(9001, 0.0));
        }
}

TEST(Subnormal, TheCallersThreadGoesOnAsBefore) {
    const auto after = decayed("2.2 ms", sim::Backend::interpreted, 1);
    volatile double least = std::numeric_limits<double>::min();
    EXPECT_GT(least * 0.5, 0.0);
    EXPECT_EQ(after[0], 0.0);
}

}  // namespace
}  // namespace bouton::test
