// SPDX-License-Identifier: BSD-3-Clause
// Traces that are kept once per neuron against the same ones kept in every synapse, which per-synapse delays force.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace bouton::test {
namespace {

std::map<std::string, std::vector<double>> final_values(const std::string& delay) {
    Kept kept;
    const auto simulation = simulate(R"toml(
[simulation]
duration = "20.3 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms", "7 ms", "19 ms"], ["3 ms", "4 ms"]]
[neurons.out]
size = 2
model = "spike_times"
times = [["2 ms", "11 ms"], ["5.5 ms", "20 ms"]]
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
delay = ")toml" + delay + R"toml("
equations = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(10*ms) : 1 (event-driven)
"""
on_pre = """
w -= 0.1*apost
apre += 1
"""
on_post = """
w += 0.1*apre
apost += 1
"""
)toml",
                                     1, &kept);
    simulation->run();
    const auto& variables = kept.groups.at(0).second.variables;
    return {variables.begin(), variables.end()};
}

TEST(Lifting, FinalValuesAreThoseOfTheEnd) {
    const auto lifted = final_values("1 ms"), plain = final_values("1*ms + 0*rand()*ms");
    ASSERT_EQ(lifted.size(), 3U);
    for (const auto& [name, values] : lifted) {
        ASSERT_EQ(plain.count(name), 1U) << name;
        for (std::size_t k = 0; k < values.size(); ++k) {
            EXPECT_NEAR(values[k], plain.at(name)[k], 1e-13) << name << k;
        }
    }
    EXPECT_NEAR(lifted.at("apost")[0], std::exp(-1.83) + std::exp(-0.93), 1e-12);
}

}  // namespace
}  // namespace bouton::test
