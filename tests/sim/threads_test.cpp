// SPDX-License-Identifier: BSD-3-Clause
// Large enough networks to be shared out give the same bits on any number of threads, and on both back ends.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

// 9001 neurons are up to four shares; each step has some ten thousand synaptic events. `seen` is written from all
// blocks, so its kernel must go event by event.
const std::string kNetwork = R"toml(
[simulation]
duration = "4 ms"
seed = 5
[neurons.cells]
size = 9001
equations = """
dv/dt = (1.5 - v + g)/(10*ms) + 0.1*xi*(10*ms)**-0.5 : 1
dg/dt = -g/(5*ms) : 1
seen : 1
"""
threshold = "v > 1"
reset = "v = 0"
refractory = "1 ms"
initial = { v = "rand()" }
[input.drive]
to = "cells"
target = "g"
rate = "3 kHz"
weight = 0.02
[synapses.plain]
from = "cells"
to = "cells[5:9000]"
connect = { rule = "fixed_indegree", n = 60 }
delay = "0.5 ms"
release = { model = "bernoulli", parameters = { p = 0.7 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.02 } }
target = "g"
initial = { w = "0.01*rand()" }
[synapses.back]
from = "cells"
to = "cells"
connect = { rule = "fixed_indegree", n = 60, multapses = true }
delay = "(1 + j % 9)*0.1*ms"
equations = "k : 1"
on_pre = """
seen_pre += k*v_post
k = k*0.9 + 0.1*rand()
"""
initial = { k = "rand()" }
)toml";

struct Result {
    std::vector<double> v, g, seen, w, k;
    std::int64_t spikes, events;
};

Result run(int threads, sim::Backend backend) {
    auto simulation = simulate(kNetwork, 0, nullptr, backend, threads);
    const auto summary = simulation->run();
    return {simulation->neurons("cells", "v"),
            simulation->neurons("cells", "g"),
            simulation->neurons("cells", "seen"),
            simulation->synapses("plain", "w"),
            simulation->synapses("back", "k"),
            summary.spikes,
            summary.events};
}

void expect_same(const Result& a, const Result& b) {
    EXPECT_EQ(a.spikes, b.spikes);
    EXPECT_EQ(a.events, b.events);
    EXPECT_TRUE(a.v == b.v);
    EXPECT_TRUE(a.g == b.g);
    EXPECT_TRUE(a.seen == b.seen);
    EXPECT_TRUE(a.w == b.w);
    EXPECT_TRUE(a.k == b.k);
}

TEST(Threads, ChangeNoBit) {
    const auto backend = runtime::compiler_available({}) ? sim::Backend::compiled : sim::Backend::interpreted;
    const Result one = run(1, backend);
    EXPECT_GT(one.events, 40 * 4000 * 2);
    for (const int threads : {2, 3, 8}) {
        SCOPED_TRACE(threads);
        expect_same(run(threads, backend), one);
    }
    SCOPED_TRACE("interpreted");
    expect_same(run(2, sim::Backend::interpreted), one);
}

}  // namespace
}  // namespace bouton::test
