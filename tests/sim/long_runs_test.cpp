// SPDX-License-Identifier: BSD-3-Clause
// Runs so long that 31, 32 or 48 bits only just count their steps: the clock starts near the end of each range. A network that
// knows no time but that since its own events does the same as from 0 on, bit for bit.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bouton::test {
namespace {

// Multiples of all intervals below; the first three are crossed.
constexpr std::int64_t kStarts[] = {2147483600, 4294967200, 9223372000, 281474976710200};
constexpr std::int64_t kNever = std::int64_t{1} << 62;
constexpr sim::Backend kBackends[] = {sim::Backend::interpreted, sim::Backend::automatic};

// "0.1 ms" times a step, as text.
std::string time(std::int64_t step) {
    char text[64];
    std::snprintf(text, sizeof text, "\"%.17g ms\"", static_cast<double>(step) * 0.1);
    return text;
}

std::string times(std::int64_t start, const std::vector<std::int64_t>& steps) {
    std::string list;
    for (const std::int64_t step : steps) list += (list.empty() ? "" : ", ") + time(start + step);
    return "[" + list + "]";
}

std::string network(std::int64_t start, const std::string& precision, const std::string& rest) {
    return "[simulation]\nduration = \"20 ms\"\nprecision = \"" + precision + R"toml("
[neurons.a]
size = 3
model = "spike_times"
times = [)toml" +
           times(start, {3, 60, 110, 111, 150}) + ", " + times(start, {50, 190}) + ", " +
           times(start, {0, 7, 140, 180}) + R"toml(]
[neurons.b]
size = 20
equations = """
dv/dt = -v/(5*ms) : 1 (unless refractory)
y : 1
"""
threshold = "v > 1.5"
reset = "v = 0"
refractory = "(2 + i % 3)*ms"
)toml" + rest;
}

// A variable exact from event to event for each synapse (its delay is its own), coupled ones, what is kept per source, postsynaptic events
// that wait, synapses that go and come.
const std::string kSynapses[] = {R"toml([synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
delay = "(1 + (i + j) % 4)*0.1*ms"
equations = """
dx/dt = -x/(5*ms) : 1 (event-driven)
at : 1
"""
on_pre = """
at = x
x += 1
v_post += 0.2 + x
"""
on_post = "y_post += x"
)toml",
                                 R"toml([synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
delay = "(1 + (i + j) % 4)*0.1*ms"
equations = """
dx/dt = (1 - x - z)/(6*ms) : 1 (event-driven)
dz/dt = -z/(3*ms) : 1 (event-driven)
"""
on_pre = """
z += 0.5*x
x -= 0.5*x
v_post += z
"""
initial = { x = 1 }
)toml",
                                 R"toml([synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
delay = "0.5 ms"
release = { model = "tsodyks_markram", parameters = { U = 0.5, tau_rec = "8 ms", tau_fac = "10 ms" } }
plasticity = { model = "stdp_pair", parameters = { w_max = 2, A_plus = 0.1, A_minus = 0.12 } }
target = "v"
initial = { w = "1 + 0.03*j" }
)toml",
                                 R"toml([synapses.s]
from = "a"
to = "b"
connect = { pairs = [[0, 0], [1, 3], [2, 7]] }
delay = "0.1 ms"
target = "v"
initial = { w = 1 }
structure = { grow = { p = 1 }, prune = "j == 3", every = "5 ms" }
[synapses.s.release]
equations = "dx/dt = (1 - x)/(10*ms) : 1 (event-driven)"
on_pre = """
release = x
x = 0.5*x
"""
initial = { x = 0.2 }
)toml"};

struct Outcome {
    std::vector<double> v, y, first, second;
    std::int64_t spikes;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(const std::string& toml, sim::Options options) {
    auto simulation = simulate_with(toml, std::move(options));
    simulation->run();
    const auto of = [&](const char* name) {
        try {
            return simulation->synapses("s", name);
        } catch (const sim::UnknownName&) {
            return std::vector<double>{};
        }
    };
    return {simulation->neurons("b", "v"), simulation->neurons("b", "y"), of("x"),
            of("at").empty() ? of("w") : of("at"), simulation->summary().spikes};
}

TEST(LongRuns, NothingChangesWhereCountersEnd) {
    for (const sim::Backend backend : kBackends)
        for (const std::string precision : {"double", "float"})
            for (const std::string& synapses : kSynapses) {
                sim::Options options;
                options.backend = backend;
                options.count_anew_every = kNever;
                const Outcome from_zero = outcome(network(0, precision, synapses), options);
                EXPECT_GT(from_zero.spikes, 15);
                for (const std::int64_t start : kStarts) {
                    options.first_step = start;
                    EXPECT_TRUE(outcome(network(start, precision, synapses), options) == from_zero)
                        << start << " " << precision << "\n"
                        << synapses;
                }
            }
}

// Variables that are brought to the present every seventh step, so that 32 bits count the steps since, are those that are not.
TEST(LongRuns, CountingAnewMovesNothing) {
    for (const sim::Backend backend : kBackends)
        for (const std::string& synapses : kSynapses) {
            sim::Options options;
            options.backend = backend;
            options.first_step = kStarts[0];
            options.count_anew_every = kNever;
            const std::string toml = network(kStarts[0], "double", synapses);
            const Outcome rarely = outcome(toml, options);
            options.count_anew_every = 7;
            for (const int blocks : {1, 2}) {
                options.blocks = blocks;
                const Outcome often = outcome(toml, options);
                EXPECT_EQ(often.spikes, rarely.spikes);
                for (const auto member : {&Outcome::v, &Outcome::y, &Outcome::second}) {
                    ASSERT_EQ((often.*member).size(), (rarely.*member).size());
                    for (std::size_t k = 0; k < (often.*member).size(); ++k)
                        EXPECT_NEAR((often.*member)[k], (rarely.*member)[k], 1e-13) << synapses;
                }
            }
        }
}

// Closed form: x is raised by 1 at each arrival and decays with 5 ms, also while the 2^31st and 2^32nd step go by.
TEST(LongRuns, EventDrivenVariablesDecayOverTheEndOfACounter) {
    for (const std::int64_t start : kStarts) {
        sim::Options options;
        options.first_step = start;
        options.count_anew_every = 40;
        auto simulation = simulate_with(network(start, "double", kSynapses[0]), options);
        simulation->run();
        const auto at = simulation->synapses("s", "at");
        const auto source = simulation->synapses("s", "source");
        const double tau = 50;
        const double last[] = {
            std::exp(-39 / tau) *
                (1 + std::exp(-1 / tau) * (1 + std::exp(-50 / tau) * (1 + std::exp(-57 / tau)))),
            std::exp(-140 / tau),
            std::exp(-40 / tau) * (1 + std::exp(-133 / tau) * (1 + std::exp(-7 / tau)))};
        ASSERT_EQ(at.size(), 60U);
        for (std::size_t k = 0; k < at.size(); ++k)
            EXPECT_NEAR(at[k], last[static_cast<std::size_t>(source[k])], 1e-13) << start;
    }
}

// The numbers drawn at two steps that differ in their upper halves alone are different ones.
TEST(LongRuns, RandomNumbersKnowTheWholeStep) {
    const std::string toml = R"toml([simulation]
duration = "0.1 ms"
seed = 3
[neurons.b]
size = 300
equations = "v : 1"
[synapses.s]
from = "b"
to = "b"
connect = { rule = "one_to_one", autapses = true }
equations = "x : 1"
[[run_regularly]]
of = "b"
every = "0.1 ms"
code = "v = rand()"
[[run_regularly]]
of = "s"
every = "0.1 ms"
code = "x = rand()"
)toml";
    for (const sim::Backend backend : kBackends) {
        std::vector<std::vector<double>> drawn;
        for (const std::int64_t step :
             {5L, 5L + (1L << 31), 5L + (1L << 32), 5L + (1L << 40), 5L + (1L << 47)}) {
            sim::Options options;
            options.backend = backend;
            options.first_step = step;
            auto simulation = simulate_with(toml, options);
            simulation->step();
            for (const auto& values : {simulation->neurons("b", "v"), simulation->synapses("s", "x")}) {
                for (const auto& other : drawn) {
                    int equal = 0;
                    for (std::size_t k = 0; k < values.size(); ++k) equal += values[k] == other[k] ? 1 : 0;
                    EXPECT_EQ(equal, 0) << step;
                }
                drawn.push_back(values);
            }
        }
    }
}

// Poisson sources whose gaps are drawn: steps times neurons are more than 63 bits count.
TEST(LongRuns, GapsBetweenSpikesGoOn) {
    sim::Options options;
    options.first_step = kStarts[3];
    const double n = 1 << 20, p = 1e-3, steps = 20;
    auto simulation = simulate_with(R"toml([simulation]
duration = "2 ms"
[neurons.p]
size = 1048576
model = "poisson"
parameters = { rate = "10 Hz" }
)toml",
                                    options);
    simulation->run();
    EXPECT_NEAR(static_cast<double>(simulation->summary().spikes), n * p * steps,
                4 * std::sqrt(n * p * steps));
}

}  // namespace
}  // namespace bouton::test
