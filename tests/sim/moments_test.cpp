// SPDX-License-Identifier: BSD-3-Clause
// Times that a model stores are as exact far into a run as near its start, in single precision too: the clock starts at 20000 s,
// where neighbouring floats are 1.95 ms apart.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

constexpr std::int64_t kFar = 200000000;  // steps of 0.1 ms
constexpr sim::Backend kBackends[] = {sim::Backend::interpreted, sim::Backend::automatic};

std::unique_ptr<sim::Simulation> far(const std::string& rest, sim::Backend backend,
                                     const std::string& duration = "30 ms") {
    sim::Options options;
    options.backend = backend;
    options.first_step = kFar;
    return simulate_with("[simulation]\nduration = \"" + duration + "\"\nprecision = \"float\"\n" + rest,
                         options);
}

// A window of one time constant of 20 ms after 10 ms, by whichever way the model keeps the time of the presynaptic spike.
TEST(Moments, AWindowFromAStoredTime) {
    const std::string ways[][3] = {
        {"t_last : second", "t_last = t", "w = exp(-(t - t_last)/(20*ms))"},
        {"t_last : second", "now = t\nt_last = now", "since = t - t_last\nw = exp(-since/(20*ms))"},
        {"last : 1", "last = t/ms", "w = exp(-(t/ms - last)/20)"},
        {"t_next : second", "t_next = t + 10*ms", "w = exp(-(10*ms + t - t_next)/(20*ms))"},
        {"a : second\nb : second", "a = t\nb = a", "w = exp(-(t - b)/(20*ms))"},
        {"t_last : second", "t_last = t_last*0 + max(t, t_last)", "w = exp((t_last - t)/(20*ms))"},
    };
    for (const sim::Backend backend : kBackends)
        for (const auto& [equation, on_pre, on_post] : ways)
            for (const std::string rule : {"one_to_one", "all_to_all"}) {
                auto simulation = far(R"toml([neurons.pre]
size = 2
model = "spike_times"
times = ["20000.0010 s", "20000.0010 s"]
indices = [0, 1]
[neurons.post]
size = 2
model = "spike_times"
times = ["20000.0110 s", "20000.0110 s"]
indices = [0, 1]
[synapses.s]
from = "pre"
to = "post"
connect = { rule = ")toml" + rule + "\" }\nequations = \"\"\"\nw : 1\n" +
                                          equation + "\n\"\"\"\non_pre = \"\"\"\n" + on_pre +
                                          "\n\"\"\"\non_post = \"\"\"\n" + on_post + "\n\"\"\"\n",
                                      backend);
                simulation->run();
                for (const double w : simulation->synapses("s", "w"))
                    EXPECT_NEAR(w, std::exp(-0.5), 1e-6) << equation << rule;
            }
}

// Neurons: onsets of their own and phases of their own, both within a step.
TEST(Moments, TimesOfNeuronsAndPhases) {
    for (const sim::Backend backend : kBackends) {
        Kept kept;
        auto simulation = [&] {
            sim::Options options;
            options.backend = backend;
            options.first_step = kFar;
            options.recorder = &kept;
            return simulate_with(R"toml([simulation]
duration = "2 ms"
precision = "float"
[neurons.cell]
size = 16
equations = """
onset : second
f : Hz
late = int(t >= onset) : 1
phase = sin(2*pi*(f*t)) : 1
now = t + onset - onset : second
"""
initial = { onset = "20000*second + (0.05 + 0.1*i)*ms", f = "10*Hz + i*Hz" }
[[record]]
variables = ["late", "phase", "now"]
of = "cell"
)toml",
                                 options);
        }();
        simulation->run();
        ASSERT_EQ(kept.rows.size(), 20U);
        for (int step = 0; step < 20; ++step)
            for (int i = 0; i < 16; ++i) {
                const auto& values = kept.rows[static_cast<std::size_t>(step)].values;
                const auto k = static_cast<std::size_t>(i);
                EXPECT_EQ(values[0][k], step > i ? 1 : 0) << step << " " << i;
                // Whole periods of 20000 s drop out.
                EXPECT_NEAR(values[1][k], std::sin(2 * M_PI * (10 + i) * step * 1e-4), 2e-6);
                EXPECT_NEAR(values[2][k], 20000 + step * 1e-4, 1e-9);
            }
    }
}

// Steps of a group with its own times: intervals between spikes, stored by the reset.
TEST(Moments, IntervalsBetweenSpikes) {
    for (const sim::Backend backend : kBackends) {
        auto simulation = far(R"toml([neurons.cell]
size = 8
equations = """
dv/dt = 1/ms : 1
last : second
isi : second
"""
threshold = "v > 2.95 + 0.1*i"
reset = """
v = 0
isi = t - last
last = t
"""
)toml",
                              backend, "40 ms");
        simulation->run();
        const auto isi = simulation->neurons("cell", "isi");
        for (std::size_t i = 0; i < 8; ++i)
            EXPECT_NEAR(isi[i], (30 + static_cast<double>(i)) * 1e-4, 1e-8) << i;
    }
}

}  // namespace
}  // namespace bouton::test
