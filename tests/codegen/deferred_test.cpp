// SPDX-License-Identifier: BSD-3-Clause
// Which postsynaptic events wait for the next presynaptic spike.
#include "tests/codegen/planned.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

const std::string kEquations =
    "equations = \"\"\"\nw : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\n"
    "dy/dt = -y/(30*ms) : 1 (event-driven)\n";

codegen::SynapsePlan with(const std::string& on_pre, const std::string& on_post, const std::string& more = "",
                          const std::string& equations = "") {
    return planned(kEquations + equations + "\"\"\"\non_pre = \"" + on_pre + "\"\non_post = \"" + on_post +
                   "\"\ninitial = { w = \"rand()\" }\n" + more);
}

bool waits(const std::string& on_post, const std::string& more = "", const std::string& equations = "") {
    return with("v_post += w; x += 1; w -= y", on_post, more, equations).deferred.has_value();
}

TEST(Deferred, WhatAnEventMayRead) {
    const std::pair<const char*, bool> cases[] = {
        {"y += 1; w += x", true},
        {"w += x*y; y += 1", true},  // the trace of the target as it was: kept with the event
        {"w += x*v_post + r_pre*r_post + i", true},
        {"h = x*y; w += h; w = clip(w, 0, 1)", true},
        {"w += x*v_pre", false},  // nobody knows v_pre later
        {"w += x*rand()", false},
        {"w += x*int(t > 1*ms)", false},
        {"w += x; v_post += w", false},  // others see it at once
        {"w += x; v_pre = w", false},
        {"y += 1", false},                   // nothing to wait
        {"h = y; y += 1; w += x*h", false},  // a value between passes
    };
    for (const auto& [on_post, expected] : cases) EXPECT_EQ(waits(on_post), expected) << on_post;
}

TEST(Deferred, WhoElseLooksAtTheSynapse) {
    const std::string rule = "y += 1; w += x";
    EXPECT_TRUE(waits(rule, "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w *= 0.9\"\n"));
    EXPECT_TRUE(waits(rule, "[[record]]\nof = \"s\"\nevery = \"1 ms\"\nvariables = [\"w\"]\n"));
    EXPECT_FALSE(waits(rule, "delay = \"rand()*ms\"\n"));
    EXPECT_TRUE(waits(rule, "delay = \"1 ms\"\ndendritic_delay = \"0.5 ms\"\n"));
    EXPECT_FALSE(waits(rule, "", "dz/dt = (w - z)/second : 1 (clock-driven)\n"));
}

TEST(Deferred, SynapsesThatComeOrGo) {
    const auto waits_in_chain = [](const char* structure) {
        return planned(
                   std::string(
                       "target = \"v\"\nplasticity = { model = \"stdp_pair\", parameters = { w_max = 1 } }\n"
                       "initial = { w = \"rand()\" }\nstructure = { every = \"1 ms\", ") +
                   structure + " }")
            .deferred.has_value();
    };
    EXPECT_TRUE(waits_in_chain("prune = \"w < 0.1\""));
    EXPECT_TRUE(waits_in_chain("grow = { p = 0.1 }"));
}

TEST(Deferred, TracesMustOnlyDecay) {
    EXPECT_TRUE(waits("w += x"));
    EXPECT_FALSE(with("u += 1; w -= y", "w += u", "", "du/dt = (1 - u)/(5*ms) : 1 (event-driven)\n")
                     .deferred.has_value());
    EXPECT_FALSE(with("u += 1; x += 1; w -= y", "w += u", "", "du/dt = (x - u)/(5*ms) : 1 (event-driven)\n")
                     .deferred.has_value());
    EXPECT_TRUE(with("u += 1; w -= y", "w += u", "", "u : 1\n").deferred.has_value());
}

TEST(Deferred, WhatIsKept) {
    const auto plan = with("v_post += w; x += 1; w -= y", "w += x*(y + v_post); y += 1");
    ASSERT_TRUE(plan.deferred.has_value());
    EXPECT_EQ(plan.deferred->fields, 3U);  // decay of x, y, v
    EXPECT_EQ(plan.deferred->rates.size(), 1U);
    EXPECT_EQ(passes_of(plan.pathways[0]),
              "neuron, synapses, neuron, neuron");  // x up to now; meet and transmit; x; what is now
    EXPECT_EQ(passes_of(plan.pathways[1]), "neuron, neuron");  // keep; y
    EXPECT_GT(plan.pathways[0].passes[1].kernel.event_ops, 0U);
    EXPECT_TRUE(plan.pathways[1].passes[0].keeps_event);
}

TEST(Deferred, WhatTellsEventsApart) {
    const auto kept = [](const std::string& rule, const std::string& equation) {
        const auto plan = with("v_post += w; u += 1", rule, "", equation);
        EXPECT_TRUE(plan.deferred.has_value()) << equation;
        return std::pair(plan.deferred->fields, plan.deferred->fall);
    };
    using Kept = std::pair<std::uint32_t, bool>;
    EXPECT_EQ(kept("w += u", "du/dt = -u/(5*ms) : 1 (event-driven)\n"), Kept(1U, true));  // its decay alone
    EXPECT_EQ(kept("w += u", "du/dt = u/(5*ms) : 1 (event-driven)\n"), Kept(2U, false));  // it does not fall
    EXPECT_EQ(kept("w += u", "du/dt = -u/(1000*second) : 1 (event-driven)\n"), Kept(2U, false));   // too slow
    EXPECT_EQ(kept("w += u*x", "du/dt = -u/(1000*second) : 1 (event-driven)\n"), Kept(2U, true));  // x tells
    EXPECT_EQ(kept("w += u", "u : 1\n"), Kept(1U, false));  // the step alone
}

}  // namespace
}  // namespace bouton::test
