// SPDX-License-Identifier: BSD-3-Clause
// Parts of a network that go through several steps on their own give the bits of steps taken together.
#include "sim/step/strides.hpp"
#include "model/loader.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bouton::test {
namespace {

// Depression by source, failures drawn by synapse, deferred and immediate rules, delays by synapse, inputs of constant and of
// changing rate, spikes given, slices; groups of several parts and of less than one.
const std::string kNetwork = R"toml(
[simulation]
duration = "80 ms"
seed = 3
[neurons.cells]
size = 1400
equations = """
dv/dt = (1.2 - v + g)/(10*ms) + 0.1*xi*(10*ms)**-0.5 : 1 (unless refractory)
dg/dt = -g/(5*ms) : 1
"""
threshold = "v > 1"
reset = "v = 0"
refractory = "2 ms"
initial = { v = "rand()" }
[neurons.few]
size = 9
equations = "dv/dt = (1.5 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[neurons.steady]
size = 50
model = "poisson"
parameters = { rate = "30 Hz" }
[neurons.waving]
size = 130
model = "poisson"
parameters = { rate = "(1 + sin(t/(10*ms)))*40*Hz" }
[neurons.given]
size = 3
model = "spike_times"
times = [[0.0, "1 ms", "1.1 ms", "30 ms"], ["2 ms"], []]
[input.drive]
to = "cells[100:300]"
target = "g"
rate = "2 kHz"
weight = 0.02
[synapses.depressing]
from = "cells[0:400]"
to = "cells[63:1400]"
connect = { rule = "fixed_probability", p = 0.03 }
delay = "0.8 ms"
release = { model = "tsodyks_markram", parameters = { U = 0.4 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.1 } }
target = "g"
initial = { w = "0.05*rand()" }
[synapses.failing]
from = "cells"
to = "cells"
connect = { rule = "fixed_indegree", n = 11, multapses = true }
delay = "0.7*ms + rand()*2*ms"
release = { model = "bernoulli", parameters = { p = 0.6 } }
target = "v"
initial = { w = "0.01*i/700" }
[synapses.at_once]
from = "steady"
to = "cells[0:500]"
connect = { rule = "fixed_probability", p = 0.2 }
equations = "w : 1"
on_pre = "g_post += w"
on_post = "w = clip(w*0.9 + 0.01*v_post, 0, 0.1)"
initial = { w = "0.05*rand()" }
[synapses.from_waving]
from = "waving[3:120]"
to = "few"
connect = { rule = "all_to_all" }
delay = "1 ms"
equations = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
dapost/dt = -apost/(20*ms) : 1 (event-driven)
"""
on_pre = "v_post += w; apre += 1; w = clip(w - 0.001*apost, 0, 0.02)"
on_post = "apost += 1; w = clip(w + 0.001*apre, 0, 0.02)"
initial = { w = 0.01 }
[synapses.from_given]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
equations = "w : 1"
on_pre = "g_post += w"
initial = { w = "0.1*rand()" }
[[run_regularly]]
of = "at_once"
every = "7 ms"
code = "w *= 1.01"
[[record]]
spikes = "cells"
[[record]]
rate = "few"
bin = "2 ms"
[[record]]
variables = ["v", "g"]
of = "cells"
every = "3.3 ms"
[[record]]
variables = ["w"]
of = "depressing"
every = "13 ms"
)toml";

struct Result {
    Kept kept;
    std::vector<double> v, g, few, w, once, learnt;
    std::int64_t spikes, events, stride;
};

Result run(const std::string& text, bool together, int blocks, sim::Backend backend, int threads = 1) {
    Result result;
    auto simulation = simulate(text, blocks, &result.kept, backend, threads);
    if (together) finish(*simulation);  // strides of one step
    const auto summary = simulation->run();
    result.v = simulation->neurons("cells", "v");
    result.g = simulation->neurons("cells", "g");
    result.few = simulation->neurons("few", "v");
    result.w = simulation->synapses("depressing", "w");
    result.once = simulation->synapses("at_once", "w");
    result.learnt = simulation->synapses("from_waving", "w");
    result.spikes = summary.spikes;
    result.events = summary.events;
    result.stride = simulation->longest_stride();
    return result;
}

void expect_same(const Result& a, const Result& b) {
    EXPECT_EQ(a.spikes, b.spikes);
    EXPECT_EQ(a.events, b.events);
    EXPECT_TRUE(a.kept.spiked == b.kept.spiked);
    EXPECT_TRUE(a.kept.rates == b.kept.rates);
    ASSERT_EQ(a.kept.rows.size(), b.kept.rows.size());
    for (std::size_t r = 0; r < a.kept.rows.size(); ++r) {
        EXPECT_EQ(a.kept.rows[r].step, b.kept.rows[r].step);
        EXPECT_TRUE(a.kept.rows[r].values == b.kept.rows[r].values) << r;
    }
    EXPECT_TRUE(a.v == b.v);
    EXPECT_TRUE(a.g == b.g);
    EXPECT_TRUE(a.few == b.few);
    EXPECT_TRUE(a.w == b.w);
    EXPECT_TRUE(a.once == b.once);
    EXPECT_TRUE(a.learnt == b.learnt);
}

TEST(Strides, GiveTheBitsOfSingleSteps) {
    const Result single = run(kNetwork, true, 1, sim::Backend::interpreted);
    EXPECT_EQ(single.stride, 7);
    EXPECT_GT(single.spikes, 2000);
    EXPECT_GT(single.events, 40000);
    for (const int blocks : {1, 2, 5}) {
        SCOPED_TRACE(blocks);
        expect_same(run(kNetwork, false, blocks, sim::Backend::interpreted), single);
    }
    SCOPED_TRACE("threads");
    expect_same(run(kNetwork, false, 4, sim::Backend::interpreted, 3), single);
    if (!runtime::compiler_available({})) return;
    SCOPED_TRACE("compiled");
    expect_same(run(kNetwork, false, 3, sim::Backend::compiled, 2), single);
}

std::string with(std::string text, const std::string& old, const std::string& next) {
    const auto at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), next);
}

// Each of these lets a part of the network see another one within a step, or change what all share.
TEST(Strides, AreNotTakenWherePartsMeet) {
    // a slice whose traces move on step by step, and does not begin where a part may
    const std::string kOntoFew =
        "to = \"few\"\nconnect = { rule = \"all_to_all\" }\ndelay = \"1 ms\"\nequations = \"\"\"\nw : 1\n"
        "dapre/dt = -apre/(20*ms) : 1 (event-driven)\ndapost/dt = ";
    const std::string kDecays = "-apost/(20*ms)";
    const std::string from_cells = "from = \"cells[0:50]\"\ndelay = \"1 ms\"\n";
    const std::pair<std::string, std::string> kChanges[] = {
        {"delay = \"0.8 ms\"", "delay = \"0 ms\""},
        {"0.7*ms + rand()*2*ms", "0.04*ms + rand()*2*ms"},
        {"delay = \"0.8 ms\"", "delay = \"0.8 ms\"\ndendritic_delay = \"1 ms\""},
        {kOntoFew + kDecays, "to = \"few[1:9]\"" + kOntoFew.substr(10) + "(0.01 - apost)/(20*ms)"},
        {"on_post = \"w = clip(w*0.9 + 0.01*v_post", "on_post = \"w = clip(w*0.9 + 0.01*v_pre"},
        {"on_pre = \"g_post += w\"\non_post", "on_pre = \"g_post += w; seen_pre += v_post\"\non_post"},
    };
    for (const auto& [old, next] : kChanges) {
        SCOPED_TRACE(next);
        std::string text = with(kNetwork, "from = \"steady\"\n", from_cells);
        text = with(text, "dg/dt = -g/(5*ms) : 1\n", "dg/dt = -g/(5*ms) : 1\nseen : 1\n");
        EXPECT_EQ(simulate(text)->longest_stride(), 7);
        text = with(text, old, next);
        const Result whole = run(text, false, 1, sim::Backend::interpreted);
        EXPECT_EQ(whole.stride, 0);
        expect_same(run(text, false, 3, sim::Backend::interpreted), whole);
    }
}

// More than half of the work lies on the last neurons of a group that ends shortly before a page of memory does.
TEST(Strides, PartsEndWithTheirGroup) {
    const std::string text = R"toml(
[simulation]
duration = "1 ms"
[neurons.in]
size = 60000
model = "poisson"
parameters = { rate = "2 Hz" }
[neurons.cells]
size = 3060
equations = "dv/dt = -v/(10*ms) : 1"
initial = { v = 0 }
[synapses.s]
from = "in"
to = "cells[3008:]"
connect = { rule = "all_to_all" }
target = "v"
initial = { w = 0.0003 }
)toml";
    base::Diagnostics diagnostics;
    const auto spec = model::load_text("test.toml", text, {}, diagnostics);
    const auto plan = codegen::make_plan(spec, diagnostics);
    ASSERT_FALSE(diagnostics.has_errors());
    using Bounds = std::vector<std::int64_t>;
    EXPECT_EQ(sim::bounds_for_strides(plan, "cells", 2), (Bounds{0, 3008, 3060}));
    EXPECT_EQ(sim::bounds_for_strides(plan, "in", 2), (Bounds{0, 29696, 60000}));  // at a page, 304 off
    for (int parts = 1; parts < 40; ++parts) {
        const Bounds bounds = sim::bounds_for_strides(plan, "cells", parts);
        EXPECT_EQ(bounds.size(), static_cast<std::size_t>(parts) + 1);
        EXPECT_TRUE(std::is_sorted(bounds.begin(), bounds.end()));
        EXPECT_EQ(bounds.back(), 3060);
    }
}

std::string failure_in_strides(sim::Simulation& simulation) {
    EXPECT_EQ(simulation.longest_stride(), 32);
    return failure_of(simulation);
}

// Neuron 501 fails some steps before neuron 0, in the same stride but in a later part.
TEST(Strides, TellWhatFailsFirst) {
    const std::string text = R"toml(
[simulation]
duration = "100 ms"
[neurons.p]
size = 600
model = "poisson"
parameters = { rate = "(t/(51.5*ms))*10*kHz*(1 + 0.01*int(i > 500))" }
)toml";
    const std::string first = failure_in_strides(*simulate(text));
    for (const int blocks : {2, 3}) EXPECT_EQ(failure_in_strides(*simulate(text, blocks)), first);
    EXPECT_NE(first.find("neuron 501"), std::string::npos) << first;
}

// Variables of two parts leave their range at the same time: the first one is told, whoever saw it.
TEST(Strides, TellTheFirstVariableThatIsNotFinite) {
    const std::string text = R"toml(
[simulation]
duration = "100 ms"
[neurons.cells]
size = 600
equations = """
da/dt = a*slope_a : 1
db/dt = b*slope_b : 1
slope_a : hertz (constant)
slope_b : hertz (constant)
"""
initial = { a = 1, b = 1, slope_a = "20*kHz*int(i == 501)", slope_b = "20*kHz*int(i == 3)" }
)toml";
    for (const int blocks : {1, 2, 3}) {
        auto simulation = simulate(text, blocks);
        const std::string failure = failure_in_strides(*simulation);
        EXPECT_NE(failure.find("variable 'a' of neuron 501 of 'cells'"), std::string::npos) << failure;
        EXPECT_EQ(simulation->now(),
                  415);  // values are looked at after the stride in which 100 steps are over
    }
}

// A synapse that grows may have a shorter delay than any before: then parts that stood alone no longer do.
TEST(Strides, EndWhereASynapseGrowsWithoutDelay) {
    const std::string text = R"toml(
[simulation]
duration = "20 ms"
seed = 8
[neurons.cells]
size = 300
equations = "dv/dt = (1.4 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
refractory = "1 ms"
initial = { v = "rand()" }
[synapses.s]
from = "cells"
to = "cells"
connect = { pairs = [[0, 1], [3, 200], [290, 70]] }
delay = "rand()*3*ms"
target = "v"
initial = { w = "0.02*rand()" }
structure = { grow = { p = 0.01 }, every = "4 ms" }
)toml";
    std::vector<double> expected;
    for (const int blocks : {1, 3}) {
        auto simulation = simulate(text, blocks);
        EXPECT_GT(simulation->longest_stride(), 1);
        EXPECT_GT(simulation->run().synapses, 1000);
        EXPECT_EQ(simulation->longest_stride(), 0);
        if (expected.empty()) expected = simulation->neurons("cells", "v");
        EXPECT_TRUE(simulation->neurons("cells", "v") == expected);
    }
    auto single = simulate(text, 2);
    finish(*single);
    EXPECT_TRUE(single->neurons("cells", "v") == expected);
}

}  // namespace
}  // namespace bouton::test
