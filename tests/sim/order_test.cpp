// SPDX-License-Identifier: BSD-3-Clause
// What happens when within a step (contract: a step, spike sources, delays of zero).
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

const std::string kHead = "[simulation]\nduration = \"1 ms\"\ndt = \"0.1 ms\"\n";

TEST(Order, SpikeTimesBelongToTheirStep) {
    Kept kept;
    auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 3
model = "spike_times"
times = [["0.3 ms", "0.1 ms"], [], ["0.29999999999 ms"]]
[[record]]
spikes = "in"
)toml",
                               1, &kept);
    const auto summary = simulation->run();
    EXPECT_EQ(summary.steps, 10);
    EXPECT_EQ(summary.spikes, 3);
    EXPECT_EQ(kept.spiked, (std::vector<Spike>{{1, 0}, {3, 0}, {3, 2}}));
    EXPECT_TRUE(kept.ended);
}

// A spike of step 2 without delay acts after the thresholds of step 2 and before its resets; the record of
// step 3 is the first to see it.
TEST(Order, ZeroDelayActsInItsOwnStepBeforeResets) {
    Kept kept;
    auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.cell]
size = 2
equations = "v : 1"
threshold = "v > 0.5"
reset = "v = v + 100"
[synapses.s]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += w"
initial = { w = 1 }
[[record]]
variables = ["v"]
of = "cell"
[[record]]
spikes = "cell"
)toml",
                               1, &kept);
    simulation->run();
    ASSERT_EQ(kept.rows.size(), 10U);
    EXPECT_EQ(kept.rows[2].values[0], (std::vector<double>{0, 0}));
    EXPECT_EQ(kept.rows[3].values[0], (std::vector<double>{1, 1}));  // seen by the threshold of step 3 only
    EXPECT_EQ(kept.rows[4].values[0], (std::vector<double>{101, 101}));
    EXPECT_EQ(kept.spiked.front(), (Spike{3, 0}));
}

TEST(Order, DelayIsRoundedToSteps) {
    for (const auto& [delay, step] : std::vector<std::pair<std::string, int>>{
             {"0 ms", 3}, {"0.1 ms", 4}, {"0.149 ms", 4}, {"0.151 ms", 5}, {"0.4 ms", 7}}) {
        Kept kept;
        auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.cell]
size = 1
equations = "v : 1"
[synapses.s]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
delay = ")toml" + delay + R"toml("
target = "v"
initial = { w = 2 }
[[record]]
variables = ["v"]
of = "cell"
)toml",
                                   1, &kept);
        simulation->run();
        for (int k = 0; k < 10; ++k)
            EXPECT_EQ(kept.rows[static_cast<std::size_t>(k)].values[0][0], k < step ? 0 : 2) << delay;
    }
}

// on_pre of all groups comes before on_post of any.
TEST(Order, AllPreEventsComeBeforePostEvents) {
    auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.out]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.cell]
size = 1
equations = "v : 1"
[synapses.first]
from = "cell"
to = "out"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_post = "v_pre = v_pre * 10"
[synapses.second]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += 3"
)toml");
    finish(*simulation);
    EXPECT_EQ(simulation->neurons("cell", "v"), std::vector<double>{30});
}

// run_regularly comes first, records see what it wrote, at 0, every, ...
TEST(Order, RegularStatementsComeBeforeRecords) {
    Kept kept;
    auto simulation = simulate(kHead + R"toml(
[neurons.cell]
size = 1
equations = "v : 1"
[[run_regularly]]
of = "cell"
every = "0.3 ms"
code = "v += 1"
[[record]]
variables = ["v"]
of = "cell"
)toml",
                               1, &kept);
    simulation->run();
    std::vector<double> seen;
    for (const auto& row : kept.rows) seen.push_back(row.values[0][0]);
    EXPECT_EQ(seen, (std::vector<double>{1, 1, 1, 2, 2, 2, 3, 3, 3, 4}));
}

TEST(Order, SummedVariablesUseTheStartOfTheStep) {
    Kept kept;
    auto simulation = simulate(kHead + R"toml(
[neurons.cell]
size = 3
equations = """
dv/dt = 1/second : 1
total : 1
"""
initial = { v = "i" }
method = "euler"
[synapses.s]
from = "cell"
to = "cell"
connect = { rule = "all_to_all" }
equations = """
w : 1
total_post = v_pre : 1 (summed)
"""
[[record]]
variables = ["total", "v"]
of = "cell"
)toml",
                               1, &kept);
    simulation->run();
    const auto& before = kept.rows[4].values[1];
    const auto& sums = kept.rows[5].values[0];
    EXPECT_DOUBLE_EQ(sums[0], before[1] + before[2]);
    EXPECT_DOUBLE_EQ(sums[2], before[0] + before[1]);
}

TEST(Order, NonFiniteValuesStopTheRun) {
    auto simulation = simulate("[simulation]\nduration = \"1 s\"\n" + std::string(R"toml(
[neurons.cell]
size = 3
equations = "dv/dt = v*v/second : 1"
method = "euler"
initial = { v = "1e200*int(i == 1) + 0" }
)toml"));
    try {
        finish(*simulation);
        FAIL() << "it ran on";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_NE(std::string(error.what()).find("'v' of neuron 1 of 'cell'"), std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace bouton::test
