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

// What is said when a network is built; nothing where it is accepted.
std::string refusal_of(const std::string& toml) {
    try {
        auto simulation = simulate(toml);
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 2);
        return error.what();
    }
    return {};
}

std::string pair_of_cells(const std::string& synapses, const std::string& simulation = "") {
    return "simulation = { duration = \"5 ms\"" + simulation + R"toml( }
neurons.a = { size = 4, model = "poisson", parameters = { rate = "10 Hz" } }
neurons.b = { size = 4, equations = "g : 1" }
[synapses.s]
from = "a"
to = "b"
connect = { rule = "one_to_one" }
target = "g"
)toml" + synapses;
}

TEST(Ranges, AreJudgedForEveryElementOfAnExpression) {
    const auto said = refusal_of(pair_of_cells(R"toml(
release = { model = "bernoulli", parameters = { p = "0.4*i" } }
initial = { w = 1 }
)toml"));
    EXPECT_NE(
        said.find(
            "'p' of 'bernoulli' is 1.2000000000000002 for synapse (3, 3) of 's'; it must be from 0 to 1"),
        std::string::npos)
        << said;
}

TEST(Ranges, AreJudgedForEveryElementOfAList) {
    const auto said = refusal_of(R"toml(
simulation = { duration = "5 ms" }
[neurons.b]
size = 3
model = "lif_delta"
parameters = { tau_m = { values = [10, 0, -5], unit = "ms" } }
)toml");
    EXPECT_NE(said.find("'tau_m' of 'lif_delta' is 0 s for neuron 1 of 'b'; it must be above 0"),
              std::string::npos)
        << said;
}

TEST(Ranges, MayHangTogether) {
    const std::string rule =
        "plasticity = { model = \"stdp_pair\", parameters = { w_max = \"1 + 0.1*i\" } }\n";
    EXPECT_EQ(refusal_of(pair_of_cells(rule + "initial = { w = \"1 + 0.1*j\" }\n")), "");
    const auto said = refusal_of(pair_of_cells(rule + "initial = { w = \"1.15 + 0.1*i*int(i > 1)\" }\n"));
    EXPECT_NE(said.find("'w' of 'stdp_pair' is 1.15 for synapse (0, 0) of 's'; it must be from 0 to w_max"),
              std::string::npos)
        << said;
}

TEST(Ranges, AreThoseOfTheStartWhereAParameterDependsOnTime) {
    const auto of = [](const char* p) {
        return pair_of_cells("release = { model = \"bernoulli\", parameters = { p = \"" + std::string(p) +
                             "\" } }\ninitial = { w = 1 }\n");
    };
    EXPECT_EQ(refusal_of(of("0.5 + t/second")), "");
    EXPECT_NE(refusal_of(of("1.5 + t/second")).find("is 1.5 for synapse (0, 0)"), std::string::npos);
}

TEST(Ranges, LetTheLastDigitBe) {
    for (const std::string precision : {"double", "float"})
        for (const std::string w : {"0.3", "3*0.1", "0.1 + 0.2"})
            EXPECT_EQ(
                refusal_of(pair_of_cells("plasticity = { model = \"hebb\", parameters = { w_max = 0.3 } }\n"
                                         "initial = { w = \"" +
                                             w + " + 0*i\" }\n",
                                         ", precision = \"" + precision + "\"")),
                "")
                << w;
}

TEST(Ranges, LetFacilitationBeNone) {
    for (const std::string none : {"0", "\"0 ms\"", "\"0*i*ms\""})
        EXPECT_EQ(
            refusal_of(pair_of_cells("release = { model = \"tsodyks_markram\", parameters = { tau_fac = " +
                                     none + " } }\ninitial = { w = 1 }\n")),
            "");
}

TEST(Ranges, HoldForSynapsesThatGrow) {
    auto simulation = simulate(pair_of_cells(R"toml(
release = { equations = "p : 1", on_pre = "release = int(rand() < p)", variables = { p = { max = 1 } } }
initial = { w = 1, p = "t/(2*ms) + 0*i*j" }
structure = { grow = { p = 1 }, every = "3 ms" }
)toml"));
    try {
        finish(*simulation);
        FAIL() << "nothing was said";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        EXPECT_NE(std::string(error.what()).find("it must be at most 1"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace bouton::test
