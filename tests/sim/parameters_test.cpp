// SPDX-License-Identifier: BSD-3-Clause
// Random numbers in parameters: drawn once for each element, whatever else the expression holds.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace bouton::test {
namespace {

constexpr sim::Backend kBackends[] = {sim::Backend::interpreted, sim::Backend::automatic};

struct Moments {
    double mean, variance;
};

Moments moments(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double sum = 0;
    for (const double x : values) sum += (x - mean) * (x - mean);
    return {mean, sum / n};
}

// 1000 synapses of which each transmits with a probability of its own, 305 times: the count is binomial given p, so its variance
// over synapses is 305^2/12 + 305/6, where numbers drawn anew at each spike would leave 76.
TEST(Parameters, ARandomProbabilityBelongsToItsSynapse) {
    const std::string network = R"toml([simulation]
duration = "30.5 ms"
seed = 3
precision = "PRECISION"
[neurons.source]
size = 1000
equations = "u : 1"
threshold = "u < 1"
[neurons.cell]
size = 1000
equations = "v : 1"
[synapses.s]
from = "source"
to = "cell"
connect = { rule = "one_to_one" }
equations = """
count : 1
kept : 1
same : 1
"""
on_pre = """
count += int(rand() < p)
same += int(kept == 0 or kept == p)
kept = p
"""
parameters = { p = "EXPRESSION" }
)toml";
    const double n = 1000, spikes = 305;
    const double expected = spikes * spikes / 12 + spikes / 6;
    for (const sim::Backend backend : kBackends)
        for (const std::string precision : {"double", "float"})
            for (const std::string expression :
                 {"rand()*int(t >= 0*second)", "rand() + 0*t/second", "1 - rand()*int(t > -1*second)"}) {
                std::string text = network;
                text.replace(text.find("PRECISION"), 9, precision);
                text.replace(text.find("EXPRESSION"), 10, expression);
                auto simulation = simulate(text, 1, nullptr, backend);
                finish(*simulation);
                const auto [mean, variance] = moments(simulation->synapses("s", "count"));
                EXPECT_NEAR(mean, spikes / 2, 4 * std::sqrt(expected / n)) << expression;
                // The fourth moment of a uniform number is 1.8 times its variance squared.
                EXPECT_NEAR(variance, expected, 4 * expected * std::sqrt(0.8 / n)) << expression;
                EXPECT_EQ(simulation->synapses("s", "same"), std::vector<double>(1000, spikes)) << expression;
            }
}

// Neurons: the rate of each Poisson neuron is its own, and the counts of sources of one rate are Poisson: mean 20 to 60 Hz.
TEST(Parameters, ARateDrawnOnceAroundOneThatMoves) {
    const std::string network = R"toml([simulation]
duration = "2 s"
seed = 5
[neurons.p]
size = 2000
model = "poisson"
parameters = { rate = "(20 + 40*rand())*Hz*(1 + sin(2*pi*10*Hz*t))" }
[[record]]
spikes = "p"
)toml";
    Kept kept;
    auto simulation = simulate(network, 1, &kept, sim::Backend::automatic);
    simulation->run();
    std::vector<double> counts(2000, 0.0);
    for (const Spike& spike : kept.spiked) counts[spike.neuron] += 1;
    const auto [mean, variance] = moments(counts);
    // Counts of 2 s: 40 to 120 expected, uniform; around it Poisson.
    const double expected = 80.0 * 80.0 / 12 + 80;
    EXPECT_NEAR(mean, 80, 4 * std::sqrt(expected / 2000));
    EXPECT_NEAR(variance, expected, 4 * expected * std::sqrt(2.0 / 2000));
}

// randn, poisson, binomial and several numbers in one expression: each of its own, none of them moves.
TEST(Parameters, EveryKindOfNumberIsDrawnOnce) {
    const std::string network = R"toml([simulation]
duration = "1 ms"
seed = 9
[neurons.cell]
size = 4000
equations = """
x = a : 1
y = b : 1
"""
parameters = { a = "EXPRESSION", b = "2*a + t/ms" }
[[record]]
variables = ["x", "y"]
of = "cell"
)toml";
    struct Case {
        const char* expression;
        double mean, variance;
    };
    for (const sim::Backend backend : kBackends)
        for (const auto& [expression, mean, variance] :
             {Case{"randn()*int(t >= 0*second)", 0, 1}, Case{"poisson(30)*int(t >= 0*second)", 30, 30},
              Case{"binomial(20, 0.25)*int(t >= 0*second)", 5, 3.75},
              Case{"(rand() - rand())*int(t >= 0*second)", 0, 1.0 / 6}}) {
            std::string text = network;
            text.replace(text.find("EXPRESSION"), 10, expression);
            Kept kept;
            auto simulation = simulate(text, 1, &kept, backend);
            simulation->run();
            ASSERT_EQ(kept.rows.size(), 10U);
            const auto first = kept.rows.front().values[0];
            const auto [found, spread] = moments(first);
            EXPECT_NEAR(found, mean, 4 * std::sqrt(variance / 4000)) << expression;
            EXPECT_NEAR(spread, variance, 4 * variance * std::sqrt(2.1 / 4000)) << expression;
            for (std::size_t step = 0; step < 10; ++step) {
                EXPECT_EQ(kept.rows[step].values[0], first) << expression;
                for (std::size_t k = 0; k < 4000; k += 997)
                    EXPECT_NEAR(kept.rows[step].values[1][k], 2 * first[k] + 0.1 * static_cast<double>(step),
                                1e-12);
            }
        }
}

}  // namespace
}  // namespace bouton::test
