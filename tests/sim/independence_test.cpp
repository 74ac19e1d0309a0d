// SPDX-License-Identifier: BSD-3-Clause
// Two groups of one network draw independent random numbers, wherever they draw: correlations within five standard errors.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

double mean(const std::vector<double>& x) {
    double sum = 0;
    for (const double value : x) sum += value;
    return sum / static_cast<double>(x.size());
}

double covariance(const std::vector<double>& x, const std::vector<double>& y) {
    const double mx = mean(x), my = mean(y);
    double sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) sum += (x[k] - mx) * (y[k] - my);
    return sum / static_cast<double>(x.size());
}

// The correlation of n independent pairs has the standard error 1/sqrt(n).
void expect_uncorrelated(const std::vector<double>& x, const std::vector<double>& y, const std::string& of) {
    ASSERT_EQ(x.size(), y.size()) << of;
    ASSERT_GT(covariance(x, x) * covariance(y, y), 0) << of;
    EXPECT_NEAR(covariance(x, y) / std::sqrt(covariance(x, x) * covariance(y, y)), 0,
                5 / std::sqrt(static_cast<double>(x.size())))
        << of;
}

const std::string kHead = "[simulation]\nduration = \"0.5 ms\"\nseed = 8\n";

// One source, 20,000 targets, two groups of synapses that fail half of the time, whatever draws the failure.
TEST(Independence, ReleasesOfTwoGroupsFromOneSource) {
    for (const std::string release :
         {"bernoulli", "quantal_binomial", "{ equations = \"z : 1\", on_pre = \"release = randn()\" }"}) {
        const std::string model = release.front() == '{' ? release : '"' + release + '"';
        const auto synapses = [&](const std::string& name) {
            return "[synapses." + name +
                   "]\nfrom = \"in\"\nto = \"cells\"\nconnect = { rule = \"all_to_all\" }\n" + "target = \"" +
                   name + "\"\ninitial = { w = 1 }\nrelease = " + model + "\n";
        };
        auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.cells]
size = 20000
equations = """
a : 1
b : 1
"""
)toml" + synapses("a") + synapses("b"));
        finish(*simulation);
        expect_uncorrelated(simulation->neurons("cells", "a"), simulation->neurons("cells", "b"), release);
    }
}

// Three synapses of one pair draw each for itself: their sum has the variance 3, within five standard errors of a variance.
TEST(Independence, SynapsesOfOnePair) {
    auto simulation = simulate(kHead + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.2 ms"]]
[neurons.cells]
size = 6000
equations = "v : 1"
[synapses.s]
from = "in"
to = "cells"
connect = { rule = "fixed_indegree", n = 3, multapses = true }
target = "v"
initial = { w = 1 }
release = { equations = "z : 1", on_pre = "release = randn()" }
)toml");
    finish(*simulation);
    const auto v = simulation->neurons("cells", "v");
    EXPECT_NEAR(covariance(v, v), 3, 5 * 3 * std::sqrt(2.0 / 6000));
}

// Noise, random numbers in a reset, and first values of two groups of neurons; two noises and two random numbers of one group.
TEST(Independence, NoiseOfTwoGroupsOfNeurons) {
    const auto cells = [](const std::string& name) {
        return "[neurons." + name + R"toml(]
size = 20000
equations = """
dx/dt = xi_one/sqrt(second) : 1
dy/dt = xi_two/sqrt(second) : 1
u : 1
drawn : 1
other : 1
"""
threshold = "t < 0.1*ms"
reset = "drawn = rand(); other = rand()"
initial = { u = "rand()" }
)toml";
    };
    auto simulation = simulate(kHead + cells("one") + cells("two"));
    finish(*simulation);
    for (const std::string variable : {"x", "y", "u", "drawn", "other"})
        expect_uncorrelated(simulation->neurons("one", variable), simulation->neurons("two", variable),
                            variable);
    expect_uncorrelated(simulation->neurons("one", "x"), simulation->neurons("one", "y"), "x and y");
    expect_uncorrelated(simulation->neurons("one", "x"), simulation->neurons("two", "y"), "x and y of two");
    expect_uncorrelated(simulation->neurons("one", "drawn"), simulation->neurons("one", "other"),
                        "two rand()");
    expect_uncorrelated(simulation->neurons("one", "drawn"), simulation->neurons("one", "u"),
                        "rand() and initial");
}

// Neighbours in a group, and one neuron from step to step.
TEST(Independence, NoiseOfNeighboursAndOfSteps) {
    Kept kept;
    auto simulation = simulate(kHead + R"toml(
[neurons.cells]
size = 20000
equations = "dx/dt = xi/sqrt(second) : 1"
[[record]]
variables = ["x"]
of = "cells"
)toml",
                               1, &kept);
    simulation->run();
    ASSERT_EQ(kept.rows.size(), 5U);
    const auto increments = [&](std::size_t step) {
        std::vector<double> found = kept.rows[step + 1].values[0];
        for (std::size_t k = 0; k < found.size(); ++k) found[k] -= kept.rows[step].values[0][k];
        return found;
    };
    for (std::size_t step = 0; step < 3; ++step)
        expect_uncorrelated(increments(step), increments(step + 1), "steps");
    for (const std::ptrdiff_t apart : {1, 2, 4, 8, 16, 32, 64, 256}) {
        std::vector<double> left = increments(0), right = left;
        left.resize(left.size() - static_cast<std::size_t>(apart));
        right.erase(right.begin(), right.begin() + apart);
        expect_uncorrelated(left, right, "neighbours");
    }
}

// n*w for a Poisson number n and a uniform w of the same step: the mean is lambda/2 if they are independent. For means below 10 and
// above, which are drawn in two ways.
TEST(Independence, CountsOfInputAndTheirWeights) {
    constexpr double kNeurons = 20000;
    for (const double lambda : {4.0, 40.0}) {
        const auto input = [&](const std::string& name, const std::string& weight) {
            return "[input." + name + "]\nto = \"cells\"\ntarget = \"" + name + "\"\nweight = \"" + weight +
                   "\"\nrate = \"" + std::to_string(lambda * 10) + " kHz\"\n";
        };
        auto simulation = simulate("[simulation]\nduration = \"0.1 ms\"\nseed = 8\n" + std::string(R"toml(
[neurons.cells]
size = 20000
equations = """
a : 1
b : 1
c : 1
"""
)toml") + input("a", "1") + input("b", "1") +
                                   input("c", "rand()"));
        finish(*simulation);
        expect_uncorrelated(simulation->neurons("cells", "a"), simulation->neurons("cells", "b"), "inputs");
        const double variance = (lambda + lambda * lambda) / 3 - lambda * lambda / 4;
        EXPECT_NEAR(mean(simulation->neurons("cells", "c")), lambda / 2, 5 * std::sqrt(variance / kNeurons));
    }
}

// Whether a pair is connected, in one group and in another: at the start, by a rule and by an expression, and by growth.
TEST(Independence, ConnectionsAndGrowthOfTwoGroups) {
    struct Case {
        std::string connect, grow;
    };
    for (const auto& [connect, grow] : {Case{"rule = \"fixed_probability\", p = 0.3", "0"},
                                        {"p = \"0.3 + 0*i\"", "0"},
                                        {"condition = \"rand() < 0.3\"", "0"},
                                        {"rule = \"fixed_indegree\", n = 30", "0"},
                                        {"rule = \"fixed_outdegree\", n = 30", "0"},
                                        {"rule = \"fixed_total_number\", n = 3000", "0"},
                                        {"rule = \"fixed_probability\", p = 0", "0.3"},
                                        {"rule = \"fixed_probability\", p = 0", "\"0.3 + 0*i\""}}) {
        const auto synapses = [&](const std::string& name) {
            return "[synapses." + name + "]\nfrom = \"cells\"\nto = \"cells\"\nconnect = { " + connect +
                   ", autapses = true }\ntarget = \"v\"\ninitial = { w = \"rand()\" }\n" +
                   (grow == "0" ? "" : "structure = { grow = { p = " + grow + " }, every = \"0.5 ms\" }\n");
        };
        auto simulation = simulate(kHead + R"toml(
[neurons.cells]
size = 100
equations = "v : 1"
)toml" + synapses("one") + synapses("two"));
        finish(*simulation);
        std::vector<double> there[2], weights[2];
        for (int g = 0; g < 2; ++g) {
            there[g].assign(10000, 0);
            weights[g].assign(10000, 0);
            const std::string name = g == 0 ? "one" : "two";
            const auto source = simulation->synapses(name, "source"),
                       target = simulation->synapses(name, "target");
            const auto w = simulation->synapses(name, "w");
            for (std::size_t k = 0; k < w.size(); ++k) {
                const auto pair = static_cast<std::size_t>(100 * source[k] + target[k]);
                there[g][pair] = 1;
                weights[g][pair] = w[k];
            }
            EXPECT_NEAR(mean(there[g]), 0.3, 5 * std::sqrt(0.3 * 0.7 / 10000)) << connect << grow;
        }
        expect_uncorrelated(there[0], there[1], connect + grow);
        std::vector<double> both[2];
        for (std::size_t k = 0; k < 10000; ++k) {
            if (there[0][k] * there[1][k] == 0) continue;
            for (int g = 0; g < 2; ++g) both[g].push_back(weights[g][k]);
        }
        expect_uncorrelated(both[0], both[1], "weights, " + connect + grow);
    }
}

// Spikes of two groups of Poisson sources: with one rate for all, drawn by gaps and one by one, and with a rate that may differ.
TEST(Independence, SpikesOfTwoGroupsOfSources) {
    for (const std::string rate : {"500*Hz", "2000*Hz", "2000*Hz + 0*Hz*i"}) {
        const auto sources = [&](const std::string& name) {
            return "[neurons." + name + "]\nsize = 20000\nmodel = \"poisson\"\nparameters = { rate = \"" +
                   rate + "\" }\n[synapses." + name + "_out]\nfrom = \"" + name +
                   "\"\nto = \"cells\"\nconnect = { rule = \"one_to_one\" }\ntarget = \"" + name +
                   "\"\ninitial = { w = 1 }\n";
        };
        auto simulation = simulate("[simulation]\nduration = \"0.2 ms\"\n" + std::string(R"toml(
[neurons.cells]
size = 20000
equations = """
one : 1
two : 1
"""
)toml") + sources("one") + sources("two"));
        finish(*simulation);
        expect_uncorrelated(simulation->neurons("cells", "one"), simulation->neurons("cells", "two"), rate);
    }
}

}  // namespace
}  // namespace bouton::test
