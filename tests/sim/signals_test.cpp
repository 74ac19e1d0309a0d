// SPDX-License-Identifier: BSD-3-Clause
// Columns of sampled signals: those that exist are read, others stop the run, in both back ends.
#include "base/diagnostics.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

const std::string kSignals = R"toml(
simulation = { duration = "6 ms", dt = "1 ms" }
signal.s = { dt = "1 ms", values = [[0, 1, 2], [10, 11, 12], [20, 21, 22], [30, 31, 32]] }
)toml";

std::string failure(const std::string& toml, sim::Backend backend) {
    auto simulation = simulate(toml, 1, nullptr, backend);
    try {
        finish(*simulation);
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 1);
        return error.what();
    }
    return "nothing";
}

class Columns : public testing::TestWithParam<sim::Backend> {};

TEST_P(Columns, AreReadByComputedNumbers) {
    auto simulation = simulate(kSignals + R"toml(
[neurons.cells]
size = 5
equations = """
dx/dt = s(t, (2*i) % 3)/ms : 1
"""
method = "euler"
)toml",
                               1, nullptr, GetParam());
    finish(*simulation);
    // Sum over 6 steps of 10*k + column, the last sample held: 0 + 10 + 20 + 30 + 30 + 30 and six times the column.
    EXPECT_EQ(simulation->neurons("cells", "x"), (std::vector<double>{120, 132, 126, 120, 132}));
}

TEST_P(Columns, ThatDoNotExistStopTheRun) {
    const auto said = failure(kSignals + R"toml(
[neurons.cells]
size = 5
equations = "dx/dt = s(t, i//2 + int(t/ms + 0.5))/ms : 1"
method = "euler"
)toml",
                              GetParam());
    EXPECT_EQ(said, "the signal 's' has 3 columns, but neuron 4 asks for column 3 at t = 0.001000 s");
}

TEST_P(Columns, BelowZeroDoNotExist) {
    const auto said = failure(kSignals + R"toml(
[neurons.cells]
size = 5
equations = """
x : 1
n : integer
"""
initial = { n = 1 }
[[run_regularly]]
of = "cells"
every = "1 ms"
code = """
x = s(t, n)
n -= int(i == 3)
"""
)toml",
                              GetParam());
    EXPECT_EQ(said, "the signal 's' has 3 columns, but neuron 3 asks for column -1 at t = 0.002000 s");
}

TEST_P(Columns, OfSynapsesNameThePair) {
    const auto said = failure(kSignals + R"toml(
neurons.a = { size = 3, model = "spike_times", times = [[], ["1 ms"], ["3 ms"]] }
neurons.b = { size = 2, equations = "v : 1" }
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
on_pre = "v += s(t, i + j)"
)toml",
                              GetParam());
    EXPECT_EQ(said, "the signal 's' has 3 columns, but synapse (2, 1) asks for column 3 at t = 0.003000 s");
}

TEST(FirstColumns, OfFirstValuesAreRefusedBeforeTheRun) {
    try {
        simulate(kSignals + R"toml(
[neurons.cells]
size = 5
equations = "x : 1"
initial = { x = "s(t, i + 0)" }
)toml");
        FAIL() << "nothing was said";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 2);
        EXPECT_EQ(std::string(error.what()),
                  "the signal 's' has 3 columns, but neuron 3 asks for column 3 at t = 0.000000 s");
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Columns,
                         testing::Values(sim::Backend::interpreted, sim::Backend::compiled),
                         [](const auto& info) {
                             return info.param == sim::Backend::compiled ? "compiled" : "interpreted";
                         });

TEST(InputRate, ThatIsNoNumberWhileRunningStopsTheRun) {
    auto simulation = simulate(R"toml(
simulation = { duration = "20 ms" }
neurons.b = { size = 4, equations = "n : 1" }
[input.drive]
to = "b"
target = "n"
rate = "sqrt(5 - t/ms)*Hz"
weight = 1
)toml");
    const auto said = failure_of(*simulation);
    EXPECT_NE(said.find("variable 'n' of neuron 0 of 'b' is not finite"), std::string::npos) << said;
}

}  // namespace
}  // namespace bouton::test
