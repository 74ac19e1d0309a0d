// SPDX-License-Identifier: BSD-3-Clause
// `not_refractory` in a neuron's own equations: that of the present step, however refractoriness is given and wherever the word
// stands.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

/// v rises by 0.03 a step and is above 1 after 34 of them, that is, in step 33; it moves again 20 steps later.
std::string network(const std::string& equations, const std::string& refractory, const std::string& method) {
    return R"([simulation]
duration = "13 ms"
[neurons.cell]
size = 2
equations = """
)" + equations +
           R"(
"""
threshold = "v > 1"
reset = "v = 0"
refractory = ")" +
           refractory + "\"\n" + method + R"(
[[record]]
variables = ["v"]
of = "cell"
[[record]]
spikes = "cell"
)";
}

TEST(NotRefractory, HoldsInTheNeuronsOwnEquations) {
    struct Case {
        std::string equations;
        std::string method = "";
    };
    for (const Case& wanted : {
             Case{"dv/dt = 0.3/ms*int(not_refractory) : 1"},
             Case{"dv/dt = int(not_refractory)*0.3/ms : 1", "method = \"euler\""},
             Case{"dv/dt = int(not_refractory)/(10*ms/3) : 1"},
             Case{"dv/dt = rate*gate : 1\nrate = 0.3/ms : hertz\ngate = int(not_refractory) : 1"},
             Case{"dv/dt = (0.3/ms + 0/ms*v)*int(not_refractory) : 1", "method = \"rk4\""},
             Case{"dv/dt = -v*int(not not_refractory)/(1e9*second) + 0.3/ms*int(not_refractory) : 1"},
         }) {
        for (const char* refractory : {"2 ms", "(2 + 0*i)*ms", "t - lastspike < 1.95*ms"}) {
            SCOPED_TRACE(wanted.equations + ", " + refractory);
            Kept kept;
            const auto simulation = simulate(network(wanted.equations, refractory, wanted.method), 1, &kept);
            simulation->run();
            const std::vector<Spike> spikes = {{33, 0}, {33, 1}, {86, 0}, {86, 1}};
            EXPECT_EQ(kept.spiked, spikes);
            // Record k is what stands before step k.
            const auto v = [&](std::size_t step) { return kept.rows.at(step).values.at(0).at(0); };
            EXPECT_NEAR(v(33), 33 * 0.03, 1e-9);
            for (std::size_t step = 34; step <= 53; ++step) EXPECT_NEAR(v(step), 0.0, 1e-9) << step;
            EXPECT_NEAR(v(54), 0.03, 1e-9);
        }
    }
}

}  // namespace
}  // namespace bouton::test
