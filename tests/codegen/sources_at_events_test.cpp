// SPDX-License-Identifier: BSD-3-Clause
// What is kept per presynaptic neuron moves on at its spikes, unless somebody else looks at it in between.
#include "tests/codegen/planned.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

/// Depression: x of the source is used up by its spikes.
codegen::SynapsePlan depressing(
    const std::string& more = "", const std::string& further = "",
    const std::string& equations = "dx/dt = (1 - x)/(200*ms) : 1 (event-driven)") {
    return planned(
        "equations = \"\"\"\nw : 1\n" + equations +
            "\n\"\"\"\non_pre = \"v_post += w*x; x -= 0.5*x\"\ninitial = { w = \"rand()\", x = 1 }\n" + more,
        further);
}

bool at_events(const codegen::SynapsePlan& plan) {
    EXPECT_EQ(place_of(plan, "x"), "source");
    EXPECT_EQ(plan.traces_source.empty(),
              place_of(plan, codegen::Name::of(codegen::Role::source_updated_at)) == "source");
    return plan.traces_source.empty();
}

TEST(SourcesAtEvents, WhoLooks) {
    EXPECT_TRUE(at_events(depressing()));
    EXPECT_EQ(passes_of(depressing().pathways[0]), "neuron, synapses, neuron");  // up to now; transmit; x
    EXPECT_TRUE(at_events(depressing("delay = \"2 ms\"\n")));
    EXPECT_TRUE(at_events(depressing("on_post = \"w += 0.1\"\n")));
    EXPECT_TRUE(
        at_events(depressing("on_post = \"w += x\"\n", "", R"(dx/dt = -x/(200*ms) : 1 (event-driven))")))
        << "an event that waits goes back to the source's last one";
    EXPECT_FALSE(at_events(depressing("on_post = \"w += x\"\n")))
        << "x does not only decay, so nothing waits";
    EXPECT_FALSE(at_events(depressing("on_post = \"v_post += x\"\n"))) << "at spikes of others";
    EXPECT_FALSE(
        at_events(depressing("", "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w += x\"")));
    EXPECT_TRUE(
        at_events(depressing("", "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w *= 0.5\"")));
    EXPECT_FALSE(at_events(depressing(
        "", "", "dx/dt = (1 - x)/(200*ms) : 1 (event-driven)\ndc/dt = (x - c)/second : 1 (clock-driven)")));
}

TEST(SourcesAtEvents, CoursesThatAreKnown) {
    EXPECT_TRUE(at_events(depressing("", "", "dx/dt = (r_pre - x)/(200*ms) : 1 (event-driven)")));
    EXPECT_TRUE(at_events(depressing("", "", "dx/dt = 2*Hz : 1 (event-driven)")));
    EXPECT_FALSE(at_events(depressing(
        "", "", "dx/dt = (y - x)/(200*ms) : 1 (event-driven)\ndy/dt = -y/second : 1 (event-driven)")));
}

TEST(SourcesAtEvents, RecordsComputeThem) {
    const auto plan = depressing("", "[[record]]\nof = \"s\"\nevery = \"1 ms\"\nvariables = [\"x\"]");
    EXPECT_TRUE(at_events(plan));
    ASSERT_EQ(plan.final_values.size(), 1U);
    EXPECT_EQ(plan.final_values[0].name, "x");
    EXPECT_EQ(plan.final_values[0].kernel->domain, codegen::Domain::elements);
}

}  // namespace
}  // namespace bouton::test
