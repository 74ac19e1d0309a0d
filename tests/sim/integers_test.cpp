// SPDX-License-Identifier: BSD-3-Clause
// Integers that leave their 64 bits stop the run, with the variable, the element and the time; those that do not are exact.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

constexpr sim::Backend kBackends[] = {sim::Backend::interpreted, sim::Backend::automatic};

// Neuron 2 of 3 starts with a value of its own; the code runs at 0, 0.1, 0.2 ms.
std::string neurons(const std::string& start, const std::string& code) {
    return R"toml([simulation]
duration = "0.3 ms"
[neurons.g]
size = 3
equations = """
a : integer
b : integer
x : 1
big : integer
"""
initial = { a = ")toml" +
           start + R"toml(", b = 3, big = "2**62", x = "1e18*(1 + 9*int(i == 2))" }
[[run_regularly]]
of = "g"
every = "0.1 ms"
code = """
)toml" + code +
           "\n\"\"\"\n";
}

const std::string kLarge = "1000000000000000*(1 + 3*int(i == 2))";  // 10^15, or 4 * 10^15

TEST(Integers, WhatLeavesTheRangeStopsTheRun) {
    const std::string large = kLarge;
    const struct {
        std::string start, code, variable;
        int step;
    } cases[] = {
        {"7", "a = a*a*a", "a", 2},                             // 7^27
        {large, "b = a*3000", "b", 0},                          // only neuron 2
        {large, "a = a*50 - a", "a", 1},                        // 49^2 * 4 * 10^15
        {large, "a = -a*50", "a", 1},                           //
        {large, "b = (a//1000000)**2//b", "b", 0},              //
        {large, "b = a*2000 + a*2000 - a*1000", "b", 0},        // 1.6e19 on the way
        {large, "b = int(x*2)", "b", 0},                        // 2e19 of neuron 2
        {large, "x = int(x*2)*1.0", "x", 0},                    //
        {large, "c = a*1500\nb = c*2 - c", "b", 0},             // 1.2e19 in a local's use
        {large, "a += a*1200\na += a", "a", 0},                 //
        {large, "b = abs(-a*1000 - a*1000 - a*1000)", "b", 0},  //
    };
    for (const sim::Backend backend : kBackends)
        for (const auto& [start, code, variable, step] : cases) {
            auto simulation = simulate(neurons(start, code), 1, nullptr, backend);
            const std::string message = failure_of(*simulation);
            const std::string neuron = start == "7" ? "0" : "2";
            EXPECT_NE(message.find("variable '" + variable + "' of neuron " + neuron + " of 'g'"),
                      std::string::npos)
                << code << "\n"
                << message;
            EXPECT_NE(message.find("t = 0.000" + std::to_string(step) + "00"), std::string::npos)
                << code << "\n"
                << message;
        }
}

// -2^63 is an integer, its negation is not; nothing traps. `big` is one number for all, so no neuron is named.
TEST(Integers, TheLeastIntegerHasNoNegation) {
    const std::string make = "b = -(big - 1 + big) - 1\n";
    for (const sim::Backend backend : kBackends) {
        for (const std::string code : {"a = -b", "a = b//(2 - 3)", "a = abs(b)", "a = b - 1"}) {
            auto simulation = simulate(neurons("1", make + code), 1, nullptr, backend);
            EXPECT_NE(failure_of(*simulation).find("variable 'a' of 'g'"), std::string::npos) << code;
        }
        auto simulation = simulate(neurons("1", make + "a = b//2\nx = b*1.0"), 1, nullptr, backend);
        simulation->run();
        EXPECT_EQ(simulation->neurons("g", "a"), std::vector<double>(3, -0x1p62));
        EXPECT_EQ(simulation->neurons("g", "x"), std::vector<double>(3, -0x1p63));
    }
}

// Synapses: their own integers, and those of neurons to which many add.
TEST(Integers, OfSynapsesAndTheirNeurons) {
    const auto network = [](const std::string& on_pre) {
        return R"toml([simulation]
duration = "1 ms"
[neurons.a]
size = 5
model = "spike_times"
times = ["0.3 ms", "0.3 ms"]
indices = [2, 4]
[neurons.b]
size = 4
equations = "n : integer"
[synapses.s]
from = "a[1:5]"
to = "b[1:4]"
connect = { pairs = [[1, 2], [3, 0]] }
equations = """
m : integer
"""
initial = { m = "3000000000000000*int(j == 0) + 3000000000000000" }
on_pre = ")toml" +
               on_pre + "\"\n";
    };
    for (const sim::Backend backend : kBackends) {
        auto own = simulate(network("m = m*3000"), 1, nullptr, backend);
        EXPECT_NE(failure_of(*own).find("variable 'm' of synapse (4, 1) of 's'"), std::string::npos);
        auto added = simulate(network("n_post += m*1500\\nn_post += m*1500"), 1, nullptr, backend);
        EXPECT_NE(failure_of(*added).find("variable 'n' of synapse (4, 1) of 's'"), std::string::npos);
        auto fits = simulate(network("n_post += m*1000"), 1, nullptr, backend);
        fits->run();
        EXPECT_EQ(fits->neurons("b", "n"), (std::vector<double>{0, 6e18, 0, 3e18}));
    }
}

// A neuron that is not there, in the padding, counts on without resets: it stops nothing.
TEST(Integers, PaddingStopsNothing) {
    for (const sim::Backend backend : kBackends) {
        auto simulation = simulate(R"toml([simulation]
duration = "20 ms"
[neurons.g]
size = 3
equations = "n : integer"
initial = { n = 1 }
threshold = "n > 1000"
reset = "n = 1"
[[run_regularly]]
of = "g"
every = "0.1 ms"
code = "n = n*64"
)toml",
                                   1, nullptr, backend);
        EXPECT_GT(simulation->run().spikes, 90);
    }
}

}  // namespace
}  // namespace bouton::test
