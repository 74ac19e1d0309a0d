// SPDX-License-Identifier: BSD-3-Clause
// Means, probabilities and numbers of trials that are none, in both back ends: they stop the run, and nothing is drawn with them.
#include "base/diagnostics.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

class Draws : public testing::TestWithParam<sim::Backend> {
protected:
    static void expect_stop(const std::string& toml, const std::string& said, int status = 1) {
        try {
            auto simulation = simulate("simulation = { duration = \"6 ms\", dt = \"1 ms\" }\n" + toml, 1,
                                       nullptr, GetParam());
            simulation->run();
            ADD_FAILURE() << "nothing failed: " << toml;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), status) << toml;
            EXPECT_EQ(std::string(error.what()).substr(0, said.size()), said) << toml;
        }
    }
    /// Three neurons whose `n` takes a number that is drawn each millisecond.
    static std::string neurons(const std::string& drawn) {
        return "[neurons.g]\nsize = 3\nequations = \"n : integer\"\n[[run_regularly]]\nof = \"g\"\n"
               "every = \"1 ms\"\ncode = \"n = " +
               drawn + "\"\n";
    }
};

TEST_P(Draws, WithAMeanThatIsNoneStop) {
    const auto said = [](const std::string& where, const std::string& t) {
        return "the mean of poisson(), drawn for variable 'n' of " + where +
               " is negative, not finite or too great at t = 0.00" + t +
               "000 s; where it may fall below zero";
    };
    const std::string neuron = "neuron 2 of 'g'";
    expect_stop(neurons("poisson(5 - t/ms - i)"), said(neuron, "4"));
    expect_stop(neurons("poisson(sqrt(5 - t/ms - i))"), said(neuron, "4"));
    expect_stop(neurons("poisson(1/(4.5 - t/ms)**1000/int(i < 2))"), said(neuron, "0"));
    expect_stop(neurons("poisson(2.5 - t/ms)"), said("'g'", "3"));
    expect_stop(neurons("0*i + poisson(20 - 5*t/ms)"), said("'g'", "5"));
}

TEST_P(Draws, OfTrialsThatAreNoneStop) {
    const auto said = [](const std::string& where, const std::string& t) {
        return "the arguments of binomial(), drawn for variable 'n' of " + where +
               " are no number of trials and a probability, from 0 on and from 0 to 1 at t = 0.00" + t +
               "000 s";
    };
    const std::string neuron = "neuron 2 of 'g'";
    expect_stop(neurons("binomial(4, 0.5 + i/4 + 0.2*t/ms)"), said(neuron, "1"));
    expect_stop(neurons("binomial(4, 1 - i/4 - 0.2*t/ms)"), said(neuron, "3"));
    expect_stop(neurons("binomial(4, sqrt(1 - i))"), said(neuron, "0"));
    expect_stop(neurons("binomial(5 - i - int(t/ms + 0.5), 0.5)"), said(neuron, "4"));
    expect_stop(neurons("binomial(4, 0.3*t/ms)"), said("'g'", "4"));
}

TEST_P(Draws, OfSynapsesNameThePair) {
    expect_stop(R"toml(
neurons.a = { size = 3, model = "spike_times", times = [[], ["1 ms"], ["3 ms"]] }
neurons.b = { size = 2, equations = "v : 1" }
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
on_pre = "v += binomial(3, 0.25*(i + 3*j))"
)toml",
                "the arguments of binomial(), drawn for variable 'v' of synapse (2, 1) of 's'");
}

// A mean that rounding has moved below zero is zero, a probability that it has moved above one is one.
TEST_P(Draws, TakeWhatRoundingHasMoved) {
    auto simulation = simulate("simulation = { duration = \"3 ms\", dt = \"1 ms\" }\n" +
                                   neurons("poisson(-1e-9*(1 + i)) + binomial(4, 1 + 1e-9*(1 + i))"),
                               1, nullptr, GetParam());
    simulation->run();
    EXPECT_EQ(simulation->neurons("g", "n"), (std::vector<double>{4, 4, 4}));
}

TEST_P(Draws, OfAnInputNameItsRate) {
    const auto input = [](const std::string& to, const std::string& rate) {
        return "neurons.b = { size = 4, equations = \"n : 1\" }\n[input.drive]\nto = \"" + to +
               "\"\ntarget = \"n\"\nweight = 1\nrate = \"" + rate + "\"\n";
    };
    const auto said = [](const std::string& where, const std::string& t) {
        return "the rate of [input.drive] for " + where + " is not finite or too great at t = 0.00" + t +
               "000 s";
    };
    expect_stop(input("b", "sqrt(4.5 - t/ms)*Hz"), said("'b'", "5"));
    expect_stop(input("b", "sqrt(5.5 - t/ms - i)*100*Hz"), said("neuron 3 of 'b'", "3"));
    expect_stop(input("b[1:3]", "sqrt(5.5 - t/ms - i)*100*Hz"), said("neuron 2 of 'b'", "5"));
}

TEST_P(Draws, OfAnInputCountANegativeRateAsNone) {
    for (const std::string rate : {"-t*1e6*Hz/ms", "-(t/ms + i)*1e6*Hz"}) {
        auto simulation = simulate(
            "simulation = { duration = \"3 ms\", dt = \"1 ms\" }\n"
            "neurons.b = { size = 4, equations = \"n : 1\" }\n[input.drive]\nto = \"b\"\n"
            "target = \"n\"\nweight = 1\nrate = \"" +
                rate + "\"\n",
            1, nullptr, GetParam());
        simulation->run();
        EXPECT_EQ(simulation->neurons("b", "n"), (std::vector<double>{0, 0, 0, 0})) << rate;
    }
}

TEST_P(Draws, OfFirstValuesAreRefusedBeforeTheRun) {
    const std::string start = "[neurons.g]\nsize = 3\nequations = \"n : integer\"\ninitial = { n = ";
    expect_stop(start + "\"poisson(1 - i)\" }\n",
                "the mean of poisson(), drawn for variable 'n' of neuron 2 of 'g' is negative, not finite",
                2);
    expect_stop(start + "\"int(1e18*(8 + i))\" }\n",
                "variable 'n' of neuron 2 of 'g' leaves the range of whole numbers, 64 bits,", 2);
}

INSTANTIATE_TEST_SUITE_P(Backends, Draws, testing::Values(sim::Backend::interpreted, sim::Backend::compiled),
                         [](const auto& info) {
                             return info.param == sim::Backend::compiled ? "compiled" : "interpreted";
                         });

}  // namespace
}  // namespace bouton::test
