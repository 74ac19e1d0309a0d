// SPDX-License-Identifier: BSD-3-Clause
// Structural plasticity: what goes, what comes, its number, its first values, and spikes in flight.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace bouton::test {
namespace {

// Sources of `in` fire at `times`; synapses of w = 1 onto silent cells that count what arrives.
std::string network(const std::string& times, const std::string& synapses) {
    return R"toml(
[simulation]
duration = "4 ms"
[neurons.in]
size = 4
model = "spike_times"
times = )toml" +
           times + R"toml(
[neurons.cells]
size = 5
equations = "v : 1"
[synapses.s]
from = "in"
to = "cells"
target = "v"
)toml" + synapses;
}

TEST(Structure, SpikesInFlightOverPrunedSynapsesAreDropped) {
    auto simulation = simulate(network(R"([["0.5 ms"], ["0.5 ms"], [], []])", R"toml(
connect = { rule = "all_to_all" }
delay = "1 ms"
initial = { w = "1 + j" }
structure = { prune = "w > 3", every = "1 ms" }
)toml"));
    finish(*simulation);
    EXPECT_EQ(simulation->neurons("cells", "v"), (std::vector<double>{2, 4, 6, 0, 0}));
    EXPECT_EQ(simulation->summary().synapses, 12);
}

// At the end of the steps that end at 1, 2, 3 ms, not at t = 0: the first spike, at 0.5 ms, meets all synapses, the one at 1 ms, whose
// step begins there, only those that stay.
TEST(Structure, TheFirstChangeComesOnePeriodIn) {
    auto simulation = simulate(network(R"([["0.5 ms", "1 ms"], [], [], []])", R"toml(
connect = { rule = "all_to_all" }
initial = { w = "1 + j" }
structure = { prune = "w < 2.5", every = "1 ms" }
)toml"));
    finish(*simulation);
    EXPECT_EQ(simulation->neurons("cells", "v"), (std::vector<double>{1, 2, 6, 8, 10}));
    auto late = simulate(network(R"([["0.9 ms"], [], [], []])", R"toml(
connect = { rule = "all_to_all" }
initial = { w = "1 + j" }
structure = { prune = "w < 2.5", every = "1 ms" }
)toml"));
    finish(*late);
    EXPECT_EQ(late->neurons("cells", "v"), (std::vector<double>{1, 2, 3, 4, 5}));
}

TEST(Structure, ASpikeInFlightReachesASynapseThatHasGrown) {
    auto simulation = simulate(network(R"([["0.5 ms"], [], [], ["1.9 ms"]])", R"toml(
connect = { pairs = [[0, 0], [3, 0]] }
delay = "1 ms"
initial = { w = "1 + 10*i" }
structure = { grow = { p = 1 }, every = "1 ms" }
)toml"));
    finish(*simulation);
    EXPECT_EQ(simulation->summary().synapses, 20);
    EXPECT_EQ(simulation->neurons("cells", "v"), std::vector<double>(5, 32));
}

TEST(Structure, NumbersAreNeverUsedAgainAndRecordsHaveAColumnEach) {
    for (const int blocks : {1, 2, 3}) {
        Kept kept;
        auto simulation = simulate(network(R"([[], [], [], []])", R"toml(
connect = { rule = "fixed_probability", p = 0.4 }
initial = { w = "rand()" }
structure = { prune = "w < 0.5", grow = { p = 0.3 }, every = "1 ms" }
[[record]]
variables = ["w"]
of = "s"
every = "1 ms"
)toml"),
                                   blocks, &kept);
        simulation->run();
        ASSERT_EQ(kept.groups.size(), 1U);
        const auto& group = kept.groups[0].second;
        ASSERT_FALSE(group.id.empty());
        EXPECT_TRUE(std::is_sorted(group.id.begin(), group.id.end()));
        std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (std::size_t k = 0; k < group.id.size(); ++k) pairs.emplace(group.source[k], group.target[k]);
        EXPECT_EQ(pairs.size(), group.id.size());
        ASSERT_EQ(kept.rows.size(), 4U);
        EXPECT_TRUE(kept.streams.samples[0].grows);
        const std::size_t columns = kept.streams.samples[0].indices.size();
        for (const auto& row : kept.rows) EXPECT_EQ(row.values[0].size(), columns + row.columns_added);
        EXPECT_GT(kept.rows[3].columns_added, kept.rows[1].columns_added);
        // A column keeps its weight until the synapse goes, and is never filled again.
        for (std::size_t row = 1; row < 4; ++row) {
            const auto& before = kept.rows[row - 1].values[0];
            const auto& now = kept.rows[row].values[0];
            for (std::size_t c = 0; c < before.size(); ++c) {
                if (std::isnan(before[c]))
                    EXPECT_TRUE(std::isnan(now[c]));
                else if (before[c] < 0.5)
                    EXPECT_TRUE(std::isnan(now[c]));
                else
                    EXPECT_EQ(now[c], before[c]);
            }
        }
    }
}

// The same history in any number of blocks, with delays that are drawn anew for what grows.
TEST(Structure, DoesNotDependOnBlocks) {
    const std::string text =
        network(R"([["0.5 ms", "2.2 ms"], ["0.7 ms"], ["1.2 ms", "1.8 ms"], ["2.9 ms"]])", R"toml(
connect = { rule = "fixed_probability", p = 0.5 }
delay = "rand()*1*ms"
dendritic_delay = "rand()*0.8*ms"
initial = { w = "rand()" }
structure = { prune = "w < 0.4", grow = { p = "0.1 + 0.5*int(i > j)" }, every = "0.5 ms" }
)toml");
    auto one = simulate(text, 1);
    finish(*one);
    EXPECT_GT(one->neurons("cells", "v")[0], 0);
    for (const int blocks : {2, 3, 5}) {
        auto other = simulate(text, blocks);
        finish(*other);
        EXPECT_EQ(other->neurons("cells", "v"), one->neurons("cells", "v"));
        EXPECT_EQ(other->synapses("s", "w"), one->synapses("s", "w"));
        EXPECT_EQ(other->synapses("s", "target"), one->synapses("s", "target"));
    }
}

TEST(Structure, ListsOfValuesCannotGrow) {
    EXPECT_THROW(simulate(network(R"([[], [], [], []])", R"toml(
connect = { pairs = [[0, 0], [3, 0]] }
initial = { w = { values = [1, 2] } }
structure = { grow = { p = 1 }, every = "1 ms" }
)toml")),
                 base::Error);
}

}  // namespace
}  // namespace bouton::test
