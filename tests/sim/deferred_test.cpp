// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events that wait for the next presynaptic spike against the same rules made to act at once, which reading
// a presynaptic variable that changes (z, times 0) forces.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace bouton::test {
namespace {

struct Rule {
    const char* name;
    const char* equations;
    const char* on_pre;
    const char* on_post;        ///< `{}` stands for nothing, or for what makes it act at once
    double post_chance = 0.01;  ///< of a spike in a step
    const char* more = "";
    bool is_chain = false;
};

const char* const kPair =
    "dapre/dt = -apre/(20*ms) : 1 (event-driven)\ndapost/dt = -apost/(30*ms) : 1 (event-driven)\n";

const Rule kRules[] = {
    {"pair", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)"},
    {"often", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.003*(1 - w)*apre{}, 0, 1)", 0.3},
    {"costly", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*apre*(1 - min(w, 1))**0.4{}, 0, 1)"},
    {"costly, often", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.003*apre*(1 - min(w, 1))**0.4{}, 0, 1)", 0.3},
    {"costly, seldom", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*apre*(1 - min(w, 1))**0.4{}, 0, 1)", 0.001},
    {"nearest", kPair, "apre = 1; w = clip(w - 0.02*apost, 0, 1)",
     "apost = 1; w = clip(w + 0.03*apre{}, 0, 1)"},
    {"triplet",
     "dr1/dt = -r1/(17*ms) : 1 (event-driven)\ndo1/dt = -o1/(34*ms) : 1 (event-driven)\n"
     "do2/dt = -o2/(114*ms) : 1 (event-driven)\n",
     "v_post += w; r1 += 1; w = clip(w - 0.01*o1, 0, 1)",
     "w = clip(w + 0.02*r1*(0.5 + o2){}, 0, 1); o1 += 1; o2 += 1"},
    {"target's state", kPair, "apre += 1; w = clip(w - 0.01, 0, 1)",
     "w = clip(w + 0.02*apre*v_post*s_post{}, -1, 2)"},
    {"no trace", "k : 1\nn : 1\n", "n += 1; k += 0.1*w",
     "w = clip(w*0.99 + 0.001*n + 0.001*int(i > j){}, 0, 1); k *= 0.9"},
    {"count", "", "v_post += w", "w *= 0.999 + 0{}"},
    {"short trace",
     "dapre/dt = -apre/(0.2*ms) : 1 (event-driven)\ndapost/dt = -apost/(1*ms) : 1 (event-driven)\n",
     "apre += 1; w = clip(w - 0.02*apost, 0, 1)", "apost += 1; w = clip(w + 0.3*apre{}, 0, 1)"},
    {"trace too slow to tell steps apart",
     "dapre/dt = -apre/(1000*second) : 1 (event-driven)\ndapost/dt = -apost/(30*ms) : 1 (event-driven)\n",
     "apre += 1; w = clip(w - 0.02*apost, 0, 1)", "apost += 1; w = clip(w + 0.003*apre{}, 0, 1)"},
    {"slow and fast",
     "ds/dt = -s/(1000*second) : 1 (event-driven)\ndapre/dt = -apre/(20*ms) : 1 (event-driven)\n"
     "dapost/dt = -apost/(30*ms) : 1 (event-driven)\n",
     "s += 1; apre += 1; w = clip(w - 0.02*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.003*s + 0.02*apre{}, 0, 1)"},
    {"trace that grows", "dapre/dt = apre/(50*ms) : 1 (event-driven)\n", "apre = 1; w = clip(w - 0.02, 0, 1)",
     "w = clip(w + 0.01*apre{}, 0, 1)"},
    {"dendrite", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01, "dendritic_delay = \"0.7 ms\"\n"},
    {"dendrite of a chain", kPair, "apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01, "dendritic_delay = \"0.7 ms\"\n", true},
    {"normalised", kPair, "v_post += w; apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01,
     "[[run_regularly]]\nof = \"s\"\nevery = \"31 ms\"\ncode = \"w *= 5/sum_post(w)\"\n"},
    {"pruned", kPair, "apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01,
     "structure = { prune = \"w < 0.35\", every = \"13 ms\" }\n", true},
    {"grown", kPair, "apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01,
     "structure = { grow = 0.02, prune = \"w < 0.35\", every = \"13 ms\" }\n", true},
    {"grown only", kPair, "apre += 1; w = clip(w - 0.02*w*apost, 0, 1)",
     "apost += 1; w = clip(w + 0.03*(1 - w)*apre{}, 0, 1)", 0.01,
     "structure = { grow = 0.02, every = \"13 ms\" }\n", true},
};

const char* const kAtOnce = " + 0*z_pre";

std::string network(const Rule& rule, const std::string& instead, const std::string& more = "") {
    std::string on_post = rule.on_post;
    on_post.replace(on_post.find("{}"), 2, instead);
    return R"toml(
[simulation]
duration = "250 ms"
seed = 3
[neurons.a]
size = 37
equations = "dz/dt = -z/second : 1"
threshold = "rand() < 0.006"
[neurons.b]
size = 23
equations = """
dv/dt = -v/(10*ms) : 1
s : 1
"""
threshold = "rand() < )toml" +
           std::to_string(rule.post_chance) + R"toml("
reset = "v *= 0.5"
initial = { s = "0.1*i" }
[synapses.s]
from = "a"
to = "b"
connect = { rule = "fixed_probability", p = 0.4 }
delay = "1.5 ms"
initial = { w = "0.3 + 0.5*rand()" }
)toml" + (rule.is_chain ? "target = \"v\"\n" + (rule.more + std::string("[synapses.s.plasticity]\n")) : "") +
           "equations = \"\"\"\nw : 1\n" + rule.equations + "\"\"\"\non_pre = \"" + rule.on_pre +
           "\"\non_post = \"" + on_post + "\"\n" + (rule.is_chain ? "" : rule.more) + more;
}

std::vector<double> weights(const std::string& text, sim::Backend backend = sim::Backend::interpreted,
                            int blocks = 1, int threads = 1) {
    Kept kept;
    auto simulation = simulate(text, blocks, &kept, backend, threads);
    simulation->run();
    for (const auto& [name, values] : kept.groups.at(0).second.variables)
        if (name == "w") return values;
    return {};
}

TEST(Deferred, EqualsActingAtOnce) {
    for (const Rule& rule : kRules) {
        SCOPED_TRACE(rule.name);
        const auto waiting = weights(network(rule, "")), at_once = weights(network(rule, kAtOnce));
        ASSERT_EQ(waiting.size(), at_once.size());
        ASSERT_GT(waiting.size(), 50U);
        double change = 0.0;
        for (std::size_t k = 0; k < waiting.size(); ++k) {
            EXPECT_NEAR(waiting[k], at_once[k], 1e-12) << k;
            change += std::fabs(waiting[k] - waiting[0]);
        }
        EXPECT_GT(change, 1.0);
    }
}

TEST(Deferred, LookingChangesNoBit) {
    const std::string look = "[[record]]\nvariables = [\"w\"]\nof = \"s\"\nevery = \"3.3 ms\"\n";
    for (const Rule& rule : kRules) {
        SCOPED_TRACE(rule.name);
        EXPECT_TRUE(weights(network(rule, "")) == weights(network(rule, "", look)));
    }
}

TEST(Deferred, TheSameBitsOnBothBackEndsAndAnyNumberOfBlocks) {
    if (!runtime::compiler_available({})) GTEST_SKIP() << "no compiler";
    const std::string rows_of_one_chunk = "size = 23", of_several = "size = 371";
    for (const char* precision : {"double", "float"}) {
        for (const Rule& rule : kRules) {
            SCOPED_TRACE(rule.name);
            std::string text = network(rule, "");
            text.insert(text.find("seed"), std::string("precision = \"") + precision + "\"\n");
            std::string wide = text;
            wide.replace(wide.find(rows_of_one_chunk), rows_of_one_chunk.size(), of_several);
            EXPECT_TRUE(weights(wide, sim::Backend::compiled) == weights(wide));
            const auto one = weights(text);
            EXPECT_TRUE(weights(text, sim::Backend::compiled) == one);
            EXPECT_TRUE(weights(text, sim::Backend::compiled, 3, 2) == one);
            EXPECT_TRUE(weights(text, sim::Backend::interpreted, 5) == one);
        }
    }
}

TEST(Deferred, ValuesThatAreNotFiniteAreFoundThoughTheEventWaits) {
    Kept kept;
    auto simulation = simulate(R"toml(
[simulation]
duration = "5 ms"
[neurons.a]
size = 1
model = "spike_times"
times = [["1 ms"]]
[neurons.b]
size = 1
model = "spike_times"
times = [["3 ms"]]
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
equations = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
"""
on_pre = "apre += 1; w = clip(w, 0, 1)"
on_post = "w += 1e200*apre*1e200"
)toml",
                               1, &kept);
    const std::string failure = failure_of(*simulation);
    EXPECT_NE(failure.find("'w' of synapse (0, 0)"), std::string::npos) << failure;
    EXPECT_TRUE(kept.groups.empty());
}

}  // namespace
}  // namespace bouton::test
