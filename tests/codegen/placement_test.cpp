// SPDX-License-Identifier: BSD-3-Clause
// Which variables of synapses are kept once per neuron, and what hinders it.
#include "tests/codegen/planned.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

struct Case {
    const char* why;
    std::string synapses;
    const char* x;  ///< where x lives
    std::string further = "";
};

void check(const std::vector<Case>& cases) {
    for (const auto& wanted : cases)
        EXPECT_EQ(place_of(planned(wanted.synapses, wanted.further), "x"), wanted.x) << wanted.why;
}

/// A pair rule: x is raised by what `on_pre` says, w follows it; `extra` are further lines.
std::string rule(const std::string& equation, const std::string& on_pre, const std::string& on_post,
                 const std::string& extra = "") {
    return "equations = \"\"\"\nw : 1\nr_tau : second\n" + equation + "\n\"\"\"\non_pre = \"" + on_pre +
           "\"\non_post = \"" + on_post + "\"\nparameters = { r_tau = \"20 ms\" }\n" + extra;
}

const std::string kTrace = "dx/dt = -x/(20*ms) : 1 (event-driven)";

TEST(Placement, Lifted) {
    check({
        {"raised by its source's spikes", rule(kTrace, "x += 1", "w += x"), "source"},
        {"raised by its target's spikes", rule(kTrace, "w -= x", "x += 1"), "target"},
        {"one delay for all", rule(kTrace, "x += 1", "w += x", "delay = \"2 ms\""), "source"},
        {"a plain variable set by events", rule("x : 1", "x = t/ms", "w += x"), "source"},
        {"reads a value of its own neuron", rule(kTrace, "x += r_pre", "w += x"), "source"},
        {"begins with a value of its own neuron", rule(kTrace, "x += 1", "w += x", "initial = { x = \"i\" }"),
         "source"},
        {"by a local that has one value per neuron", rule(kTrace, "h = 2*r_pre; x += h", "w += x"), "source"},
        {"never written, one value", rule("x : 1", "w += x", "w -= 1", "initial = { x = 0.5 }"), "one"},
        {"never written, one for each source", rule("x : 1", "w += x", "w -= 1", "initial = { x = \"i/4\" }"),
         "source"},
        {"never written, one for each target", rule("x : 1", "w += x", "w -= 1", "initial = { x = \"j/4\" }"),
         "target"},
    });
}

TEST(Placement, NotLifted) {
    check({
        {"a delay for each synapse", rule(kTrace, "x += 1", "w += x", "delay = \"rand()*ms\""), "synapse"},
        {"raised by both", rule(kTrace, "x += 1", "x -= 0.5"), "synapse"},
        {"raised at random", rule(kTrace, "x += rand()", "w += x"), "synapse"},
        {"raised by a random local", rule(kTrace, "h = rand(); x += h", "w += x"), "synapse"},
        {"reads what each synapse has", rule(kTrace, "x += w", "w += x"), "synapse"},
        {"reads the other neuron", rule(kTrace, "x += r_post", "w += x"), "synapse"},
        {"reads the other neuron's number", rule(kTrace, "x += j", "w += x"), "synapse"},
        {"begins at random", rule(kTrace, "x += 1", "w += x", "initial = { x = \"rand()\" }"), "synapse"},
        {"begins with the other's number", rule(kTrace, "x += 1", "w += x", "initial = { x = \"j\" }"),
         "synapse"},
        {"begins with given values",
         rule(kTrace, "x += 1", "w += x",
              "initial = { x = { values = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16] } }"),
         "synapse"},
        {"driven by the clock", rule("dx/dt = -x/(20*ms) : 1 (clock-driven)", "x += 1", "w += x"), "synapse"},
        {"written by run_regularly", rule(kTrace, "x += 1", "w += x"), "synapse",
         "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"x *= 0.5\""},
        {"feeds an equation that each synapse solves",
         rule(kTrace + "\ndz/dt = (w*x - z)/r_tau : 1 (event-driven)", "x += 1", "z += 0.1"), "synapse"},
    });
}

// A new synapse begins with its own initial values. A trace that begins at 0 and decays to it is the neuron's, and is found as
// it is.
TEST(Placement, GrowthKeepsWithTheSynapseWhatDoesNotFollowTheNeuron) {
    const auto placed =
        [](const std::string& equation, const std::string& initial, const std::string& on_pre,
           const std::string& structure) {
            return place_of(planned(R"(target = "v"
initial = { w = 0.5)" + initial + R"( }
plasticity = { equations = """w : 1
)" + equation + R"(
""", on_pre = ")" + on_pre + R"(", on_post = "w += x" }
)" + structure),
                            "x");
        };
    const std::string trace = "dx/dt = -x/(20*ms) : 1 (event-driven)";
    const std::string grow = "structure = { grow = \"0.1\", every = \"1 ms\" }\n";
    const std::string prune = "structure = { prune = \"w < 0.1\", every = \"1 ms\" }\n";
    struct Case {
        std::string equation, initial, on_pre, in_growth;
    };
    for (const Case& c : {Case{trace, "", "x += 1", "source"},
                          {trace, ", x = \"0*2\"", "x = 1", "source"},
                          {trace, ", x = 1", "x += 1", "synapse"},
                          {trace, ", x = \"0*i\"", "x += 1", "synapse"},
                          {"dx/dt = (1 - x)/(20*ms) : 1 (event-driven)", "", "x -= 0.1*x", "synapse"},
                          {"dx/dt = 0*x/ms : 1 (event-driven)", "", "x += 1", "synapse"},
                          {"x : 1", "", "x += 1", "synapse"}}) {
        EXPECT_EQ(placed(c.equation, c.initial, c.on_pre, grow), c.in_growth) << c.equation << c.initial;
        for (const std::string& structure : {std::string(), prune})
            EXPECT_EQ(placed(c.equation, c.initial, c.on_pre, structure), "source")
                << c.equation << c.initial;
    }
}

TEST(Placement, NotesNameWhatWasLifted) {
    const auto plan = planned(rule(kTrace, "x += 1", "w += x"));
    EXPECT_EQ(plan.notes, (std::vector<std::string>{"r_tau: one number", "x: once per presynaptic neuron"}));
    EXPECT_EQ(plan.traces_source.size(), 1U);
    EXPECT_TRUE(plan.traces_target.empty());
}

}  // namespace
}  // namespace bouton::test
