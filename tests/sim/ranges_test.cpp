// SPDX-License-Identifier: BSD-3-Clause
// Numbers at and beyond their bounds: probabilities, rates, weights and what models declare of their names.
#include "base/diagnostics.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

std::string connected(const std::string& connect, const std::string& parameters) {
    return R"toml(
simulation = { duration = "1 ms" }
neurons.a = { size = 100, equations = "x : 1", threshold = "x > 1" }
neurons.b = { size = 100, equations = "n : 1" }
[synapses.s]
from = "a"
to = "b"
on_pre = "n_post += 1"
connect = )toml" +
           connect + "\nparameters = " + parameters + "\n";
}

// 10,000 pairs: the standard deviation of the number of synapses is sqrt(10000 p (1 - p)).
TEST(Probability, OfAnExpressionWithoutVariablesHolds) {
    for (const std::string p : {"k", "3/10", "0.1*3", "min(k, 0.4)"}) {
        const bool named = p.find('k') != std::string::npos;
        auto simulation = simulate(connected("{ p = \"" + p + "\" }", named ? "{ k = 0.3 }" : "{}"));
        finish(*simulation);
        EXPECT_NEAR(static_cast<double>(simulation->summary().synapses), 3000, 5 * std::sqrt(2100)) << p;
    }
}

TEST(Probability, OfAnExpressionHoldsBesideACondition) {
    auto simulation = simulate(connected("{ condition = \"i < 50\", p = \"k\" }", "{ k = 0.3 }"));
    finish(*simulation);
    EXPECT_NEAR(static_cast<double>(simulation->summary().synapses), 1500, 5 * std::sqrt(1050));
}

TEST(Probability, ThatIsOneOrNoneForAllPairsIsExact) {
    for (const auto& [k, count] : {std::pair("1", 10000), std::pair("0", 0)}) {
        auto simulation = simulate(connected("{ p = \"k\" }", std::string("{ k = ") + k + " }"));
        finish(*simulation);
        EXPECT_EQ(simulation->summary().synapses, count);
    }
}

TEST(Rate, OfAPoissonNeuronThatIsNotANumberStopsTheRun) {
    auto simulation = simulate(R"toml(
simulation = { duration = "20 ms" }
[neurons.in]
size = 4
model = "poisson"
parameters = { rate = "10*Hz*sqrt((5*ms - t)/ms)" }
)toml");
    const auto said = failure_of(*simulation);
    EXPECT_NE(said.find("the rate of neuron 0 of 'in' at t = 0.005"), std::string::npos) << said;
    EXPECT_NE(said.find("is not a number up to 1/dt"), std::string::npos) << said;
}

// Until 2.5 ms it is 0, from then on a root of what is below 0.
TEST(Probability, OfGrowthThatIsNotFiniteStopsTheRun) {
    auto simulation = simulate(R"toml(
simulation = { duration = "10 ms" }
neurons.a = { size = 2, equations = "x : 1", threshold = "x > 1" }
[synapses.s]
from = "a"
to = "a"
connect = { pairs = [[0, 1]] }
target = "x"
initial = { w = 1 }
structure = { grow = { p = "0*sqrt((2.5*ms - t)/ms)" }, every = "1 ms" }
)toml");
    try {
        finish(*simulation);
        FAIL() << "nothing was said";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_NE(std::string(error.what()).find("is not a finite number"), std::string::npos)
            << error.what();
    }
}

TEST(Delay, OfAGrownSynapseThatCannotBeStopsTheRun) {
    auto simulation = simulate(R"toml(
simulation = { duration = "10 ms" }
neurons.a = { size = 2, equations = "x : 1", threshold = "x > 1" }
[synapses.s]
from = "a"
to = "a"
connect = { pairs = [[0, 1]] }
target = "x"
delay = "1*ms/(1 - i)"
initial = { w = 1 }
structure = { grow = { p = 1 }, every = "1 ms" }
)toml");
    try {
        finish(*simulation);
        FAIL() << "nothing was said";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_NE(std::string(error.what()).find("the delay of synapse (1, 0)"), std::string::npos)
            << error.what();
    }
}

// One weight is lifted to 0.6 at 10 ms; the presynaptic spike came at 8 ms, the postsynaptic one comes at 15 ms.
std::string lifted(const std::string& model, const std::string& mu) {
    return R"toml(
simulation = { duration = "20 ms", dt = "1 ms" }
neurons.pre = { size = 1, model = "spike_times", times = [["8 ms"]] }
neurons.post = { size = 1, equations = "g : 1", threshold = "kick(t) > 0" }
signal.kick = { dt = "1 ms", values = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] }
[synapses.s]
from = "pre"
to = "post"
connect = { rule = "all_to_all" }
target = "g"
plasticity = { model = ")toml" +
           model + "\", parameters = { A_plus = 0.01, A_minus = 0.01, w_max = 0.5, mu_plus = " + mu +
           R"toml( } }
initial = { w = 0.1 }
[[run_regularly]]
of = "s"
every = "10 ms"
code = "w *= 0.6/sum_post(w)"
)toml";
}

TEST(Weight, AboveItsBoundIsClippedAtTheNextPotentiation) {
    for (const std::string model :
         {"stdp_pair", "stdp_nearest", "stdp_nearest_pre_centered", "stdp_nearest_restricted"})
        for (const std::string mu : {"0", "0.4", "1"}) {
            auto simulation = simulate(lifted(model, mu));
            finish(*simulation);
            EXPECT_EQ(simulation->synapses("s", "w"), std::vector<double>{0.5}) << model << " " << mu;
        }
}

}  // namespace
}  // namespace bouton::test
