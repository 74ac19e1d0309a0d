// SPDX-License-Identifier: BSD-3-Clause
// Networks give the same bits whatever the number of target blocks and the back end.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

// Plastic, unreliable, delayed, with sums at both ends: everything whose order could depend on blocks.
const std::string kNetwork = R"toml(
[simulation]
duration = "60 ms"
seed = 11
[neurons.cells]
size = 61
equations = """
dv/dt = (1.5 - v + g)/(10*ms) + 0.1*xi*(10*ms)**-0.5 : 1
dg/dt = -g/(5*ms) : 1
seen : 1
total : 1
"""
threshold = "v > 1"
reset = "v = 0"
refractory = "2 ms"
initial = { v = "rand()" }
[synapses.plain]
from = "cells"
to = "cells[5:50]"
connect = { rule = "fixed_probability", p = 0.3 }
delay = "0.1*ms + rand()*2*ms"
dendritic_delay = "0.5 ms"
release = { model = "bernoulli", parameters = { p = 0.7 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.2 } }
target = "g"
initial = { w = "0.1*rand()" }
[synapses.back]
from = "cells[0:40]"
to = "cells"
connect = { rule = "fixed_indegree", n = 7, multapses = true }
delay = "(1 + j % 9)*0.1*ms"
equations = """
k : 1
total_pre = k*v_post : 1 (summed)
"""
on_pre = """
seen_pre += k*v_post
k = k*0.9 + 0.1*rand()
"""
on_post = "seen_pre += 0.3*k"
initial = { k = "rand()" }
[[run_regularly]]
of = "back"
every = "7 ms"
code = "k *= 20/sum_pre(k)"
)toml";

struct Result {
    std::vector<double> v, g, seen, total, w, k;
};

void expect_same(const Result& a, const Result& b) {
    EXPECT_EQ(a.v, b.v);
    EXPECT_EQ(a.g, b.g);
    EXPECT_EQ(a.seen, b.seen);
    EXPECT_EQ(a.total, b.total);
    EXPECT_EQ(a.w, b.w);
    EXPECT_EQ(a.k, b.k);
}

Result run(int blocks, sim::Backend backend) {
    auto simulation = simulate(kNetwork, blocks, nullptr, backend);
    finish(*simulation);
    EXPECT_GT(simulation->summary().spikes, 50);
    return {simulation->neurons("cells", "v"),    simulation->neurons("cells", "g"),
            simulation->neurons("cells", "seen"), simulation->neurons("cells", "total"),
            simulation->synapses("plain", "w"),   simulation->synapses("back", "k")};
}

TEST(Blocks, ResultsDoNotDependOnThem) {
    const Result one = run(1, sim::Backend::interpreted);
    for (const int blocks : {2, 3, 7}) {
        SCOPED_TRACE(blocks);
        expect_same(run(blocks, sim::Backend::interpreted), one);
    }
}

TEST(Blocks, BothBackEndsAgree) {
    if (!runtime::compiler_available({})) GTEST_SKIP() << "no compiler";
    expect_same(run(2, sim::Backend::compiled), run(1, sim::Backend::interpreted));
}

}  // namespace
}  // namespace bouton::test
