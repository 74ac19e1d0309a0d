// SPDX-License-Identifier: BSD-3-Clause
// Whole runs: Poisson sources, input, records and their columns, stopping, precision, errors while running.
#include "base/stop.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

const std::string kPoisson = R"toml(
[simulation]
duration = "2 s"
dt = "1 ms"
seed = 5
[neurons.in]
size = 101
model = "poisson"
parameters = { rate = "(20 + 20*int(i >= 50))*Hz" }
[[record]]
rate = "in"
bin = "100 ms"
[[record]]
spikes = "in"
)toml";

// 51 neurons at 40 Hz and 50 at 20 Hz: 6080 spikes, with a Bernoulli spread of 77; five of those.
TEST(Run, PoissonSourcesHaveTheirRates) {
    Kept kept;
    const auto summary = simulate(kPoisson, 1, &kept)->run();
    EXPECT_NEAR(static_cast<double>(summary.spikes), 6080, 5 * 77);
    EXPECT_EQ(kept.spiked.size(), static_cast<std::size_t>(summary.spikes));
    ASSERT_EQ(kept.rates.size(), 20U);
    double mean = 0;
    for (const double rate : kept.rates) mean += rate / 20;
    EXPECT_NEAR(mean, static_cast<double>(summary.spikes) / (101 * 2.0), 1e-9);
    for (const Spike& spike : kept.spiked) EXPECT_LT(spike.neuron, 101U);
}

// One probability for all: gaps are drawn, and state, lastspike, reset, records and delayed synapses follow the spikes.
TEST(Run, ChanceAloneMakesSpikesThatAreLikeOthers) {
    Kept kept;
    auto simulation = simulate(R"toml(
[simulation]
duration = "3 s"
dt = "1 ms"
[neurons.in]
size = 37
equations = "n : 1"
threshold = "rand() < p*dt*Hz"
reset = "n += 1"
parameters = { p = 20 }
initial = { n = 0 }
[neurons.out]
size = 37
equations = """
n : 1
since : second
"""
[synapses.s]
from = "in"
to = "out"
connect = { rule = "one_to_one" }
on_pre = "n_post += 1; since_post = t - lastspike_pre"
delay = "5 ms"
[[record]]
spikes = "in"
)toml",
                               1, &kept);
    const auto summary = simulation->run();
    EXPECT_NEAR(static_cast<double>(summary.spikes), 37 * 60, 5 * 47);
    std::vector<double> all(37), in_time(37);
    for (const Spike& spike : kept.spiked) {
        ++all.at(spike.neuron);
        if (spike.step < 2995) ++in_time[spike.neuron];
    }
    EXPECT_EQ(simulation->neurons("in", "n"), all);
    EXPECT_EQ(simulation->neurons("out", "n"), in_time);
    for (const double since : simulation->neurons("out", "since")) {
        EXPECT_GE(since, 0.0);
        EXPECT_LE(since, 5.5e-3);
    }
}

TEST(Run, ARateAboveOneSpikeAStepStopsTheRun) {
    auto simulation = simulate(R"toml(
[simulation]
duration = "20 ms"
dt = "1 ms"
[neurons.in]
size = 5
model = "poisson"
parameters = { rate = "100*Hz*(1 + t/ms)" }
)toml");
    try {
        finish(*simulation);
        FAIL() << "it ran on";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_NE(std::string(error.what()).find("rate of neuron 0 of 'in'"), std::string::npos)
            << error.what();
    }
}

// Independent sources onto a slice: mean and variance of a Poisson count, nothing outside the slice.
TEST(Run, InputReachesItsSliceOnly) {
    auto simulation = simulate(R"toml(
[simulation]
duration = "100 ms"
[neurons.cells]
size = 500
equations = "v : 1"
[input.drive]
to = "cells[100:433]"
target = "v"
rate = "2 kHz"
weight = 0.5
)toml");
    finish(*simulation);
    const auto v = simulation->neurons("cells", "v");
    double sum = 0, squares = 0;
    for (std::size_t k = 0; k < 500; ++k) {
        if (k < 100 || k >= 433) {
            EXPECT_EQ(v[k], 0);
        }
        sum += v[k] / 0.5;
        squares += v[k] * v[k] / 0.25;
    }
    const double mean = sum / 333;
    EXPECT_NEAR(mean, 200, 5 * std::sqrt(200 / 333.0));
    EXPECT_NEAR(squares / 333 - mean * mean, 200, 5 * 200 * std::sqrt(2 / 333.0));
}

TEST(Run, RecordsChosenColumnsAtTheirTimes) {
    Kept kept;
    auto simulation = simulate(R"toml(
[simulation]
duration = "1 ms"
[neurons.a]
size = 4
equations = """
dv/dt = i/second : 1
twice = 2*v : 1
"""
method = "euler"
[synapses.s]
from = "a"
to = "a"
connect = { pairs = [[3, 0], [1, 2], [3, 1]] }
equations = """
w : 1
sum_of_ends = v_pre + v_post : 1
"""
initial = { w = "10*i + j" }
[[record]]
variables = ["twice", "v"]
of = "a"
indices = [3, 1]
every = "0.4 ms"
[[record]]
variables = ["w", "sum_of_ends"]
of = "s"
indices = [2, 0]
every = "0.5 ms"
)toml",
                               2, &kept);
    simulation->run();
    ASSERT_EQ(kept.rows.size(), 5U);
    std::vector<std::int64_t> steps;
    for (const auto& row : kept.rows) steps.push_back(row.step);
    EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 0, 4, 5, 8}));
    EXPECT_NEAR(kept.rows[2].values[0][0], 2 * 3 * 4e-4, 1e-15);
    EXPECT_NEAR(kept.rows[2].values[1][1], 4e-4, 1e-15);
    EXPECT_EQ(kept.rows[3].values[0], (std::vector<double>{31, 30}));
    EXPECT_NEAR(kept.rows[3].values[1][0], (3 + 1) * 5e-4, 1e-15);
    ASSERT_EQ(kept.groups.size(), 1U);
    EXPECT_EQ(kept.groups[0].second.source, (std::vector<std::uint32_t>{3, 1, 3}));
    EXPECT_EQ(kept.groups[0].second.target, (std::vector<std::uint32_t>{0, 2, 1}));
}

TEST(Run, ASynapseThatDoesNotExistCannotBeRecorded) {
    Kept kept;
    EXPECT_THROW(simulate(R"toml(
[simulation]
duration = "1 ms"
[neurons.a]
size = 4
equations = "v : 1"
[synapses.s]
from = "a"
to = "a"
connect = { rule = "all_to_all" }
target = "v"
initial = { w = 1 }
[[record]]
variables = ["w"]
of = "s"
indices = [12]
)toml",
                          1, &kept),
                 base::DiagnosticError);
}

TEST(Run, StopsWhenAskedAndKeepsWhatWasRecorded) {
    Kept whole;
    simulate(kPoisson, 1, &whole)->run();
    std::erase_if(whole.spiked, [](const Spike& spike) { return spike.step >= 500; });
    for (const int blocks : {1, 3}) {
        base::Stop stop;
        const base::StopScope scope(&stop);
        Kept kept;
        auto simulation = simulate(kPoisson, blocks, &kept);
        for (int k = 0; k < 500; ++k) simulation->step();
        stop.request();
        const auto summary = simulation->run();
        EXPECT_TRUE(summary.stopped);
        EXPECT_EQ(summary.steps, 500);
        EXPECT_TRUE(kept.ended);
        EXPECT_EQ(kept.stopped_at, 500);
        EXPECT_EQ(kept.spiked, whole.spiked);
        EXPECT_EQ(kept.rates.size(), 5U);
    }
}

// What was recorded is whole; the final state is not, so none of it is kept.
TEST(Run, AStopWhileTheEndIsWrittenLeavesOutTheFinalState) {
    struct Stopping : Kept {
        explicit Stopping(base::Stop& of) : stop(of) {}
        void synapses(const sim::FinalSynapses& part) override {
            Kept::synapses(part);
            stop.request();
        }
        base::Stop& stop;
    };
    const std::string text = R"toml(
[simulation]
duration = "1 ms"
[neurons.cells]
size = 3
equations = "v : 1"
[synapses.first]
from = "cells"
to = "cells"
connect = { rule = "all_to_all" }
on_pre = "v_post += 1"
[synapses.second]
from = "cells"
to = "cells"
connect = { rule = "all_to_all" }
on_pre = "v_post += 2"
)toml";
    base::Stop stop;
    const base::StopScope scope(&stop);
    Stopping kept(stop);
    const auto summary = simulate(text, 1, &kept)->run();
    EXPECT_TRUE(summary.stopped);
    EXPECT_EQ(summary.steps, 10);
    EXPECT_EQ(kept.groups.size(), 1U);
    EXPECT_EQ(kept.stopped_at, 10);
}

TEST(Run, AStopBeforeTheFirstStepIsNoRun) {
    base::Stop stop;
    const base::StopScope scope(&stop);
    Kept kept;
    auto simulation = simulate(kPoisson, 1, &kept);
    stop.request();
    EXPECT_THROW(simulation->run(), base::Stopped);
    EXPECT_TRUE(kept.streams.spikes.empty()) << "the recorder had begun";
    EXPECT_THROW(simulate(kPoisson), base::Stopped) << "it was built";
}

// Parts record the spikes of one stride beside the next one, on whichever thread: what a recorder throws still ends the run.
TEST(Run, ARecorderThatFailsEndsTheRun) {
    struct Full : Kept {
        void spikes(std::size_t, std::int64_t, std::span<const std::uint32_t>) override {
            throw base::Error("the disk is full");
        }
    };
    const std::string text = R"toml(
[simulation]
duration = "100 ms"
[neurons.cells]
size = 1000
equations = "dv/dt = 100*Hz : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[[record]]
spikes = "cells"
)toml";
    for (const int blocks : {1, 3}) {
        for (const int threads : {1, 2}) {
            Full full;
            auto simulation = simulate(text, blocks, &full, sim::Backend::interpreted, threads);
            EXPECT_EQ(failure_of(*simulation), "the disk is full");
            EXPECT_FALSE(full.ended);
        }
    }
}

// A leaky cell driven by steps of known size: the closed form, in double and in float.
TEST(Run, BothPrecisionsFollowTheClosedForm) {
    for (const bool single : {false, true}) {
        auto simulation = simulate(std::string("[simulation]\nduration = \"10 ms\"\n") +
                                   (single ? "precision = \"float\"\n" : "") + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.a]
size = 17
equations = "dv/dt = -v/(5*ms) : 1"
[synapses.s]
from = "in"
to = "a"
connect = { rule = "all_to_all" }
delay = "2 ms"
target = "v"
initial = { w = "1 + j" }
)toml");
        finish(*simulation);
        const auto v = simulation->neurons("a", "v");
        for (std::size_t k = 0; k < v.size(); ++k) {
            const double expected = (1.0 + static_cast<double>(k)) * std::exp(-6.9 / 5);
            EXPECT_NEAR(v[k] / expected, 1, single ? 1e-5 : 1e-13);
        }
    }
}

}  // namespace
}  // namespace bouton::test
