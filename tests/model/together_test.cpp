// SPDX-License-Identifier: BSD-3-Clause
// Mistakes of all kinds are told together, each once and with a place, and none that only follows from another; what the
// fine print refuses is refused.
#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bouton::model {
namespace {

using testing::ElementsAre;

/// "line:column code" of every mistake, sorted as they are shown.
std::vector<std::string> mistakes(const std::string& toml) {
    base::Diagnostics diagnostics;
    const auto network = load_text("n.toml", toml, {}, diagnostics);
    codegen::make_plan(network, diagnostics);
    std::vector<std::pair<std::uint32_t, std::string>> found;
    for (const auto& mistake : diagnostics.all()) {
        if (mistake.severity != base::Severity::error) continue;
        EXPECT_TRUE(mistake.span.source) << mistake.message;
        if (!mistake.span.source) continue;
        const auto offset = mistake.span.source->file_offset(mistake.span.begin);
        const auto place = base::position_of(*mistake.span.source->file, offset);
        found.emplace_back(offset, std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
                                       base::code_name(mistake.code));
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> shown;
    for (const auto& [offset, text] : found) shown.push_back(text);
    return shown;
}

/// The hints of all mistakes, one after the other.
std::string hints(const std::string& toml) {
    base::Diagnostics diagnostics;
    codegen::make_plan(load_text("n.toml", toml, {}, diagnostics), diagnostics);
    std::string text;
    for (const auto& mistake : diagnostics.all()) text += mistake.hint + "\n";
    return text;
}

const std::string kHead = "simulation = { duration = \"1 ms\" }\n";

TEST(Together, AKeyAndAnEquation) {
    EXPECT_THAT(mistakes(kHead + "[neurons.n]\nsize = 0\nsise = 3\nequations = \"dv/dt = w : 1\"\n"
                                 "parameters = { tau = \"5 foo\", z = 1 }\n"),
                ElementsAre("3:8 E306", "4:1 E303", "5:22 E201", "6:25 E109", "6:31 E215"));
}

TEST(Together, EveryParameterOfALongChainIsUsed) {
    std::string text = kHead +
                       "[neurons.n]\nsize = 2\nequations = \"y : 1\"\ninitial = { y = \"p39\" }\n"
                       "[neurons.n.parameters]\np0 = \"rand()\"\n";
    for (int k = 1; k < 40; ++k)
        text += "p" + std::to_string(k) + " = \"p" + std::to_string(k - 1) + " + 1\"\n";
    EXPECT_THAT(mistakes(text), ElementsAre());
}

TEST(Together, WhatASizeAndASliceLeaveToBeTold) {
    EXPECT_THAT(
        mistakes(kHead + "[neurons.n]\nsize = -1\nequations = \"v : volt\"\n"
                         "[synapses.s]\nfrom = \"n\"\nto = \"n[5:2]\"\nconnect = { rule = \"one_to_one\" }\n"
                         "target = \"v\"\ninitial = { w = \"1 nS\" }\n"
                         "[[record]]\nof = \"n\"\nvariables = [\"u\"]\nevery = \"-1 ms\"\n"),
        ElementsAre("3:8 E306", "10:18 E214", "13:15 E201", "14:9 E306"));
}

TEST(Together, WhatCannotBeReadTakesNothingElseWithIt) {
    // An unknown model, and all that is about its group, waits; the other group does not.
    EXPECT_THAT(
        mistakes(kHead +
                 "[neurons.a]\nsize = 1\nmodel = \"liff_cond_exp\"\n"
                 "[neurons.b]\nsize = 1\nequations = \"v : 1\\nu = v + 1*mV : 1\"\n"
                 "[synapses.s]\nfrom = \"a\"\nto = \"b\"\nconnect = { rule = \"al_to_all\" }\n"
                 "target = \"v\"\ninitial = { w = 1 }\n[[run_regularly]]\nof = \"a\"\nevery = \"1 ms\"\n"
                 "code = \"x = 1\"\n"),
        ElementsAre("4:10 E312", "7:25 E203", "11:21 E315"));
}

TEST(Together, AMistakeInAValueIsToldOnce) {
    EXPECT_THAT(mistakes(kHead + "[neurons.n]\nsize = 1\nequations = \"dv/dt = -v/tau : 1\"\n"
                                 "parameters = { tau = \"ten ms\" }\ninitial = { v = \"1 +\" }\n"),
                ElementsAre("5:27 E103", "6:21 E103"));
}

TEST(Together, HintsForKeysFunctionsAndNames) {
    EXPECT_THAT(
        hints(kHead +
              "[neurons.n]\nsize = 1\nequations = \"v : 1\"\n[[record]]\nvarables = [\"v\"]\nof = \"n\"\n"),
        testing::HasSubstr("did you mean 'variables'?"));
    EXPECT_THAT(
        mistakes(
            kHead +
            "[neurons.n]\nsize = 1\nequations = \"v : 1\"\n[[record]]\nvarables = [\"v\"]\nof = \"n\"\n"),
        ElementsAre("6:1 E303"));
    EXPECT_THAT(
        hints(kHead + "[neurons.n]\nsize = 1\nequations = \"v : 1\"\n[synapses.s]\nfrom = \"n\"\nto = \"n\"\n"
                      "connect = { rule = \"all_to_all\" }\ntarget = \"v\"\ninitial = { w = 1 }\n"
                      "[[run_regularly]]\nof = \"s\"\nevery = \"1 ms\"\ncode = \"w /= sum_pst(w)\"\n"),
        testing::HasSubstr("did you mean 'sum_post'?"));
}

TEST(Together, FlagsThatContradictEachOther) {
    const auto flagged = [](const std::string& equation) {
        return mistakes(
            kHead +
            "[neurons.n]\nsize = 1\nequations = \"v : 1\"\n[synapses.s]\nfrom = \"n\"\nto = \"n\"\n"
            "connect = { rule = \"all_to_all\" }\non_pre = \"v += 1\"\nequations = \"" +
            equation + "\"\n");
    };
    EXPECT_EQ(flagged("dx/dt = -x/ms : 1 (event-driven, clock-driven)").size(), 1u);
    EXPECT_EQ(flagged("dx/dt = -x/ms : 1 (clock-driven, event-driven)").size(), 1u);
    EXPECT_EQ(flagged("dx/dt = -x/ms : 1 (clock-driven, clock-driven)").size(), 1u);
    EXPECT_EQ(flagged("v_post = 1 : 1 (summed, shared)").size(), 1u);
    EXPECT_EQ(flagged("dx/dt = -x/ms : 1 (event-driven)").size(), 0u);
}

TEST(Together, DimensionsOfArguments) {
    const auto value = [](const std::string& expression, const std::string& more = "") {
        return mistakes(kHead + "[neurons.n]\nsize = 1\nequations = '''\nx : 1\nv : volt\n" + more +
                        "y = " + expression + " : 1\n'''\n");
    };
    for (const char* of_one :
         {"exp", "log", "log10", "log1p", "expm1", "exprel", "sin", "cos", "tan", "sinh", "cosh", "tanh",
          "arcsin", "arccos", "arctan", "floor", "ceil", "int", "poisson"}) {
        EXPECT_THAT(value(of_one + std::string("(v)")), ElementsAre(testing::EndsWith("E203"))) << of_one;
        EXPECT_THAT(value(of_one + std::string("(x)")), ElementsAre()) << of_one;
    }
    for (const char* wrong : {"clip(x, 0, 5*mV)", "clip(0, x, 5*mV)", "clip(v, 0, x)/mV", "min(x, v)",
                              "max(v, x, 0)", "binomial(10, v)", "binomial(v, 0.5)", "x + v", "v % x"})
        EXPECT_THAT(value(wrong), ElementsAre(testing::EndsWith("E203"))) << wrong;
    for (const char* right :
         {"clip(x, 0, 5)", "clip(v, 0, 5*mV)/mV", "sign(v)", "sqrt(v*v)/volt", "abs(v)/volt"})
        EXPECT_THAT(value(right), ElementsAre()) << right;
    // A 0 that is written here has any dimension, a name that stands for 0 has its own.
    EXPECT_THAT(value("clip(z, 0, 5*mV)", "z = 0 : 1\n"), ElementsAre(testing::EndsWith("E203")));
    EXPECT_THAT(value("(z + 5*mV)/mV", "z = 0 : 1\n"), ElementsAre(testing::EndsWith("E203")));
    EXPECT_THAT(value("(0 + 5*mV)/mV"), ElementsAre());
}

/// What the fine print says is refused, each with a place.
TEST(Together, EveryRefusalExists) {
    const auto neurons = [](const std::string& lines) { return kHead + "[neurons.n]\n" + lines; };
    const std::string v = "size = 4\nequations = \"v : 1\"\n";
    const auto synapse = [&](const std::string& lines) {
        return neurons(v) + "[synapses.s]\nfrom = \"n\"\nto = \"n\"\n" + lines;
    };
    const std::string all = "connect = { rule = \"all_to_all\" }\n";
    const std::string chain = "target = \"v\"\ninitial = { w = 1 }\n";
    const auto nested = [](int depth) { return std::string(depth, '(') + "1" + std::string(depth, ')'); };
    const auto terms = [](int count) {
        std::string text = "1";
        for (int k = 1; k < count; ++k) text += "+1";
        return text;
    };
    const auto equation = [&](const std::string& text) {
        return neurons("size = 1\nequations = '''\n" + text + "\n'''\n");
    };
    const std::string refused[] = {
        neurons(v + "foo = 1\n"),
        neurons(v + "model = \"lif_cond_exp\"\n"),
        synapse(all + chain + "equations = \"x : 1\"\n"),
        synapse("connect = { rule = \"all_to_all\", pairs = [[0, 1]] }\n" + chain),
        neurons("size = 0\nequations = \"v : 1\"\n"),
        neurons("size = 2147483648\nequations = \"v : 1\"\n"),
        neurons("size = -3\nequations = \"v : 1\"\n"),
        neurons(v) + "[synapses.s]\nfrom = \"n[2:2]\"\nto = \"n\"\n" + all + chain,
        neurons(v) + "[synapses.s]\nfrom = \"n[3:1]\"\nto = \"n\"\n" + all + chain,
        neurons(v) + "[synapses.s]\nfrom = \"n[0:5]\"\nto = \"n\"\n" + all + chain,
        neurons(v) + "[[record]]\nof = \"n\"\nvariables = [\"v\"]\nindices = [-1]\n",
        synapse("connect = { rule = \"fixed_indegree\", n = 9 }\n" + chain),
        neurons(v) + "[[record]]\nof = \"n\"\nvariables = [\"v\"]\nevery = \"0.01 ms\"\n",
        neurons(v + "initial = { v = nan }\n"),
        neurons(v + "initial = { v = \"inf\" }\n"),
        neurons(v + "initial = { v = \"1e999\" }\n"),
        kHead + "[neurons.\"a b\"]\n" + v,
        neurons(v) + "[synapses.n]\nfrom = \"n\"\nto = \"n\"\n" + all + chain,
        neurons(v + "parameters = { p = 1 }\nthreshold = \"v > p\"\nreset = \"p = 1\"\n"),
        neurons(
            "size = 1\nequations = \"v : 1\\nc : 1 (constant)\"\nthreshold = \"v > c\"\nreset = \"c = 1\"\n"),
        neurons(v + "threshold = \"v > 1\"\nreset = \"i = 1\"\n"),
        neurons(v + "threshold = \"v > 1\"\nreset = \"N = 1\"\n"),
        neurons(v + "threshold = \"v > 1\"\nreset = \"t = 1\"\n"),
        neurons(v + "threshold = \"v > 1\"\nreset = \"mV = 1\"\n"),
        neurons(v + "threshold = \"v > 1\"\nreset = \"exp = 1\"\n"),
        synapse(all + "on_pre = \"v += x\"\nequations = \"dx/dt = -x**2/ms : 1 (event-driven)\"\n"),
        synapse(all + "on_pre = \"v += x\"\nequations = \"dx/dt = -x/ms + xi/ms**0.5 : 1 (event-driven)\"\n"),
        synapse(all + "on_pre = \"v += x\"\nequations = \"dx/dt = -x*v_post/ms : 1 (event-driven)\"\n"),
        equation("x = " + nested(257) + " : 1"),
        equation("x = " + terms(50'001) + " : 1"),
    };
    for (const auto& text : refused) EXPECT_FALSE(mistakes(text).empty()) << text.substr(0, 300);
    const std::string accepted[] = {
        synapse(all + chain),
        equation("x = " + nested(256) + " : 1"),
        equation("x = " + terms(50'000) + " : 1"),
        synapse("connect = { rule = \"fixed_indegree\", n = 9, multapses = true }\n" + chain),
    };
    for (const auto& text : accepted) EXPECT_THAT(mistakes(text), ElementsAre()) << text.substr(0, 300);
}

}  // namespace
}  // namespace bouton::model
