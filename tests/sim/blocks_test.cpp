// SPDX-License-Identifier: BSD-3-Clause
// Networks give the same bits whatever the number of target blocks and the back end.
#include "tests/sim/running.hpp"
#include "tests/sim/state_cases.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

// Plastic, unreliable, delayed, with sums at both ends: everything whose order could depend on blocks.
const std::string kNetwork = state_cases().front().toml;

struct Result {
    std::vector<double> v, g, seen, total, w, k;
};

void expect_same(const Result& a, const Result& b) {
    EXPECT_EQ(a.v, b.v);
    EXPECT_EQ(a.g, b.g);
    EXPECT_EQ(a.seen, b.seen);
    EXPECT_EQ(a.total, b.total);
    EXPECT_EQ(a.w, b.w);
    EXPECT_EQ(a.k, b.k);
}

Result run(int blocks, sim::Backend backend) {
    auto simulation = simulate(kNetwork, blocks, nullptr, backend);
    finish(*simulation);
    EXPECT_GT(simulation->summary().spikes, 50);
    return {simulation->neurons("cells", "v"),    simulation->neurons("cells", "g"),
            simulation->neurons("cells", "seen"), simulation->neurons("cells", "total"),
            simulation->synapses("plain", "w"),   simulation->synapses("back", "k")};
}

TEST(Blocks, ResultsDoNotDependOnThem) {
    const Result one = run(1, sim::Backend::interpreted);
    for (const int blocks : {2, 3, 7}) {
        SCOPED_TRACE(blocks);
        expect_same(run(blocks, sim::Backend::interpreted), one);
    }
}

TEST(Blocks, BothBackEndsAgree) {
    if (!runtime::compiler_available({})) GTEST_SKIP() << "no compiler";
    expect_same(run(2, sim::Backend::compiled), run(1, sim::Backend::interpreted));
}

}  // namespace
}  // namespace bouton::test
