// SPDX-License-Identifier: BSD-3-Clause
// Delayed events against a plain list of events, for delays the same for all and per synapse, axonal and
// dendritic, in one, two and three blocks of targets.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace bouton::test {
namespace {

constexpr int kSteps = 200;
constexpr int kSources = 7;
constexpr int kTargets = 11;

std::string times(int neurons, int salt) {
    std::string text = "[";
    for (int n = 0; n < neurons; ++n) {
        text += "[";
        for (int k = 0; k < 6; ++k) {
            const int step = (n * 13 + k * (17 + salt) + salt) % (kSteps - 1);
            text += "\"" + std::to_string(step / 10) + "." + std::to_string(step % 10) + " ms\", ";
        }
        text += "], ";
    }
    return text + "]";
}

std::vector<std::vector<int>> steps_of(int neurons, int salt) {
    std::vector<std::vector<int>> steps(static_cast<std::size_t>(neurons));
    for (int n = 0; n < neurons; ++n) {
        for (int k = 0; k < 6; ++k)
            steps[static_cast<std::size_t>(n)].push_back((n * 13 + k * (17 + salt) + salt) % (kSteps - 1));
    }
    return steps;
}

std::string network(const std::string& delays, const std::string& code) {
    return R"toml(
[simulation]
duration = "20 ms"
[neurons.in]
size = 7
model = "spike_times"
times = )toml" +
           times(kSources, 0) + R"toml(
[neurons.out]
size = 11
model = "spike_times"
times = )toml" +
           times(kTargets, 4) + R"toml(
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
)toml" + delays +
           R"toml(
equations = """
n_pre_events : integer
n_post_events : integer
sum_pre_events : integer
sum_post_events : integer
"""
)toml" + code +
           "\n";
}

const std::string kCount = R"toml(
on_pre = """
n_pre_events += 1
sum_pre_events += int(t/dt + 0.5)
"""
on_post = """
n_post_events += 1
sum_post_events += int(t/dt + 0.5)
"""
)toml";

// The sum over events of the step in which each acts.
std::vector<double> expected(const std::vector<std::vector<int>>& steps, bool by_source,
                             const std::function<int(int, int)>& delay) {
    std::vector<double> sums;
    for (int i = 0; i < kSources; ++i) {
        for (int j = 0; j < kTargets; ++j) {
            double sum = 0;
            for (const int step : steps[static_cast<std::size_t>(by_source ? i : j)]) {
                if (step + delay(i, j) < kSteps) sum += step + delay(i, j);
            }
            sums.push_back(sum);
        }
    }
    return sums;
}

class Delays : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Blocks, Delays, testing::Values(1, 2, 3));

TEST_P(Delays, TheSameForAll) {
    auto simulation =
        simulate(network("delay = \"1.5 ms\"\ndendritic_delay = \"0.7 ms\"", kCount), GetParam());
    finish(*simulation);
    EXPECT_EQ(simulation->synapses("s", "sum_pre_events"),
              expected(steps_of(kSources, 0), true, [](int, int) { return 15; }));
    EXPECT_EQ(simulation->synapses("s", "sum_post_events"),
              expected(steps_of(kTargets, 4), false, [](int, int) { return 7; }));
}

TEST_P(Delays, PerSynapseAtBothEnds) {
    auto simulation = simulate(
        network("delay = \"(1 + (3*i + 5*j) % 8) * 0.1*ms\"\ndendritic_delay = \"((i*j) % 6) * 0.2*ms\"",
                kCount),
        GetParam());
    finish(*simulation);
    EXPECT_EQ(simulation->synapses("s", "sum_pre_events"),
              expected(steps_of(kSources, 0), true, [](int i, int j) { return 1 + (3 * i + 5 * j) % 8; }));
    EXPECT_EQ(simulation->synapses("s", "sum_post_events"),
              expected(steps_of(kTargets, 4), false, [](int i, int j) { return 2 * ((i * j) % 6); }));
}

// Two presynaptic pathways with a delay per synapse each: one gets the rows in its order, one an index.
TEST_P(Delays, TwoPathwaysWithDelaysOfTheirOwn) {
    auto simulation =
        simulate(network("delay = { early = \"(i + j) % 5 * 0.1*ms\", late = \"(1 + (i*j) % 7) * 0.1*ms\" }",
                         R"toml(
[synapses.s.on_pre]
early = "sum_pre_events += int(t/dt + 0.5)"
late = "sum_post_events += int(t/dt + 0.5)"
)toml"),
                 GetParam());
    finish(*simulation);
    EXPECT_EQ(simulation->synapses("s", "sum_pre_events"),
              expected(steps_of(kSources, 0), true, [](int i, int j) { return (i + j) % 5; }));
    EXPECT_EQ(simulation->synapses("s", "sum_post_events"),
              expected(steps_of(kSources, 0), true, [](int i, int j) { return 1 + (i * j) % 7; }));
}

// The ring of input behind a dendritic delay: arrives at delay + dendritic_delay, for one or for many.
TEST_P(Delays, TransmissionPassesTheDendrite) {
    for (const bool many : {false, true}) {
        const std::string dendritic = many ? "(j % 4) * 0.3*ms" : "0.9 ms";
        auto simulation = simulate(R"toml(
[simulation]
duration = "20 ms"
[neurons.in]
size = 7
model = "spike_times"
times = )toml" + times(kSources, 0) + R"toml(
[neurons.cells]
size = 11
equations = """
v : 1
arrived : 1
"""
[[run_regularly]]
of = "cells"
every = "0.1 ms"
code = """
arrived += v*(t/dt - 1)
v = 0
"""
[synapses.s]
from = "in"
to = "cells"
connect = { rule = "all_to_all" }
delay = "0.4 ms"
target = "v"
initial = { w = "1 + i" }
dendritic_delay = ")toml" + dendritic + "\"\n",
                                   GetParam());
        finish(*simulation);
        const auto steps = steps_of(kSources, 0);
        std::vector<double> sums;
        for (int j = 0; j < kTargets; ++j) {
            double sum = 0;
            for (int i = 0; i < kSources; ++i) {
                for (const int step : steps[static_cast<std::size_t>(i)]) {
                    const int arrival = step + 4 + (many ? 3 * (j % 4) : 9);
                    if (arrival + 1 < kSteps) sum += (1.0 + i) * arrival;
                }
            }
            sums.push_back(sum);
        }
        const auto arrived = simulation->neurons("cells", "arrived");
        for (std::size_t j = 0; j < sums.size(); ++j) EXPECT_NEAR(arrived[j], sums[j], 1e-6) << j;
    }
}

TEST(DelayErrors, SayWhose) {
    for (const std::string delay : {"\"-1*ms\"", "\"10 s\"", "\"(3 - i)*ms\""}) {
        try {
            simulate(network("delay = " + delay, kCount));
            FAIL() << delay;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2) << error.what();
        }
    }
}

}  // namespace
}  // namespace bouton::test
