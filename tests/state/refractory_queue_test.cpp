// SPDX-License-Identifier: BSD-3-Clause
#include "state/refractory_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bouton::state {
namespace {

std::vector<std::uint32_t> released(RefractoryQueue& refractory, std::int64_t step) {
    std::vector<std::uint32_t> neurons;
    refractory.release(step, [&](std::uint32_t k) { neurons.push_back(k); });
    return neurons;
}

std::vector<std::uint32_t> all(const RefractoryQueue& refractory) {
    return {refractory.all().begin(), refractory.all().end()};
}

using Neurons = std::vector<std::uint32_t>;

TEST(RefractoryQueues, NeuronsAreReleasedAtTheirStepInOrder) {
    RefractoryQueue refractory;
    refractory.enter(Neurons{7, 3}, 10);
    refractory.enter(Neurons{5}, 12);
    EXPECT_EQ(all(refractory), (Neurons{7, 3, 5}));
    EXPECT_EQ(released(refractory, 9), Neurons{});
    EXPECT_EQ(released(refractory, 10), (Neurons{7, 3}));
    EXPECT_EQ(all(refractory), (Neurons{5}));
    EXPECT_EQ(released(refractory, 10), Neurons{});
    EXPECT_EQ(released(refractory, 20), (Neurons{5}));
    EXPECT_EQ(all(refractory), Neurons{});
}

TEST(RefractoryQueues, NobodyIsLostWhileManyComeAndGo) {
    RefractoryQueue refractory;
    for (std::uint32_t step = 0; step < 1000; ++step) {
        const Neurons due = step < 20 ? Neurons{} : Neurons{step - 20, step + 10000 - 20};
        EXPECT_EQ(released(refractory, step), due);
        refractory.enter(Neurons{step, step + 10000}, step + 20);
        EXPECT_EQ(refractory.all().size(), 2 * std::min<std::size_t>(step + 1, 20));
    }
}

}  // namespace
}  // namespace bouton::state
