// SPDX-License-Identifier: BSD-3-Clause
// Coupled linear equations with a constant per synapse are solved exactly, as those of neurons are.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

struct State {
    double x, y;
};

// x' = (1 - x - y)/tau, y' = -y/tau_in after t, all in ms.
State after(const State& from, double t, double tau, double tau_in) {
    const double c = from.y * tau_in / (tau - tau_in);
    return {1 + c * std::exp(-t / tau_in) + (from.x - 1 - c) * std::exp(-t / tau),
            from.y * std::exp(-t / tau_in)};
}

State at_event(const State& from) { return {0.5 * from.x, from.y + 0.5 * from.x}; }

std::string depressing(const std::string& connect, const std::string& more) {
    return R"toml([simulation]
duration = "30 ms"
dt = "1 ms"
[neurons.source]
size = 3
model = "spike_times"
times = [["2 ms", "9 ms", "10 ms"], ["2 ms", "9 ms", "10 ms"], ["2 ms", "9 ms", "10 ms"]]
[neurons.cell]
size = 3
equations = "v : 1"
[synapses.s]
from = "source"
to = "cell"
connect = )toml" +
           connect + R"toml(
equations = """
tau : second
dx/dt = (1 - x - y)/tau : 1 (clock-driven)
dy/dt = -y/tau_in : 1 (clock-driven)
"""
on_pre = """
y += 0.5*x
x -= 0.5*x
"""
parameters = { tau_in = "3 ms", tau = "(3.001 + 7*i + 100*j)*ms" }
initial = { x = 1 }
)toml" + more;
}

void expect_exact(sim::Simulation& simulation) {
    finish(simulation);
    const auto x = simulation.synapses("s", "x"), y = simulation.synapses("s", "y");
    const auto source = simulation.synapses("s", "source"), target = simulation.synapses("s", "target");
    ASSERT_GE(x.size(), 3U);
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double tau = 3.001 + 7 * source[k] + 100 * target[k];
        // A spike of a step acts after its integration, so 1 ms later than its time.
        State state = at_event({1, 0});
        for (const double wait : {7.0, 1.0}) state = at_event(after(state, wait, tau, 3));
        state = after(state, 19, tau, 3);
        // Where both constants are nearly equal, the closed form above loses three digits.
        EXPECT_NEAR(x[k], state.x, source[k] + target[k] == 0 ? 1e-11 : 1e-13) << tau;
        EXPECT_NEAR(y[k], state.y, 1e-14);
    }
}

TEST(ExactSynapses, CoupledEquationsWithAConstantEach) {
    for (const sim::Backend backend : {sim::Backend::interpreted, sim::Backend::automatic})
        for (const std::string method : {"", "method = \"exact\"\n", "method = \"linear\"\n"})
            for (const int blocks : {1, 2})
                expect_exact(
                    *simulate(depressing("{ rule = \"all_to_all\" }", method), blocks, nullptr, backend));
}

// Of two synapses a neuron one is gone after 5 ms; what is left moves to other places, with its own constants.
TEST(ExactSynapses, ConstantsGoWithTheirSynapses) {
    const std::string prune =
        "structure = { prune = \"i == 1 or j == 0\", every = \"5 ms\" }\ntarget = \"v\"\n";
    std::string text = depressing("{ rule = \"all_to_all\" }", "");
    text.replace(text.find("equations = \"\"\"\ntau"), 0, "initial = { w = 1 }\n[synapses.s.plasticity]\n");
    text.replace(text.find("connect = "), 0, prune);
    text.replace(text.find("tau : second\n"), 0, "w : target_unit\n");
    for (const sim::Backend backend : {sim::Backend::interpreted, sim::Backend::automatic}) {
        auto simulation = simulate(text, 1, nullptr, backend);
        expect_exact(*simulation);
        EXPECT_EQ(simulation->summary().synapses, 4);
    }
}

}  // namespace
}  // namespace bouton::test
