// SPDX-License-Identifier: BSD-3-Clause
// A network file with one of everything, read into the description: every field once.
#include "model/loader.hpp"

#include "codegen/plan/plan.hpp"
#include "lang/printer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace bouton::model {
namespace {

const NetworkSpec& network() {
    static const NetworkSpec spec = [] {
        base::Diagnostics diagnostics;
        auto loaded = load_file("tests/models/load/complete.toml", {}, diagnostics);
        EXPECT_EQ(diagnostics.render(), "");
        return loaded;
    }();
    return spec;
}

double number(const Value& value) { return std::get<ScalarValue>(value.value).value; }
std::string expression(const Value& value) { return lang::to_string(*std::get<lang::ExprPtr>(value.value)); }
std::vector<double> list(const Value& value) { return *std::get<ArrayValue>(value.value).values; }

const base::Dimension kVolt = base::find_unit("volt")->dimension;
const base::Dimension kSecond = base::find_unit("second")->dimension;

TEST(LoadNetwork, Simulation) {
    EXPECT_EQ(network().duration, 10.0);
    EXPECT_EQ(network().dt, 0.1 * 1e-3);
    EXPECT_EQ(network().seed, 7u);
    EXPECT_EQ(network().precision, PrecisionChoice::f32);
    EXPECT_EQ(network().file, "tests/models/load/complete.toml");
    EXPECT_EQ(network().simulation_span.text(), "simulation");
}

TEST(LoadNetwork, GroupsStandInTheOrderOfTheFile) {
    std::vector<std::string> names;
    for (const auto& group : network().neurons) names.push_back(group.name);
    for (const auto& group : network().synapses) names.push_back(group.name);
    EXPECT_EQ(names, (std::vector<std::string>{"input", "cells", "own", "replay", "exc", "listed", "whole"}));
}

TEST(LoadNetwork, LibraryModel) {
    const auto& cells = network().neurons.at(1);
    EXPECT_EQ(cells.size, 4000);
    EXPECT_EQ(cells.model.name, "lif_cond_exp");
    EXPECT_FALSE(cells.model.equations.empty());
    EXPECT_FALSE(cells.model.default_parameters.empty());
    ASSERT_EQ(cells.model.parameters.size(), 3u);
    EXPECT_EQ(cells.model.parameters[0].name, "tau_m");
    EXPECT_EQ(number(cells.model.parameters[0].value), 20 * 1e-3);
    EXPECT_EQ(std::get<ScalarValue>(cells.model.parameters[2].value.value).dimension, kVolt);
    EXPECT_EQ(expression(cells.model.initial.at(0).value), "E_L + rand()*(V_th - E_L)");
    EXPECT_EQ(cells.model.method, "exponential_euler");
    EXPECT_EQ(cells.model.method_span.text(), "exponential_euler");
}

// A time belongs to the step in which it falls, of 0.1 ms: two of one neuron collide there and not at the nearest start of a step.
TEST(LoadNetwork, SpikesOfANeuronCollideInTheirStep) {
    const auto mistakes = [](const std::string& times) {
        base::Diagnostics diagnostics;
        load_text("n.toml",
                  "simulation = { duration = \"1 ms\" }\nneurons.in = { size = 1, model = \"spike_times\", "
                  "times = [[" +
                      times + "]] }\n",
                  {}, diagnostics);
        return diagnostics.error_count();
    };
    EXPECT_EQ(mistakes("\"0.06 ms\", \"0.14 ms\""), 0U);
    EXPECT_EQ(mistakes("\"0.14 ms\", \"0.16 ms\""), 1U);
    EXPECT_EQ(mistakes("\"0.3 ms\", \"0.39 ms\""), 1U);
    EXPECT_EQ(mistakes("\"0.3 ms\", \"0.4 ms\""), 0U);
}

TEST(LoadNetwork, RateOfPoissonStaysAnExpression) {
    EXPECT_EQ(expression(network().neurons.at(0).model.parameters.at(0).value),
              "20*Hz*(1 + sin(2*pi*5*Hz*t + i))");
}

TEST(LoadNetwork, InlineModel) {
    const auto& model = network().neurons.at(2).model;
    ASSERT_EQ(model.equations.size(), 2u);
    EXPECT_EQ(lang::to_string(model.equations[0]), "dv/dt = -v/tau : 1");
    EXPECT_EQ(lang::to_string(*model.threshold), "v > 1");
    EXPECT_EQ(model.reset.size(), 2u);
    EXPECT_EQ(lang::to_string(*model.refractory), "0.005*second");
    EXPECT_EQ(list(model.initial.at(0).value), (std::vector<double>{0.25, 0.5}));
    EXPECT_EQ(list(model.initial.at(1).value), (std::vector<double>{1, 3}));
    EXPECT_TRUE(std::get<ArrayValue>(model.initial.at(1).value.value).unitless_column);
}

TEST(LoadNetwork, SpikeTimesFromFileWithMarkAndCarriageReturns) {
    const auto& spikes = network().neurons.at(3).spike_times;
    ASSERT_TRUE(spikes);
    EXPECT_EQ(spikes->index, (std::vector<std::uint32_t>{2, 0}));
    EXPECT_EQ(spikes->time, (std::vector<double>{5 * 1e-3, 1.5 * 1e-3}));
}

TEST(LoadNetwork, InputAndSignal) {
    const auto& input = network().inputs.at(0);
    EXPECT_EQ(input.to.group, "cells");
    EXPECT_EQ(input.to.end, 3200);
    EXPECT_EQ(input.target, "g_exc");
    EXPECT_EQ(number(input.rate), 2000.0);
    EXPECT_EQ(number(input.weight), 0.5 * 1e-9);
    const auto& signal = network().signals.at(0);
    EXPECT_EQ(signal.samples, 3);
    EXPECT_EQ(signal.columns, 2);
    EXPECT_EQ(*signal.values, (std::vector<double>{0, 1e-9, 0.5e-9, 2e-9, 1e-9, 3 * 1e-9}));
    EXPECT_EQ(signal.dt, 1e-3);
}

TEST(LoadNetwork, Chain) {
    const auto& exc = network().synapses.at(0);
    EXPECT_TRUE(exc.is_chain);
    EXPECT_FALSE(exc.plastic);
    EXPECT_EQ(exc.from.size(), 3200);
    EXPECT_EQ(exc.to.size(), 4000);
    EXPECT_EQ(exc.connect.rule, ConnectRule::fixed_probability);
    EXPECT_EQ(number(*exc.connect.p), 0.02);
    EXPECT_EQ(number(exc.delays.at(0).value), 1.5 * 1e-3);
    EXPECT_EQ(exc.delays.at(0).pathway, "");
    EXPECT_EQ(number(*exc.dendritic_delay), 0.5 * 1e-3);
    EXPECT_EQ(exc.release->name, "tsodyks_markram");
    EXPECT_EQ(number(exc.release->parameters.at(0).value), 0.4);
    EXPECT_EQ(exc.release->default_initial.size(), 2u);
    EXPECT_EQ(exc.plasticity->name, "my_rule");
    EXPECT_EQ(exc.plasticity->equations.at(0).span.source->file->name, "tests/models/load/my_rule.toml");
    EXPECT_EQ(number(exc.plasticity->default_parameters.at(0).value), 0.1);
    EXPECT_EQ(lang::to_string(*exc.structure->prune), "w < 0.01*nS");
    EXPECT_EQ(lang::to_string(*exc.structure->grow), "0.01");
    EXPECT_EQ(lang::to_string(*exc.structure->grow_condition), "i != j");
    EXPECT_EQ(exc.structure_every, 1.0);
    EXPECT_EQ(exc.target, "g_exc");
    EXPECT_EQ(exc.initial.at(0).name, "w");
}

TEST(LoadNetwork, ConnectionsFromFile) {
    const auto& listed = network().synapses.at(1);
    EXPECT_EQ(listed.to.begin, 10);
    EXPECT_EQ(listed.connect.rule, ConnectRule::pairs);
    EXPECT_EQ(*listed.connect.pairs,
              (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, 5}, {1, 3989}}));
    ASSERT_EQ(listed.connect.columns.size(), 3u);
    EXPECT_EQ(listed.connect.columns[0].name, "w");
    EXPECT_EQ(*listed.connect.columns[0].values.values, (std::vector<double>{1.5 * 1e-3, 2 * 1e-3}));
    EXPECT_EQ(listed.connect.columns[0].values.dimension, kVolt);
    EXPECT_EQ(listed.connect.columns[1].name, "delay");
    EXPECT_EQ(listed.connect.columns[1].values.dimension, kSecond);
    EXPECT_TRUE(listed.connect.columns[2].values.unitless_column);
    ASSERT_TRUE(listed.release);
    EXPECT_EQ(listed.release->on_pre.at(0).name, "pre");
}

TEST(LoadNetwork, WholeSynapse) {
    const auto& whole = network().synapses.at(2);
    EXPECT_FALSE(whole.is_chain);
    EXPECT_EQ(whole.connect.rule, ConnectRule::condition);
    EXPECT_EQ(lang::to_string(*whole.connect.condition), "i % 2 == j");
    EXPECT_TRUE(whole.connect.multapses);
    ASSERT_EQ(whole.whole.on_pre.size(), 2u);
    EXPECT_EQ(whole.whole.on_pre[0].name, "up");
    EXPECT_EQ(whole.whole.on_pre[1].name, "trace");
    EXPECT_EQ(whole.whole.on_post.at(0).name, "post");
    ASSERT_EQ(whole.delays.size(), 2u);
    EXPECT_EQ(whole.delays[0].pathway, "up");
    EXPECT_EQ(expression(whole.delays[1].value), "rand()*ms");
    EXPECT_EQ(whole.method, "euler");
}

TEST(LoadNetwork, Protocols) {
    EXPECT_EQ(network().regular.at(0).of, "exc");
    EXPECT_EQ(network().regular.at(0).every, 1.0);
    EXPECT_EQ(lang::to_string(network().regular.at(0).statements.at(0)), "w *= 0.5");
    ASSERT_EQ(network().records.size(), 4u);
    EXPECT_EQ(network().records[0].kind, RecordKind::spikes);
    EXPECT_EQ(network().records[1].bin, 10 * 1e-3);
    EXPECT_EQ(network().records[2].variables.at(1).first, "g_exc");
    EXPECT_EQ(*network().records[2].indices, (std::vector<std::int64_t>{0, 10}));
    EXPECT_TRUE(network().records[2].single);
    EXPECT_EQ(network().records[3].name, "weights");
}

TEST(LoadNetwork, ResolvedTextReadsBackToItself) {
    base::Diagnostics diagnostics;
    const auto again = load_text("again", network().resolved, {{}, {}, "tests/models/load"}, diagnostics);
    EXPECT_EQ(diagnostics.render(), "");
    EXPECT_EQ(again.resolved, network().resolved);
    EXPECT_EQ(again.synapses.size(), 3u);
}

TEST(LoadNetwork, TheExampleOfTheDocumentation) {
    std::ifstream stream("docs/network-file.md");
    const std::string page(std::istreambuf_iterator<char>(stream), {});
    const auto begin = page.find("```toml\n") + 8;
    base::Diagnostics diagnostics;
    const auto example = load_text("docs/network-file.md",
                                   page.substr(begin, page.find("```", begin) - begin), {}, diagnostics);
    EXPECT_EQ(diagnostics.render(), "");
    codegen::make_plan(example, diagnostics);
    EXPECT_EQ(diagnostics.render(), "");
    EXPECT_EQ(example.synapses.size(), 1u);
}

TEST(LoadNetwork, PlacesInLinesWithOtherLettersAreCountedInCharacters) {
    base::Diagnostics diagnostics;
    load_text("net.toml",
              "[simulation]\nduration = \"1 s\" # \xC3\xA4\xE2\x82\xAC\nseed = { \"\xC3\xA4\" = 1, "
              "\"\xE2\x82\xAC\" = 2 }\n"
              "[neurons.c]\nsize = [\"\xF0\x9F\xA7\xA0\xC3\xA4\", 5",
              {}, diagnostics);
    EXPECT_EQ(diagnostics.render().substr(0, 13), "net.toml:5:16");
}

TEST(LoadNetwork, AMillionValuesInOneLineTakeSeconds) {
    std::string text =
        "[simulation]\nduration = \"1 s\"\n[neurons.c]\nsize = 500000\nequations = \"v : 1\"\n"
        "initial = { v = { unit = \"1\", values = [";
    for (int k = 0; k < 500'000; ++k) text += "0.5, ";
    text += "] } }\n[synapses.s]\nfrom = \"c\"\nto = \"c\"\ntarget = \"v\"\nconnect = { pairs = [";
    for (int k = 0; k < 250'000; ++k) text += "[" + std::to_string(k) + ", 499999], ";
    base::Diagnostics diagnostics;
    const auto big = load_text("big.toml", text + "] }\n", {}, diagnostics);
    EXPECT_EQ(diagnostics.render(), "");
    EXPECT_EQ(big.synapses.at(0).connect.pairs->size(), 250'000u);
}

}  // namespace
}  // namespace bouton::model
