// SPDX-License-Identifier: BSD-3-Clause
// Variables of neurons that only gather sums and decay, and traces of targets, are stored relative to an epoch; nobody can tell.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace bouton::test {
namespace {

/// 10, 20, ... 300 ms.
std::string times() {
    std::string list;
    for (int k = 1; k <= 30; ++k) list += (k == 1 ? "\"" : ", \"") + std::to_string(10 * k) + " ms\"";
    return list;
}

/// Spikes at these times onto `g` of two neurons, by 2 and by 3 each, and the course of g.
std::string course(const std::string& precision, const std::string& method, const std::string& tau) {
    return R"toml(
[simulation]
precision = ")toml" +
           precision + R"toml("
duration = "450 ms"
[neurons.given]
size = 1
model = "spike_times"
times = [[)toml" +
           times() + R"toml(]]
[neurons.cells]
size = 2
equations = "dg/dt = -g/tau : 1"
parameters = { tau = ")toml" +
           tau + R"toml(" }
method = ")toml" +
           method + R"toml("
initial = { g = 1 }
[synapses.s]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "g_post += w"
delay = "1 ms"
initial = { w = "2 + j" }
[[record]]
of = "cells"
every = "0.7 ms"
variables = ["g"]
)toml";
}

// The epochs are 200 steps for float at 1 ms and 1400 at 7, and 2000 and 2048 for double.
TEST(Decay, FollowsTheClosedForm) {
    for (const auto backend : {sim::Backend::interpreted, sim::Backend::compiled})
        for (const std::string precision : {"float", "double"})
            for (const std::string method : {"exact", "euler", "exponential_euler"})
                for (const double tau : {1.0, 7.0}) {
                    Kept kept;
                    auto simulation =
                        simulate(course(precision, method, std::to_string(tau) + " ms"), 1, &kept, backend);
                    simulation->run();
                    const double factor = method == "euler" ? 1 - 0.1 / tau : std::exp(-0.1 / tau);
                    const double tolerance = precision == "float" ? 3e-6 : 1e-12;
                    ASSERT_EQ(kept.rows.size(), 643U);
                    for (const Kept::Row& row : kept.rows)
                        for (std::size_t j = 0; j < 2; ++j) {
                            double expected = std::pow(factor, static_cast<double>(row.step));
                            for (std::int64_t arrival = 110; arrival < row.step && arrival <= 3010;
                                 arrival += 100)
                                expected += static_cast<double>(2 + j) *
                                            std::pow(factor, static_cast<double>(row.step - arrival - 1));
                            const double found = row.values[0][j];
                            ASSERT_NEAR(found, expected, tolerance * expected + 1e-37)
                                << precision << " " << method << " " << tau << " step " << row.step;
                        }
                }
}

/// The trace of a target that spikes at these times, and a weight that takes it up when the source spikes, at 200 ms.
std::string trace(const std::string& precision, const std::string& on_post) {
    return R"toml(
[simulation]
precision = ")toml" +
           precision + R"toml("
duration = "450 ms"
[neurons.given]
size = 1
model = "spike_times"
times = [["204 ms"]]
[neurons.cells]
size = 1
model = "spike_times"
times = [[)toml" +
           times() + R"toml(]]
[synapses.s]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
equations = """
w : 1
dy/dt = -y/(2*ms) : 1 (event-driven)
"""
on_pre = "w = y"
on_post = ")toml" +
           on_post + R"toml("
initial = { y = 0.5 }
[[record]]
of = "s"
every = "0.7 ms"
variables = ["y", "w"]
)toml";
}

// The epochs are 400 steps for float, 2048 for double.
TEST(Decay, TracesOfTargets) {
    const double factor = std::exp(-0.05);
    for (const auto backend : {sim::Backend::interpreted, sim::Backend::compiled})
        for (const std::string precision : {"float", "double"})
            for (const std::string on_post : {"y += 1.5", "y -= 0.25", "y = 0.5*y + 1", "y *= 3"}) {
                SCOPED_TRACE(precision + " " + on_post);
                Kept kept;
                auto simulation = simulate(trace(precision, on_post), 1, &kept, backend);
                simulation->run();
                ASSERT_EQ(kept.rows.size(), 643U);
                std::vector<double> y{0.5};
                for (std::int64_t step = 0; step < 4500; ++step) {
                    double now = y.back();
                    if (step % 100 == 0 && step > 0 && step <= 3000)
                        now = on_post == "y += 1.5"        ? now + 1.5
                              : on_post == "y -= 0.25"     ? now - 0.25
                              : on_post == "y = 0.5*y + 1" ? 0.5 * now + 1
                                                           : now * 3;
                    y.push_back(now * factor);
                }
                const double tolerance = precision == "float" ? 1e-5 : 1e-11;
                const auto near = [&](double found, double expected) {
                    ASSERT_NEAR(found, expected, tolerance * std::fabs(expected) + 1e-36);
                };
                for (const Kept::Row& row : kept.rows) {
                    SCOPED_TRACE(row.step);
                    near(row.values[0][0], y[static_cast<std::size_t>(row.step)]);
                    near(row.values[1][0], row.step <= 2040 ? 0.0 : y[2040]);
                }
            }
}

std::string network(const std::string& record) {
    return R"toml(
[simulation]
duration = "230 ms"
precision = "float"
seed = 4
[neurons.cells]
size = 700
equations = """
dv/dt = (15*mV - v + g*(60*mV - v) + h*(-20*mV - v))/(20*ms) : volt (unless refractory)
drawn = g*(60*mV - v) : volt
dg/dt = -g/(5*ms) : 1
dh/dt = -h/(0.4*ms) : 1
"""
threshold = "v > 18*mV"
reset = "v = 0*mV"
refractory = "2 ms"
method = "exponential_euler"
initial = { v = "rand()*18*mV", g = "0.1*rand()" }
[input.drive]
to = "cells[64:400]"
target = "g"
rate = "2 kHz"
weight = 0.02
[synapses.excite]
from = "cells[:500]"
to = "cells"
connect = { rule = "fixed_probability", p = 0.1 }
delay = "0.8 ms"
target = "g"
initial = { w = "0.04*rand()" }
[synapses.inhibit]
from = "cells[500:]"
to = "cells"
connect = { rule = "fixed_probability", p = 0.1 }
delay = "1.2 ms"
equations = "w : 1"
on_pre = "h_post -= -w"
on_post = "h_post += 0.001"
initial = { w = 0.3 }
)toml" + record;
}

struct Outcome {
    std::vector<Spike> spikes;
    std::vector<double> v, g, h;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(const std::string& record, sim::Backend backend, int blocks, int threads) {
    Kept kept;
    auto simulation =
        simulate(network("[[record]]\nspikes = \"cells\"\n" + record), blocks, &kept, backend, threads);
    simulation->run();
    return {kept.spiked, simulation->neurons("cells", "v"), simulation->neurons("cells", "g"),
            simulation->neurons("cells", "h")};
}

// The epochs of h are 80 steps, those of g 1000.
TEST(Decay, SameBitsWhoeverLooksAndWherever) {
    const Outcome expected = outcome("", sim::Backend::interpreted, 1, 1);
    EXPECT_GT(expected.spikes.size(), 1000U);
    EXPECT_LT(expected.spikes.size(), 30000U);
    EXPECT_NE(expected.h, std::vector<double>(700, 0.0));
    const std::string looks = "[[record]]\nof = \"cells\"\nevery = \"0.3 ms\"\nvariables = [\"g\", \"h\"]\n";
    EXPECT_EQ(outcome("", sim::Backend::compiled, 1, 1), expected);
    EXPECT_EQ(outcome(looks, sim::Backend::compiled, 1, 1), expected);
    EXPECT_EQ(outcome("", sim::Backend::compiled, 3, 1), expected);
    EXPECT_EQ(outcome(looks, sim::Backend::compiled, 5, 3), expected);
    EXPECT_EQ(outcome(looks, sim::Backend::interpreted, 2, 2), expected);
}

TEST(Decay, RecordsOfTerms) {
    Kept kept;
    auto simulation = simulate(
        network("[[record]]\nof = \"cells\"\nevery = \"7 ms\"\nvariables = [\"g\", \"v\", \"drawn\"]\n"), 2,
        &kept, sim::Backend::compiled);
    simulation->run();
    ASSERT_EQ(kept.rows.size(), 33U);
    for (const Kept::Row& row : kept.rows)
        for (std::size_t k = 0; k < 700; ++k) {
            const double expected = row.values[0][k] * (0.06 - row.values[1][k]);
            ASSERT_NEAR(row.values[2][k], expected, 1e-6 * expected + 1e-9);
        }
}

}  // namespace
}  // namespace bouton::test
