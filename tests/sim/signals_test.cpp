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

// Samples 10 k + column, one a millisecond; the run lasts 6 ms.
class Times : public testing::TestWithParam<sim::Backend> {
protected:
    /// The values of `x` after the run of neurons with these lines.
    static std::vector<double> x(const std::string& lines) {
        auto simulation = simulate(kSignals + "[neurons.cells]\nsize = 3\n" + lines, 1, nullptr, GetParam());
        finish(*simulation);
        return simulation->neurons("cells", "x");
    }
};

TEST_P(Times, BeforeTheFirstSampleGiveTheFirstAndBehindTheLastTheLast) {
    const auto sum = [](const std::string& time) {
        return x("equations = \"dx/dt = s(" + time + ", i)/ms : 1\"\nmethod = \"euler\"\n");
    };
    const auto from = [](double all) { return std::vector<double>{all, all + 6, all + 12}; };
    EXPECT_EQ(sum("t"), from(0 + 10 + 20 + 30 + 30 + 30));
    EXPECT_EQ(sum("t - 0*ms"), from(0 + 10 + 20 + 30 + 30 + 30));
    EXPECT_EQ(sum("t - 2*ms"), from(0 + 0 + 0 + 10 + 20 + 30));
    EXPECT_EQ(sum("t - 1 * second"), from(0));
    EXPECT_EQ(sum("t + 1*ms"), from(10 + 20 + 30 + 30 + 30 + 30));
    EXPECT_EQ(sum("t + 1e30 * second"), from(6 * 30));
    EXPECT_EQ(sum("t % (2*ms)"), from(0 + 10 + 0 + 10 + 0 + 10));
    EXPECT_EQ(sum("1*ms"), from(6 * 10));
}

// Neuron i reads its column i milliseconds late.
TEST_P(Times, DifferBetweenNeurons) {
    for (const std::string late : {"i*ms", "d", "late"})
        EXPECT_EQ(x("method = \"euler\"\nparameters = { d = \"i*ms\" }\nequations = \"\"\"\n"
                    "late = i*ms : second\ndx/dt = s(t - " +
                    late + ", i)/ms" + (late == "d" ? "" : " + 0*d/ms/ms") + " : 1\n\"\"\"\n"),
                  (std::vector<double>{120, 0 + 0 + 10 + 20 + 30 + 30 + 6, 0 + 0 + 0 + 10 + 20 + 30 + 12}))
            << late;
}

// A signal is held during a step, late or not, so that every method sums up the same numbers.
TEST_P(Times, AreThoseOfTheStartOfTheStep) {
    for (const std::string method : {"euler", "rk2", "rk4", "exponential_euler", "exact"}) {
        const auto at = [&](const std::string& time) {
            return x("equations = \"dx/dt = s(" + time + ", i)/ms : 1\"\nmethod = \"" + method + "\"\n");
        };
        const auto late = at("t - 2*ms");
        const std::vector<double> wanted{60, 66, 72};
        for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(late[k], wanted[k], 1e-12) << method;
        EXPECT_EQ(at("t - 0*ms"), at("t")) << method;
    }
}

TEST_P(Times, AreReadByEventsStatementsAndFirstValues) {
    auto simulation = simulate(kSignals + R"toml(
neurons.a = { size = 2, model = "spike_times", times = [["1 ms"], ["4 ms"]] }
[neurons.b]
size = 2
equations = """
first : 1
v : 1
n : 1
m : 1
"""
initial = { first = "s(t - 1*ms, i) + 1", m = "s(t + 1*ms, i)" }
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
parameters = { late = "(1 + j)*ms" }
equations = "late : second"
on_pre = "v += s(t - late, i)"
on_post = "v_post += 0*s(t - late, j)"
[[run_regularly]]
of = "b"
every = "3 ms"
code = """
when = t - 2*ms
n += s(when, i)
"""
)toml",
                               1, nullptr, GetParam());
    finish(*simulation);
    EXPECT_EQ(simulation->neurons("b", "first"), (std::vector<double>{1, 2}));
    EXPECT_EQ(simulation->neurons("b", "m"), (std::vector<double>{10, 11}));
    // Spikes of neuron 0 at 1 ms and of neuron 1 at 4 ms; to target j both are read 1 + j steps late.
    EXPECT_EQ(simulation->neurons("b", "v"), (std::vector<double>{0 + 31, 0 + 21}));
    EXPECT_EQ(simulation->neurons("b", "n"), (std::vector<double>{0 + 10, 1 + 11}));
}

TEST_P(Times, OfColumnsThatDoNotExistStopTheRun) {
    const auto said = failure(kSignals + R"toml(
[neurons.cells]
size = 5
equations = "dx/dt = s(t - 1*ms, i//2 + int(t/ms + 0.5))/ms : 1"
method = "euler"
)toml",
                              GetParam());
    EXPECT_EQ(said, "the signal 's' has 3 columns, but neuron 4 asks for column 3 at t = 0.001000 s");
}

TEST_P(Times, ThatAreNoNumbersStopTheRun) {
    auto simulation = simulate(kSignals + R"toml(
[neurons.cells]
size = 3
equations = "dx/dt = s(t - sqrt(7.5 - t/ms - 2*i)*ms, 0)/ms : 1"
method = "euler"
)toml",
                               1, nullptr, GetParam());
    const auto said = failure_of(*simulation);
    EXPECT_NE(said.find("'x' of neuron 2 of 'cells' is not finite any more"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(Backends, Times, testing::Values(sim::Backend::interpreted, sim::Backend::compiled),
                         [](const auto& info) {
                             return info.param == sim::Backend::compiled ? "compiled" : "interpreted";
                         });

INSTANTIATE_TEST_SUITE_P(Backends, Columns,
                         testing::Values(sim::Backend::interpreted, sim::Backend::compiled),
                         [](const auto& info) {
                             return info.param == sim::Backend::compiled ? "compiled" : "interpreted";
                         });

}  // namespace
}  // namespace bouton::test
