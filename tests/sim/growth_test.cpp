// SPDX-License-Identifier: BSD-3-Clause
// Synapses that grow, against closed forms: who may grow, what they have missed, what they remember.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace bouton::test {
namespace {

using Pair = std::pair<int, int>;

// By the numbers of the neurons in the whole group; those of synapses count from the slices.
std::map<Pair, double> weights(sim::Simulation& simulation) {
    const auto source = simulation.synapses("s", "source"), target = simulation.synapses("s", "target");
    const auto w = simulation.synapses("s", "w");
    std::map<Pair, double> found;
    for (std::size_t k = 0; k < w.size(); ++k)
        found[{static_cast<int>(source[k]), 10 + static_cast<int>(target[k])}] += w[k];
    return found;
}

std::string slices(const std::string& more, const std::string& p) {
    return R"toml(
[simulation]
duration = "3 ms"
[neurons.a]
size = 30
equations = "v : 1"
[synapses.s]
from = "a[0:20]"
to = "a[10:30]"
target = "v"
initial = { w = 1 }
structure = { grow = { p = )toml" +
           p + R"toml( }, every = "1 ms" }
connect = { pairs = [[0, 0]])toml" +
           more + " }\n";
}

// a[0:20] to a[10:30]: of 400 pairs ten are those of a neuron with itself. Whether the probability is a number, which is drawn
// by gaps, or an expression.
TEST(Growth, AutapsesGrowOnlyWhereTheyAreAllowed) {
    for (const std::string p : {"1", "\"1 - 0*i\""}) {
        for (const int blocks : {1, 3}) {
            auto without = simulate(slices("", p), blocks);
            finish(*without);
            const auto found = weights(*without);
            EXPECT_EQ(found.size(), 390U) << p;
            for (int k = 10; k < 20; ++k) EXPECT_FALSE(found.contains({k, k})) << p << ' ' << k;
            for (const auto& [pair, w] : found) EXPECT_EQ(w, 1) << p;

            auto with = simulate(slices(", autapses = true", p), blocks);
            finish(*with);
            EXPECT_EQ(weights(*with).size(), 400U) << p;
        }
    }
}

// With multapses each of three edits adds one synapse a pair, and none from a neuron to itself.
TEST(Growth, MultapsesGrowWithoutAutapses) {
    auto simulation = simulate(slices(", multapses = true", "1"));
    finish(*simulation);
    const auto found = weights(*simulation);
    EXPECT_EQ(found.size(), 390U);
    for (const auto& [pair, w] : found) {
        const bool was_there = pair == Pair{0, 10};
        EXPECT_EQ(w, was_there ? 4 : 3) << pair.first << ' ' << pair.second;
    }
}

// Every pair grows as often as the next one, those of the first and last row and column too: counts within five standard
// errors of a binomial.
TEST(Growth, RowsAndColumnsGrowEquallyOften) {
    constexpr int kRuns = 200;
    const double p = 0.2, chance = 1 - std::pow(1 - p, 3);
    std::map<Pair, int> hits;
    for (int seed = 0; seed < kRuns; ++seed) {
        std::string text = slices("", "0.2");
        text.replace(text.find("duration"), 0, "seed = " + std::to_string(seed) + "\n");
        auto simulation = simulate(text);
        finish(*simulation);
        for (const auto& [pair, w] : weights(*simulation)) ++hits[pair];
    }
    std::vector<double> out(30, 0), in(30, 0);
    for (const auto& [pair, count] : hits) {
        if (pair == Pair{0, 10}) continue;
        EXPECT_NEAR(count, kRuns * chance, 5 * std::sqrt(kRuns * chance * (1 - chance)));
        out.at(static_cast<std::size_t>(pair.first)) += count;
        in.at(static_cast<std::size_t>(pair.second)) += count;
    }
    const auto near = [&](double count, int pairs) {
        const double n = static_cast<double>(kRuns) * pairs;
        EXPECT_NEAR(count, n * chance, 5 * std::sqrt(n * chance * (1 - chance)));
    };
    near(out[0], 19), near(out[1], 20), near(out[19], 19), near(in[10], 18), near(in[11], 19),
        near(in[29], 20);
}

// A neuron pair of two sources: that of source 0 is there from the start with 1 ms, that of source 1 grows with 6 ms.
std::string two_delays(const std::string& kind, const std::string& times, const std::string& every,
                       const std::string& at_once) {
    return R"toml(
[simulation]
duration = "12 ms"
[neurons.in]
size = 2
model = "spike_times"
times = )toml" +
           times + R"toml(
[neurons.cell]
size = 1
equations = "v : 1"
[synapses.s]
from = "in"
to = "cell"
target = "v"
connect = { pairs = [[0, 0]] }
)toml" + kind +
           R"toml( = "1*ms + 5*ms*int(i > 0)"
initial = { w = "1 + i" }
structure = { grow = { p = 1 }, every = ")toml" +
           every + R"toml(" }
[[record]]
variables = ["v"]
of = "cell"
)toml" + at_once;
}

// Synapses that act in the step of their spike: every step then is one of its own.
const std::string kAtOnce = R"toml(
[synapses.at_once]
from = "cell"
to = "cell"
target = "v"
connect = { rule = "all_to_all", autapses = true }
initial = { w = 1 }
)toml";

// The first step whose record shows the value.
std::int64_t first_with(const Kept& kept, double value) {
    for (const auto& row : kept.rows)
        if (row.values[0][0] == value) return row.step;
    return -1;
}

// The spike of source 1 is due 6 ms later, wherever the synapse was when it set out: it grew after the spike (at 5 ms, or at 1 ms)
// or before it. Records stand before the events of their step.
TEST(Growth, LongerDelaysFindTheSpikesUnderWay) {
    struct Case {
        std::string kind, every, spike;
    };
    for (const auto& [kind, every, spike] : {Case{"delay", "5 ms", "5.5 ms"},
                                             {"delay", "1 ms", "1.2 ms"},
                                             {"delay", "1 ms", "2 ms"},
                                             {"delay", "5 ms", "0.1 ms"},
                                             {"delay", "5 ms", "3.3 ms"},
                                             {"delay", "5 ms", "4.9 ms"},
                                             {"delay", "1 ms", "0.3 ms"},
                                             {"dendritic_delay", "5 ms", "5.5 ms"},
                                             {"dendritic_delay", "1 ms", "1.2 ms"},
                                             {"dendritic_delay", "1 ms", "2 ms"}}) {
        for (const std::string& at_once : {std::string(), kAtOnce}) {
            Kept kept;
            simulate(two_delays(kind, "[[], [\"" + spike + "\"]]", every, at_once), 1, &kept)->run();
            EXPECT_EQ(first_with(kept, 2), std::lround(std::stod(spike) * 10) + 60 + 1)
                << kind << ' ' << every << ' ' << spike << at_once;
        }
    }
}

// What lay in the ring of dendritic delays when it became longer arrives when it was due.
TEST(Growth, InputUnderWayStaysWhenTheRingIsLengthened) {
    Kept kept;
    auto simulation =
        simulate(two_delays("dendritic_delay", "[[\"0.5 ms\", \"0.9 ms\"], []]", "1 ms", {}), 1, &kept);
    simulation->run();
    EXPECT_EQ(first_with(kept, 1), 5 + 10 + 1);
    EXPECT_EQ(first_with(kept, 2), 9 + 10 + 1);
    EXPECT_EQ(kept.rows.back().values[0][0], 2);
}

// x starts at 1 and decays with 10 ms: a synapse that grew at 10 ms has exp(-1) at 20 ms, one from the start exp(-2). y' = (x - y)/tau
// gives t/tau exp(-t/tau).
void check_first_step(const std::string& flag, const std::string& tau, bool coupled) {
    const std::string y = coupled ? "dy/dt = (x - y)/tau : 1 (" + flag + ")\n" : "";
    Kept kept;
    auto simulation = simulate(R"toml(
[simulation]
duration = "20 ms"
[neurons.in]
size = 2
equations = "u : 1"
[neurons.cell]
size = 1
equations = "v : 1"
[synapses.s]
from = "in"
to = "cell"
connect = { pairs = [[0, 0]] }
target = "v"
initial = { w = 1, x = 1 }
structure = { grow = { p = 1 }, every = "10 ms" }
[synapses.s.plasticity]
equations = """
w : target_unit
)toml" + std::string(tau.front() == '(' ? "tau : second\n" : "") +
                                   "dx/dt = -x/tau : 1 (" + flag + ")\n" + y + R"toml(
"""
on_pre = "x += 1"
parameters = { tau = ")toml" + tau +
                                   "\" }\n",
                               1, &kept);
    simulation->run();
    ASSERT_EQ(kept.groups.size(), 1U);
    const auto& found = kept.groups[0].second;
    ASSERT_EQ(found.source, (std::vector<std::uint32_t>{0, 1}));
    for (const auto& [name, values] : found.variables) {
        for (std::size_t k = 0; k < 2; ++k) {
            const double age = k == 0 ? 2.0 : 1.0;  // in units of tau
            const double expected = name == "x" ? std::exp(-age) : age * std::exp(-age);
            if (name == "x" || name == "y") {
                EXPECT_NEAR(values.at(k), expected, 1e-12) << name << k << flag << tau << coupled;
            }
        }
    }
    EXPECT_GE(found.variables.size(), coupled ? 3U : 2U);
}

TEST(Growth, VariablesCountFromTheirFirstStep) {
    for (const std::string flag : {"event-driven", "clock-driven"}) {
        for (const bool coupled : {false, true}) check_first_step(flag, "10 ms", coupled);
        check_first_step(flag, "(10 + 0*i)*ms", false);
    }
}

// Traces that begin at 0 and decay to it are the neurons': a synapse that grew at 5 ms finds what the spikes at 1 ms left, 6 ms
// after them, whether postsynaptic events wait or act at once. One whose trace is drawn, if only as 0, begins with that.
TEST(Growth, NewSynapsesFindTheTracesOfTheirNeurons) {
    for (const std::string more : {"", " + 0*z_pre"}) {
        for (const std::string start : {"", ", apre = \"0*rand()\", apost = \"0*rand()\""}) {
            for (const auto backend : {sim::Backend::interpreted, sim::Backend::automatic}) {
                Kept kept;
                auto simulation = simulate(R"toml(
[simulation]
duration = "10 ms"
[neurons.in]
size = 2
equations = "z : 1"
threshold = "abs(t - 1*ms) < 0.01*ms or abs(t - 7*ms) < 0.01*ms"
reset = "z = 0"
[neurons.out]
size = 1
equations = "v : 1"
threshold = "abs(t - 1*ms) < 0.01*ms or abs(t - 7*ms) < 0.01*ms"
reset = "v = 0"
[synapses.s]
from = "in"
to = "out"
connect = { pairs = [[0, 0]] }
target = "v"
structure = { grow = { p = 1 }, every = "5 ms" }
initial = { w = 0)toml" + start + R"toml( }
[synapses.s.plasticity]
equations = """
w : target_unit
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(10*ms) : 1 (event-driven)
"""
on_pre = "w += apost; apre += 1"
on_post = "w += 10*apre)toml" + more + "; apost += 1\"\n",
                                           1, &kept, backend);
                simulation->run();
                const auto& found = kept.groups.at(0).second;
                ASSERT_EQ(found.source, (std::vector<std::uint32_t>{0, 1}));
                // Within a step the presynaptic event comes first: its own trace counts for the postsynaptic one.
                const double first = 10, second = std::exp(-0.6) + 10 * (std::exp(-0.3) + 1);
                const double newborn = start.empty() ? second : 10;
                for (const auto& [name, values] : found.variables) {
                    if (name != "w") continue;
                    EXPECT_NEAR(values.at(0), first + second, 1e-12) << more << start;
                    EXPECT_NEAR(values.at(1), newborn, 1e-12) << more << start;
                }
            }
        }
    }
}

// A synapse that grew at 5 ms meets the postsynaptic spikes that are due from then on: of 1, 3.9, 4.1, 4.9, 6 and 8 ms, 1 ms later,
// four. Those from the start meet all six. `reads` makes the rule one whose events are met late, when the next presynaptic spike
// comes, or at the end.
TEST(Growth, PostsynapticSpikesUnderWayAreMet) {
    for (const std::string on_post : {"w += 1", "w = clip(w + 1 + 0*apre, 0, 100)"}) {
        for (const std::string delay : {"1 ms", "1*ms + 0*ms*i"}) {
            Kept kept;
            auto simulation = simulate(R"toml(
[simulation]
duration = "10 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["2 ms", "7.5 ms"], ["2 ms", "7.5 ms"]]
[neurons.out]
size = 1
equations = "v : 1"
threshold = "int(abs(t - 1*ms) < 0.01*ms) + int(abs(t - 3.9*ms) < 0.01*ms) + int(abs(t - 4.1*ms) < 0.01*ms) + int(abs(t - 4.9*ms) < 0.01*ms) + int(abs(t - 6*ms) < 0.01*ms) + int(abs(t - 8*ms) < 0.01*ms) > 0"
reset = "v = 0"
[synapses.s]
from = "in"
to = "out"
connect = { pairs = [[0, 0]] }
target = "v"
initial = { w = 0 }
dendritic_delay = ")toml" + delay + R"toml("
structure = { grow = { p = 1 }, every = "5 ms" }
[synapses.s.plasticity]
equations = """
w : target_unit
dapre/dt = -apre/(20*ms) : 1 (event-driven)
"""
on_pre = "apre += 1"
on_post = ")toml" + on_post + "\"\n",
                                       1, &kept);
            simulation->run();
            const auto& found = kept.groups.at(0).second;
            ASSERT_EQ(found.source, (std::vector<std::uint32_t>{0, 1}));
            for (const auto& [name, values] : found.variables) {
                if (name == "w") {
                    EXPECT_EQ(values, (std::vector<double>{6, 4})) << on_post << ' ' << delay;
                }
            }
        }
    }
}

}  // namespace
}  // namespace bouton::test
