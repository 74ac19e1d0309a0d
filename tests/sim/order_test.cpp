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

// A duration that is the same for all is kept as a flag that spikes change; one that could differ is compared with
// the time since the last spike. Both must give the same, also to what events and records see of it.
TEST(Order, RefractorinessIsTheSameHoweverItIsKept) {
    for (const std::string duration : {"0 ms", "0.1 ms", "0.39999999 ms", "2 ms", "100 s"}) {
        Kept kept[2];
        for (int general = 0; general < 2; ++general) {
            const std::string toml = R"toml([simulation]
duration = "30 ms"
seed = 4
[neurons.cell]
size = 40
equations = """
dv/dt = (1.5 - v + g)/(2*ms) : 1 (unless refractory)
dg/dt = -g/(3*ms) : 1
free = int(not_refractory) : 1
since = t - lastspike : second
"""
threshold = "v > 1"
reset = "v = 0"
refractory = "DURATION"
initial = { v = "rand()" }
[input.drive]
to = "cell"
target = "v"
rate = "2 kHz"
weight = "0.05"
[synapses.s]
from = "cell"
to = "cell"
connect = { rule = "fixed_probability", p = 0.2 }
equations = "w : 1"
on_pre = "v_post += w"
delay = "0.3 ms"
initial = { w = 0.02 }
[[record]]
spikes = "cell"
[[record]]
variables = ["v", "free", "since"]
of = "cell"
)toml";
            const std::string text = general == 1
                                         ? "(" + duration.substr(0, duration.find(' ')) + " + 0*i)*ms"
                                         : duration.substr(0, duration.find(' ')) + "*ms";
            const auto at = toml.find("DURATION");
            const std::string unit = duration.ends_with(" s") ? "*1000" : "";
            simulate(toml.substr(0, at) + text + unit + toml.substr(at + 8), 1, &kept[general])->run();
        }
        EXPECT_FALSE(kept[0].spiked.empty());
        EXPECT_EQ(kept[0].spiked, kept[1].spiked) << duration;
        ASSERT_EQ(kept[0].rows.size(), kept[1].rows.size());
        for (std::size_t k = 0; k < kept[0].rows.size(); ++k)
            EXPECT_EQ(kept[0].rows[k].values, kept[1].rows[k].values) << duration << " row " << k;
    }
}

TEST(Order, DelayIsRoundedToSteps) {
    for (const auto& [delay, step] : std::vector<std::pair<std::string, int>>{{"0 ms", 3},
                                                                              {"0.1 ms", 4},
                                                                              {"0.149 ms", 4},
                                                                              {"0.151 ms", 5},
                                                                              {"0.4 ms", 7},
                                                                              {"(0.149 + 0*i)*ms", 4},
                                                                              {"(0.151 + 0*i)*ms", 5},
                                                                              {"0.19*ms*(1 + 0*j)", 5}}) {
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
