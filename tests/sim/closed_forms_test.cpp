// SPDX-License-Identifier: BSD-3-Clause
// What a step computes, against closed forms: parameters, noise, signals, refractory steps, the order of events and resets.
#include "tests/sim/running.hpp"

#include "runtime/native/compiler.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

using sim::Backend;

std::string head(const std::string& duration, const std::string& more = {}) {
    return "[simulation]\nduration = \"" + duration + "\"\ndt = \"0.1 ms\"\n" + more;
}

std::vector<double> recorded(const std::string& toml, std::size_t variable = 0, std::size_t element = 0) {
    Kept kept;
    simulate(toml, 1, &kept)->run();
    std::vector<double> found;
    for (const auto& row : kept.rows) found.push_back(row.values.at(variable).at(element));
    return found;
}

// 2^24 + 1 is no float, and neither is 1 + 2^-30: in double precision parameters arrive as they were written, as constants, per
// element, in an expression, and in synapses.
TEST(ClosedForms, ParametersAreNotRounded) {
    constexpr double kLarge = 16777217, kNear = 1.000000000931322574615478515625;
    std::vector<Backend> backends{Backend::interpreted};
    if (runtime::compiler_available({})) backends.push_back(Backend::compiled);
    for (const Backend backend : backends) {
        auto simulation = simulate(head("0.2 ms") + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0 ms"]]
[neurons.cell]
size = 2
equations = """
k : 1
own : 1
a : 1
b : 1
v : 1
"""
threshold = "t < 0.05*ms"
reset = "a = large + 0*v; b = own*near"
parameters = { large = 16777217, own = "16777217 + 0*i", near = 1.000000000931322574615478515625 }
initial = { k = 16777217 }
[synapses.s]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += w*factor"
parameters = { factor = 16777217 }
initial = { w = 1 }
)toml",
                                   1, nullptr, backend);
        finish(*simulation);
        const std::pair<const char*, double> expected[] = {
            {"k", kLarge}, {"own", kLarge}, {"a", kLarge}, {"b", kLarge * kNear}, {"v", kLarge}};
        for (const auto& [variable, value] : expected)  // one that is the same for all is one number
            for (const double found : simulation->neurons("cell", variable))
                EXPECT_EQ(found, value) << variable;
    }
}

// dx = g(t) dW with g = 0 at t = 0 and 1 one step later: the first step of Heun's method has the mean factor 1/2, of Euler's 0, so
// the variances after one step are dt/4 and 0, after two 5/4 dt or more. Within five standard errors of a variance.
TEST(ClosedForms, HeunTakesTheFactorOfNoiseAtBothEnds) {
    constexpr double kNeurons = 20000, kDt = 1e-4;
    const auto variance = [&](const std::string& method, const std::string& duration) {
        auto simulation = simulate(head(duration) + R"toml(
[neurons.cell]
size = 20000
equations = "dx/dt = int(t > 0.05*ms)*xi/sqrt(second) : 1"
method = ")toml" + method + "\"\n");
        finish(*simulation);
        double sum = 0;
        for (const double x : simulation->neurons("cell", "x")) sum += x * x;
        return sum / kNeurons / kDt;
    };
    const double error = 5 * std::sqrt(2 / kNeurons);
    EXPECT_EQ(variance("euler", "0.1 ms"), 0);
    EXPECT_NEAR(variance("heun", "0.1 ms"), 0.25, 0.25 * error);
    EXPECT_NEAR(variance("euler", "0.2 ms"), 1, error);
    EXPECT_NEAR(variance("heun", "0.2 ms"), 1.25, 1.25 * error);
}

// dx = x dW: Heun gives Stratonovich's solution exp(W), Milstein too, Euler Ito's exp(W - t/2): means exp(t/2) and 1. Of 20,000
// paths of 0.1 s the mean has the standard error sd(exp(W))/sqrt(20000), with sd^2 = exp(2t) - exp(t).
TEST(ClosedForms, NoiseOfTheStateIsStratonovichOrIto) {
    constexpr double kNeurons = 20000, kTime = 0.1;
    for (const std::string method : {"heun", "milstein", "euler"}) {
        auto simulation = simulate("[simulation]\nduration = \"100 ms\"\ndt = \"1 ms\"\n" +
                                   std::string(R"toml(
[neurons.cell]
size = 20000
equations = "dx/dt = x*xi/sqrt(second) : 1"
initial = { x = 1 }
method = ")toml") + method + "\"\n");
        finish(*simulation);
        double sum = 0;
        for (const double x : simulation->neurons("cell", "x")) sum += x;
        const double expected = method == "euler" ? 1 : std::exp(kTime / 2);
        const double sd = std::sqrt(std::exp(2 * kTime) - std::exp(kTime));
        EXPECT_NEAR(sum / kNeurons, expected, 5 * sd / std::sqrt(kNeurons) + 1e-3) << method;
    }
}

// dx/dt of a cubic in t: rk4 is Simpson's rule there, and exact; rk2 the midpoint rule, exact for a line. dx/dt = -x: one step of
// dt = tau/2 gives the series of exp(-1/2) up to its order. Coupled, so that no other stage helps: y' = x, x' = -y on a circle.
TEST(ClosedForms, RungeKuttaOfItsOrder) {
    const auto after = [](const std::string& method, const std::string& equations, const std::string& start,
                          const std::string& variable) {
        auto simulation = simulate(
            "[simulation]\nduration = \"1 s\"\ndt = \"500 ms\"\n[neurons.cell]\nsize = 1\nequations = "
            "\"\"\"\n" +
            equations + "\"\"\"\nmethod = \"" + method + "\"\ninitial = { " + start + " }\n");
        finish(*simulation);
        return simulation->neurons("cell", variable).at(0);
    };
    const std::string cubic = "dx/dt = (t/second)**3/second : 1\n", line = "dx/dt = t/second**2 : 1\n";
    EXPECT_NEAR(after("rk4", cubic, "x = 0", "x"), 0.25, 1e-15);
    EXPECT_NEAR(after("rk2", line, "x = 0", "x"), 0.5, 1e-15);
    const double h = 0.5, second = 1 - h + h * h / 2, fourth = second - h * h * h / 6 + h * h * h * h / 24;
    EXPECT_NEAR(after("rk2", "dx/dt = -x/second : 1\n", "x = 1", "x"), second * second, 1e-15);
    EXPECT_NEAR(after("rk4", "dx/dt = -x/second : 1\n", "x = 1", "x"), fourth * fourth, 1e-15);
    // (1 + ih + (ih)^2/2 + ...)^2, real and imaginary part.
    const double re = 1 - h * h / 2 + h * h * h * h / 24, im = h - h * h * h / 6;
    const std::string circle = "dx/dt = -y/second : 1\ndy/dt = x/second : 1\n";
    EXPECT_NEAR(after("rk4", circle, "x = 1", "x"), re * re - im * im, 1e-15);
    EXPECT_NEAR(after("rk4", circle, "x = 1", "y"), 2 * re * im, 1e-15);
}

// Which method the choice falls on: a drive that depends on t is not held over an exact step, a factor of noise that does is not
// taken for additive. x' = -x + t from 0 is exp(-t) + t - 1; exponential Euler with t at the start of the step falls short by
// about dt/2, which 2e-5 of a second allows for and no more.
TEST(ClosedForms, DrivesThatDependOnTime) {
    auto simulation = simulate("[simulation]\nduration = \"1 s\"\ndt = \"0.01 ms\"\n" + std::string(R"toml(
[neurons.cell]
size = 1
equations = "dx/dt = (t/second - x)/second : 1"
)toml"));
    finish(*simulation);
    EXPECT_NEAR(simulation->neurons("cell", "x").at(0), std::exp(-1.0), 1e-5);
}

// The i of an input to a slice counts from the slice: weight i and a mean of 40 counts a step leave cells 0 to 5 at 0, and give the
// others multiples of 1, 2, 3, 4.
TEST(ClosedForms, InputToASliceCountsFromIt) {
    auto simulation = simulate(head("0.1 ms") + R"toml(
[neurons.cell]
size = 12
equations = "v : 1"
[input.drive]
to = "cell[5:10]"
target = "v"
rate = "400 kHz"
weight = "i"
)toml");
    finish(*simulation);
    const auto v = simulation->neurons("cell", "v");
    for (std::size_t k : {0, 1, 2, 3, 4, 5, 10, 11}) EXPECT_EQ(v[k], 0) << k;
    for (std::size_t k : {6, 7, 8, 9}) {
        const double weight = static_cast<double>(k) - 5;
        EXPECT_EQ(std::fmod(v[k], weight), 0) << k;
        EXPECT_NEAR(v[k] / weight, 40, 5 * std::sqrt(40)) << k;
    }
}

// Four neurons with 1, 0 and 3 spikes in three bins of half a millisecond: 1/(4*0.5 ms) is 500 Hz.
TEST(ClosedForms, PopulationRates) {
    Kept kept;
    simulate(head("1.5 ms") + R"toml(
[neurons.in]
size = 4
model = "spike_times"
times = [["0.4 ms", "1 ms"], ["1 ms"], [], ["1.4 ms"]]
[[record]]
rate = "in"
bin = "0.5 ms"
)toml",
             1, &kept)
        ->run();
    ASSERT_EQ(kept.rates.size(), 3U);
    EXPECT_NEAR(kept.rates[0], 500, 1e-9);
    EXPECT_EQ(kept.rates[1], 0);
    EXPECT_NEAR(kept.rates[2], 1500, 1e-9);
}

// Three signals of different lengths, steps and columns; each is read as itself, also by a group that uses only the last one. Held
// constant between samples; a sample counts from its own step on.
TEST(ClosedForms, EverySignalIsItself) {
    const std::string text = head("0.6 ms") + R"toml(
[signal.first]
dt = "0.1 ms"
values = [1, 2, 3, 4, 5, 6]
[signal.second]
dt = "0.2 ms"
values = [[10, 20], [30, 40], [50, 60]]
[signal.third]
dt = "0.3 ms"
values = [700, 800]
[neurons.all]
size = 2
equations = """
a = first(t) : 1
b = second(t, i) : 1
c = third(t) : 1
"""
[neurons.last]
size = 1
equations = "c = third(t) : 1"
[[record]]
variables = ["a", "b", "c"]
of = "all"
)toml";
    EXPECT_EQ(recorded(text, 0), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(recorded(text, 1, 0), (std::vector<double>{10, 10, 30, 30, 50, 50}));
    EXPECT_EQ(recorded(text, 1, 1), (std::vector<double>{20, 20, 40, 40, 60, 60}));
    EXPECT_EQ(recorded(text, 2), (std::vector<double>{700, 700, 700, 800, 800, 800}));
    const std::string only = text.substr(0, text.find("[[record]]"));
    EXPECT_EQ(recorded(only + "[[record]]\nvariables = [\"c\"]\nof = \"last\"\n"),
              (std::vector<double>{700, 700, 700, 800, 800, 800}));
}

// Steps 49, 59, 81, 98, 115, 118 are at times whose quotient by the sample's dt is less than a whole number by rounding.
TEST(ClosedForms, ASampleCountsFromItsOwnStepWhateverRounding) {
    std::string samples;
    std::vector<double> expected;
    for (int k = 0; k < 120; ++k) {
        samples += (k > 0 ? ", " : "") + std::to_string(k);
        expected.push_back(k);
    }
    EXPECT_EQ(recorded(head("12 ms") + "[signal]\ns = { dt = \"0.1 ms\", values = [" + samples + R"toml(] }
[neurons.n]
size = 1
equations = "a = s(t) : 1"
[[record]]
variables = ["a"]
of = "n"
)toml"),
              expected);
}

// dv/dt = 1/ms from 0, threshold 0.95, reset to 0: the first spike in step 9 (v = 1 after ten integrations), then every
// 10 + r - 1 steps, where r is the refractory time in steps, rounded down: it begins with the step of the spike, whose integration
// is over. Where v goes on meanwhile, max(10, r).
TEST(ClosedForms, RefractoryTimesInSteps) {
    struct Case {
        std::string refractory;
        int steps;
    };
    for (const auto& [refractory, steps] : {Case{"0 ms", 0},
                                            {"0.1 ms", 1},
                                            {"0.3 ms", 3},
                                            {"0.39 ms", 3},
                                            {"0.7*ms", 7},
                                            {"(0.7 + 0*i)*ms", 7},
                                            {"1.2 ms", 12}}) {
        for (const bool stands : {true, false}) {
            Kept kept;
            simulate(head("8 ms") + R"toml(
[neurons.cell]
size = 1
equations = "dv/dt = 1/ms : 1)toml" +
                         (stands ? " (unless refractory)" : "") + R"toml("
threshold = "v > 0.95"
reset = "v = 0"
method = "euler"
refractory = ")toml" + refractory +
                         "\"\n[[record]]\nspikes = \"cell\"\n",
                     1, &kept)
                ->run();
            ASSERT_GT(kept.spiked.size(), 2U);
            EXPECT_EQ(kept.spiked[0].step, 9);
            const int expected = stands ? 10 + std::max(0, steps - 1) : std::max(10, steps);
            EXPECT_EQ(kept.spiked[1].step - kept.spiked[0].step, expected) << refractory << stands;
        }
    }
}

// Of a spike: on_pre (+1), then on_post (*10), then the reset, whose statements run as they are written: v = ((0 + 1)*10 + 5)*2,
// and u is what v was before its own reset.
TEST(ClosedForms, ResetsComeLastAndInTheirOrder) {
    auto simulation = simulate(head("0.3 ms") + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.1 ms"]]
[neurons.cell]
size = 1
equations = """
v : 1
u : 1
before : 1
"""
threshold = "abs(t - 0.1*ms) < 0.01*ms"
reset = """
before = u
u = v
v += 5
v *= 2
"""
[synapses.post]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_post = "v_post *= 10"
[synapses.pre]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "v_post += 1; u_post += 3"
)toml");
    finish(*simulation);
    EXPECT_EQ(simulation->neurons("cell", "v"), std::vector<double>{30});
    EXPECT_EQ(simulation->neurons("cell", "u"), std::vector<double>{10});
    EXPECT_EQ(simulation->neurons("cell", "before"), std::vector<double>{3});
}

// A spike of step 1 passes the synapse in step 3 and arrives 0.3 ms later, in step 6, where the neuron's own spike of step 3 reaches
// the synapse: the arrival comes first, so that on_post reads it. One step earlier or later on_post reads the state without or with it.
TEST(ClosedForms, DendriticArrivalsComeBeforeOnPost) {
    for (const int spike : {2, 3, 4}) {
        auto simulation = simulate(head("1.2 ms") + R"toml(
[neurons.in]
size = 1
model = "spike_times"
times = [["0.1 ms"]]
[neurons.cell]
size = 1
equations = "v : 1"
threshold = "abs(t - )toml" + std::to_string(spike) +
                                   R"toml(*0.1*ms) < 0.01*ms"
reset = "v += 100"
[synapses.s]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
target = "v"
delay = "0.2 ms"
dendritic_delay = "0.3 ms"
initial = { w = 7 }
[synapses.s.plasticity]
equations = """
w : target_unit
seen : 1
"""
on_post = "seen = v_post"
)toml");
        finish(*simulation);
        EXPECT_EQ(simulation->neurons("cell", "v"), std::vector<double>{107});
        EXPECT_EQ(simulation->synapses("s", "seen"), std::vector<double>{spike >= 3 ? 107.0 : 100.0})
            << spike;
    }
}

}  // namespace
}  // namespace bouton::test
