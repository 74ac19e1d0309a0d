// SPDX-License-Identifier: BSD-3-Clause
// Which variables of neurons, and which traces of targets, are stored relative to an epoch.
#include "model/loader.hpp"
#include "tests/codegen/planned.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

struct Change {
    std::string equation = "dg/dt = -g/tau : 1";
    std::string tau = "\"5 ms\"";
    std::string more{};  ///< of the group
    std::string on_pre = "g_post += w";
    std::string synapse{};  ///< more of the synapses
    std::string further{};
    std::string precision = "double";
};

std::string decays(const Change& change) {
    const std::string toml =
        "[simulation]\nduration = \"1 ms\"\nprecision = \"" + change.precision +
        "\"\n[neurons.cells]\nsize = 3\nequations = \"\"\"\ndv/dt = (g - v)/(10*ms) : 1\n" + change.equation +
        "\n\"\"\"\nthreshold = \"v > 1\"\nreset = \"v = 0\"\nparameters = { tau = " + change.tau + " }\n" +
        change.more +
        "[synapses.s]\nfrom = \"cells\"\nto = \"cells\"\nconnect = { rule = \"all_to_all\" }\n"
        "equations = \"w : 1\"\non_pre = \"\"\"\n" +
        change.on_pre + "\n\"\"\"\n" + change.synapse + "\n" + change.further;
    base::Diagnostics diagnostics;
    const auto spec = model::load_text("test.toml", toml, {}, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    const auto plan = codegen::make_plan(spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    std::string names;
    for (const auto& decay : plan.neurons[0].decays) names += decay.variable;
    return names;
}

TEST(Decays, WhatGathersAndDecays) {
    EXPECT_EQ(decays({}), "g");
    EXPECT_EQ(decays({.on_pre = "g_post -= w"}), "g");
    EXPECT_EQ(decays({.more = "method = \"euler\"\n"}), "g");
    EXPECT_EQ(decays({.more = "method = \"exponential_euler\"\n"}), "g");
    EXPECT_EQ(decays({.further = "[[record]]\nof = \"cells\"\nevery = \"1 ms\"\nvariables = [\"g\"]\n"}),
              "g");
    EXPECT_EQ(
        decays({.further = "[input.drive]\nto = \"cells\"\ntarget = \"g\"\nrate = \"1 kHz\"\nweight = 1\n"}),
        "g");
}

TEST(Decays, OtherEquations) {
    EXPECT_EQ(decays({.more = "method = \"rk4\"\n"}), "");
    EXPECT_EQ(decays({.equation = "dg/dt = (0.1 - g)/tau : 1"}), "");
    EXPECT_EQ(decays({.equation = "dg/dt = g/tau : 1"}), "") << "it grows";
    EXPECT_EQ(decays({.equation = "dg/dt = -g/tau + 0.1*xi*tau**-0.5 : 1"}), "");
    EXPECT_EQ(decays({.equation = "dg/dt = -g*(1 + sin(t/second))/tau : 1"}), "");
    EXPECT_EQ(decays({.tau = "\"(1 + i)*5*ms\""}), "") << "differs from neuron to neuron";
    EXPECT_EQ(
        decays({.equation = "dg/dt = -g/tau : 1 (unless refractory)", .more = "refractory = \"2 ms\"\n"}),
        "");
    EXPECT_EQ(decays({.tau = "\"0.05 ms\"", .precision = "float"}), "") << "too few steps to an epoch";
    EXPECT_EQ(decays({.tau = "\"0.05 ms\"", .more = "method = \"exact\"\n"}), "g") << "100 steps in double";
}

TEST(Decays, OthersLookOrWrite) {
    EXPECT_EQ(decays({.more = "refractory = \"g > 2\"\n"}), "");
    EXPECT_EQ(decays({.on_pre = "g_post = w"}), "");
    EXPECT_EQ(decays({.on_pre = "g_post *= w"}), "");
    EXPECT_EQ(decays({.on_pre = "g_post += w*g_post"}), "");
    EXPECT_EQ(decays({.on_pre = "v_post += g_pre"}), "");
    EXPECT_EQ(decays({.synapse = "initial = { w = \"g_post\" }"}), "") << "synapses may grow";
    EXPECT_EQ(decays({.on_pre = "g_post += w", .synapse = "on_post = \"w += g_post\""}), "");
    EXPECT_EQ(decays({.further = "[[run_regularly]]\nof = \"cells\"\nevery = \"1 ms\"\ncode = \"g = 0\"\n"}),
              "");
    EXPECT_EQ(decays({.further = "[[run_regularly]]\nof = \"cells\"\nevery = \"1 ms\"\ncode = \"v = g\"\n"}),
              "");
    EXPECT_EQ(decays({.further = "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w = g_post\"\n"}),
              "");
}

std::string traces(const std::string& equations, const std::string& on_post = "y += 1",
                   const std::string& further = "") {
    const auto plan = planned("equations = \"\"\"\nw : 1\n" + equations +
                                  "\n\"\"\"\non_pre = \"w += y\"\non_post = \"" + on_post + "\"\n",
                              further);
    EXPECT_EQ(place_of(plan, "y"), "target");
    std::string names;
    for (const auto& decay : plan.decays) names += decay.variable;
    EXPECT_EQ(plan.traces_target.empty(), names == "y");
    return names;
}

TEST(Decays, TracesOfTargets) {
    EXPECT_EQ(traces("dy/dt = -y/(20*ms) : 1 (event-driven)"), "y");
    EXPECT_EQ(traces("dy/dt = -y/(20*ms) : 1 (event-driven)", "y = 1"), "y");
    EXPECT_EQ(traces("dy/dt = -y/(20*ms) : 1 (event-driven)", "y += 1",
                     "[[record]]\nof = \"s\"\nevery = \"1 ms\"\nvariables = [\"y\"]"),
              "y");
    EXPECT_EQ(traces("dy/dt = -y/(20*ms) : 1 (event-driven)", "y += 1",
                     "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w = y\""),
              "y");
    EXPECT_EQ(traces("dy/dt = (1 - y)/(20*ms) : 1 (event-driven)"), "");
    EXPECT_EQ(traces("dy/dt = -y*r_post/(20*ms) : 1 (event-driven)"), "");
    EXPECT_EQ(traces("dy/dt = -y/(20*ms) : 1 (event-driven)\ndz/dt = (y - z)/(9*ms) : 1 (event-driven)",
                     "y += 1; w += z"),
              "")
        << "z goes on with what y was";
}

}  // namespace
}  // namespace bouton::test
