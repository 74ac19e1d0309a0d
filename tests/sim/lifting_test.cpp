// SPDX-License-Identifier: BSD-3-Clause
// Traces that are kept once per neuron against the same ones kept in every synapse, which per-synapse delays force.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace bouton::test {
namespace {

std::map<std::string, std::vector<double>> final_values(const std::string& delay) {
    Kept kept;
    const auto simulation = simulate(R"toml(
[simulation]
duration = "20.3 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms", "7 ms", "19 ms"], ["3 ms", "4 ms"]]
[neurons.out]
size = 2
model = "spike_times"
times = [["2 ms", "11 ms"], ["5.5 ms", "20 ms"]]
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
delay = ")toml" + delay + R"toml("
equations = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(10*ms) : 1 (event-driven)
"""
on_pre = """
w -= 0.1*apost
apre += 1
"""
on_post = """
w += 0.1*apre
apost += 1
"""
)toml",
                                     1, &kept);
    simulation->run();
    const auto& variables = kept.groups.at(0).second.variables;
    return {variables.begin(), variables.end()};
}

TEST(Lifting, FinalValuesAreThoseOfTheEnd) {
    const auto lifted = final_values("1 ms"), plain = final_values("1*ms + 0*rand()*ms");
    ASSERT_EQ(lifted.size(), 3U);
    for (const auto& [name, values] : lifted) {
        ASSERT_EQ(plain.count(name), 1U) << name;
        for (std::size_t k = 0; k < values.size(); ++k) {
            EXPECT_NEAR(values[k], plain.at(name)[k], 1e-13) << name << k;
        }
    }
    EXPECT_NEAR(lifted.at("apost")[0], std::exp(-1.83) + std::exp(-0.93), 1e-12);
}

/// Facilitation and depression with a pair rule; `more` may make somebody look at what is kept per source.
std::string plastic(const std::string& more) {
    return R"toml(
[simulation]
duration = "300 ms"
seed = 5
[neurons.in]
size = 21
equations = "n : 1"
threshold = "rand() < 0.004"
[neurons.out]
size = 13
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "rand() < 0.004"
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
delay = "1.2 ms"
equations = """
w : 1
k : 1
dx/dt = (1 - x)/(200*ms) : 1 (event-driven)
du/dt = (k - u)/(50*ms) : 1 (event-driven)
dc/dt = 3*Hz : 1 (event-driven)
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(30*ms) : 1 (event-driven)
"""
on_pre = "v_post += w*u*x; x -= u*x; u += 0.2*(1 - u); c *= 0.5; k = 0.1 + 0.01*c; apre += 1; w = clip(w - 0.02*apost, 0, 1)"
on_post = "apost += 1; w = clip(w + 0.03*apre, 0, 1)"
initial = { w = "0.2 + 0.6*rand()", x = 1, u = 0.1, k = 0.1 }
[[record]]
of = "s"
every = "7.3 ms"
variables = ["x", "u", "c", "apre", "w"]
[[record]]
of = "out"
every = "7.3 ms"
variables = ["v"]
)toml" + more;
}

struct Outcome {
    std::vector<double> recorded;
    std::map<std::string, std::vector<double>> final_values;
};

Outcome outcome_of(const std::string& text, sim::Backend backend = sim::Backend::interpreted, int blocks = 1,
                   int threads = 1) {
    Kept kept;
    simulate(text, blocks, &kept, backend, threads)->run();
    Outcome outcome;
    for (const auto& row : kept.rows)
        for (const auto& values : row.values)
            outcome.recorded.insert(outcome.recorded.end(), values.begin(), values.end());
    const auto& variables = kept.groups.at(0).second.variables;
    outcome.final_values = {variables.begin(), variables.end()};
    return outcome;
}

TEST(Lifting, SourcesThatMoveOnAtTheirSpikesEqualThoseThatMoveOnAtEveryStep) {
    const auto at_spikes = outcome_of(plastic(""));
    const auto every_step = outcome_of(
        plastic("[[run_regularly]]\nof = \"s\"\nevery = \"100 ms\"\ncode = \"w += 0*(x + u + c + apre)\"\n"));
    ASSERT_EQ(at_spikes.recorded.size(), every_step.recorded.size());
    ASSERT_GT(at_spikes.recorded.size(), 1000U);
    for (std::size_t k = 0; k < at_spikes.recorded.size(); ++k)
        ASSERT_NEAR(at_spikes.recorded[k], every_step.recorded[k], 1e-12) << k;
    for (const auto& [name, values] : at_spikes.final_values)
        for (std::size_t k = 0; k < values.size(); ++k)
            ASSERT_NEAR(values[k], every_step.final_values.at(name)[k], 1e-12) << name << k;
    EXPECT_NE(at_spikes.final_values.at("x")[0], 1.0);
}

TEST(Lifting, SourcesThatMoveOnAtTheirSpikesGiveTheSameBitsEverywhere) {
    if (!runtime::compiler_available({})) GTEST_SKIP() << "no compiler";
    for (const char* precision : {"double", "float"}) {
        std::string text = plastic("");
        text.insert(text.find("seed"), std::string("precision = \"") + precision + "\"\n");
        const auto one = outcome_of(text);
        const auto same = [&](const Outcome& other) {
            return other.recorded == one.recorded && other.final_values == one.final_values;
        };
        EXPECT_TRUE(same(outcome_of(text, sim::Backend::compiled)));
        EXPECT_TRUE(same(outcome_of(text, sim::Backend::compiled, 3, 2)));
        EXPECT_TRUE(same(outcome_of(text, sim::Backend::interpreted, 5)));
    }
}

TEST(Lifting, ATimeConstantOfZeroIsToldAtTheStart) {
    std::string text = plastic("");
    const auto replace = [&](const std::string& old, const std::string& with) {
        text.replace(text.find(old), old.size(), with);
    };
    replace("dx/dt = (1 - x)/(200*ms)", "tau : second\ndx/dt = (1 - x)/tau");
    replace("x = 1,", "x = 1, tau = \"0 ms\",");
    try {
        simulate(text);
        FAIL();
    } catch (const base::DiagnosticError& error) {
        EXPECT_NE(std::string(error.what()).find("E407"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace bouton::test
