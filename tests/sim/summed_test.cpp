// SPDX-License-Identifier: BSD-3-Clause
// What the name of a summed variable means in the group that sums it (contract: x_post is the neuron's variable).
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

// Four weights onto one neuron; `sum` is the side that sums.
std::string scaling(bool post, const std::string& code, const std::string& more = "") {
    const std::string end = post ? "_post" : "_pre";
    return R"toml([simulation]
duration = "5 ms"
[neurons.many]
size = 4
equations = "u : 1"
[neurons.one]
size = 1
equations = "total : 1"
[synapses.s]
from = ")toml" +
           std::string(post ? "many" : "one") + "\"\nto = \"" + (post ? "one" : "many") + R"toml("
connect = { rule = "all_to_all" }
equations = """
w : 1
total)toml" +
           end + " = w : 1 (summed)\n" + more + R"toml("""
initial = { w = "1 + i + j" }
[[run_regularly]]
of = "s"
every = "1 ms"
code = ")toml" +
           code + "\"\n";
}

constexpr sim::Backend kBackends[] = {sim::Backend::interpreted, sim::Backend::automatic};

// Each millisecond the sum goes half the way to 20: from 10 to 15, 17.5, 18.75, 19.375 at 4 ms.
TEST(Summed, ScalingByASumReadsTheNeuronsVariable) {
    for (const sim::Backend backend : kBackends) {
        for (const bool post : {true, false}) {
            const std::string name = post ? "total_post" : "total_pre";
            auto simulation = simulate(scaling(post, "w = w*(1 + 0.5*(20/" + name + " - 1)*int(t > 0*ms))"),
                                       1, nullptr, backend);
            finish(*simulation);
            const auto w = simulation->synapses("s", "w");
            ASSERT_EQ(w.size(), 4U);
            for (std::size_t k = 0; k < 4; ++k)
                EXPECT_NEAR(w[k], 1.9375 * static_cast<double>(k + 1), 1e-14) << name;
        }
    }
}

// At t = 0 a run_regularly finds the sum of the first weights.
TEST(Summed, RunRegularlyFindsTheFirstSum) {
    for (const sim::Backend backend : kBackends) {
        auto simulation = simulate(scaling(true, "seen = total_post", "seen : 1"), 1, nullptr, backend);
        simulation->step();
        EXPECT_EQ(simulation->synapses("s", "seen"), (std::vector<double>{10, 10, 10, 10}));
    }
}

// Equations and events too: the clock-driven x follows the sum 10 of the weights, not the synapse's own.
TEST(Summed, EquationsAndEventsReadTheNeuronsVariable) {
    const std::string network = R"toml([simulation]
duration = "3 ms"
[neurons.many]
size = 4
model = "spike_times"
times = ["1 ms", "1 ms", "1 ms", "1 ms"]
indices = [0, 1, 2, 3]
[neurons.one]
size = 1
equations = "total : 1"
[synapses.s]
from = "many"
to = "one"
connect = { rule = "all_to_all" }
equations = """
w : 1
at_spike : 1
total_post = w : 1 (summed)
dx/dt = total_post/ms : 1 (clock-driven)
"""
on_pre = "at_spike = total_post"
method = "euler"
initial = { w = "1 + i" }
)toml";
    for (const sim::Backend backend : kBackends) {
        auto simulation = simulate(network, 1, nullptr, backend);
        finish(*simulation);
        for (const double seen : simulation->synapses("s", "at_spike")) EXPECT_EQ(seen, 10.0);
        for (const double x : simulation->synapses("s", "x")) EXPECT_NEAR(x, 30.0, 1e-12);
    }
}

}  // namespace
}  // namespace bouton::test
