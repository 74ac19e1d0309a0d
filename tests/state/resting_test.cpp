// SPDX-License-Identifier: BSD-3-Clause
#include "state/resting.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bouton::state {
namespace {

std::vector<std::uint32_t> woken(RestingNeurons& resting, std::int64_t step) {
    std::vector<std::uint32_t> neurons;
    resting.wake(step, [&](std::uint32_t k) { neurons.push_back(k); });
    return neurons;
}

std::vector<std::uint32_t> all(const RestingNeurons& resting) {
    return {resting.all().begin(), resting.all().end()};
}

using Neurons = std::vector<std::uint32_t>;

TEST(Resting, NeuronsWakeAtTheirStepInOrder) {
    RestingNeurons resting;
    resting.add(Neurons{7, 3}, 10);
    resting.add(Neurons{5}, 12);
    EXPECT_EQ(all(resting), (Neurons{7, 3, 5}));
    EXPECT_EQ(woken(resting, 9), Neurons{});
    EXPECT_EQ(woken(resting, 10), (Neurons{7, 3}));
    EXPECT_EQ(all(resting), (Neurons{5}));
    EXPECT_EQ(woken(resting, 10), Neurons{});
    EXPECT_EQ(woken(resting, 20), (Neurons{5}));
    EXPECT_EQ(all(resting), Neurons{});
}

TEST(Resting, NobodyIsLostWhileManyComeAndGo) {
    RestingNeurons resting;
    for (std::uint32_t step = 0; step < 1000; ++step) {
        const Neurons due = step < 20 ? Neurons{} : Neurons{step - 20, step + 10000 - 20};
        EXPECT_EQ(woken(resting, step), due);
        resting.add(Neurons{step, step + 10000}, step + 20);
        EXPECT_EQ(resting.all().size(), 2 * std::min<std::size_t>(step + 1, 20));
    }
}

}  // namespace
}  // namespace bouton::state
