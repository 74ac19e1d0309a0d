// SPDX-License-Identifier: BSD-3-Clause
// The C++ interface does what its headers promise; that what runs is right is the matter of other tests.
#include "bouton/simulation.hpp"

#include "tests/api/example.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

namespace bouton {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Values = std::vector<double>;

template <class T>
std::vector<T> copied(std::span<const T> values) {
    return {values.begin(), values.end()};
}

void expect_same(const Simulation& a, const Simulation& b) {
    EXPECT_EQ(a.step(), b.step());
    EXPECT_EQ(a.read("cells", "v"), b.read("cells", "v"));
    EXPECT_EQ(a.read("s", "w"), b.read("s", "w"));
}

void expect_same_records(const Simulation& a, const Simulation& b) {
    EXPECT_EQ(copied(a.spikes("cells").steps), copied(b.spikes("cells").steps));
    EXPECT_EQ(copied(a.spikes("cells").neurons), copied(b.spikes("cells").neurons));
    EXPECT_EQ(copied(a.rates("cells").values), copied(b.rates("cells").values));
    EXPECT_EQ(copied(a.samples("cells", "v").values), copied(b.samples("cells", "v").values));
}

TEST(Network, TellsWhatItIs) {
    NetworkOptions options;
    options.changes = {"simulation.dt=0.05 ms", "neurons.cells.size=9"};
    options.seed = 17;
    const Network network = Network::from_text(kExample, options);
    EXPECT_DOUBLE_EQ(network.dt(), 5e-5);
    EXPECT_DOUBLE_EQ(network.duration(), 0.05);
    EXPECT_EQ(network.seed(), 17U);
    EXPECT_NE(network.text().find("size = 9"), std::string::npos) << network.text();
    EXPECT_EQ(Network::from_text(network.text()).text(), network.text());
    EXPECT_EQ(Simulation(network, {.backend = Backend::interpreted}).read("cells", "v").size(), 9U);
}

TEST(Network, HandsWarningsOver) {
    std::vector<std::string> heard;
    NetworkOptions options;
    options.warn = [&](const std::string& message) { heard.push_back(message); };
    Network::from_text(kExample, options);
    EXPECT_THAT(heard, testing::IsEmpty());
    Simulation(Network::from_text(kExample),
               {.backend = Backend::interpreted, .threads = 100000, .warn = options.warn});
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_NE(heard[0].find("threads"), std::string::npos) << heard[0];
}

TEST(Simulation, RunsByTimeAndBySteps) {
    Simulation whole = example(), parts = example(2);
    EXPECT_EQ(whole.run_to_end(), 500);
    EXPECT_EQ(whole.run_to_end(), 0);
    EXPECT_EQ(parts.run(10ms), 100);
    EXPECT_EQ(parts.run(149us), 1);  // 1.49 steps
    EXPECT_EQ(parts.run(std::chrono::duration<double>(0.00016)), 2);
    EXPECT_EQ(parts.run(0s), 0);
    EXPECT_EQ(parts.run_steps(7), 7);
    EXPECT_DOUBLE_EQ(parts.t(), 0.011);
    EXPECT_EQ(parts.run_to_end(), 390);
    EXPECT_EQ(whole.backend(), "interpreted");
    EXPECT_DOUBLE_EQ(whole.dt(), 1e-4);
    expect_same(whole, parts);
    expect_same_records(whole, parts);
}

TEST(Simulation, CompiledKernelsGiveTheSameBits) {
    Simulation interpreted = example();
    Simulation compiled(Network::from_text(kExample), {.backend = Backend::compiled});
    EXPECT_EQ(compiled.backend(), "compiled");
    interpreted.run_to_end();
    compiled.run_to_end();
    expect_same(interpreted, compiled);
}

TEST(Simulation, DescribesItsGroups) {
    const auto groups = example().groups();
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[1].name, "cells");
    EXPECT_FALSE(groups[1].is_synapses);
    EXPECT_EQ(groups[1].size, 20);
    EXPECT_EQ(groups[2].name, "s");
    EXPECT_TRUE(groups[2].is_synapses);
    EXPECT_EQ(groups[2].size, 40);
    const auto variable = [](const Group& group, const std::string& name) {
        return *std::find_if(group.variables.begin(), group.variables.end(),
                             [&](const Variable& of) { return of.name == name; });
    };
    const Variable v = variable(groups[1], "v");
    EXPECT_EQ(v.unit, "V");
    EXPECT_EQ(v.kind, Kind::real);
    EXPECT_FALSE(v.is_parameter);
    EXPECT_EQ(variable(groups[2], "w").unit, "V");
}

TEST(Simulation, ReadsWhatWasWritten) {
    Simulation simulation = example();
    simulation.run(10ms);
    Values v(20);
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = 1e-4 * static_cast<double>(k);
    simulation.write("cells", "v", v);
    EXPECT_EQ(simulation.read("cells", "v"), v);
    const std::vector<std::int64_t> some{3, 19};
    simulation.write("cells", "v", some, Values{0.5e-3, 0.25e-3});
    v[3] = 0.5e-3;
    v[19] = 0.25e-3;
    EXPECT_EQ(simulation.read("cells", "v"), v);
    simulation.write("cells", "v", 0.125e-3);
    EXPECT_EQ(simulation.read("cells", "v"), Values(20, 0.125e-3));
    Values w = simulation.read("s", "w");
    for (double& value : w) value *= 0.5;
    simulation.write("s", "w", w);
    EXPECT_EQ(simulation.read("s", "w"), w);
    const Values source = simulation.read("s", "source"), target = simulation.read("s", "target");
    EXPECT_EQ(std::count(source.begin(), source.end(), 1.0), 20);
    EXPECT_EQ(std::count(target.begin(), target.end(), 19.0), 2);
}

TEST(Simulation, WhatIsWrittenActs) {
    Simulation simulation = example();
    simulation.write("cells", "v", 0.0);
    // v = E (1 - exp(-t/tau)) crosses 10 mV = 2/3 E after tau ln 3 = 10.99 ms: in the 110th step at the latest.
    simulation.write("s", "w", 0.0);
    simulation.run_steps(112);
    EXPECT_EQ(simulation.spikes("cells").steps.size(), 20U);
    EXPECT_EQ(simulation.spikes("cells").steps[0], 109);
}

// Half of the neurons spike in every step, then the other half.
TEST(Simulation, ParametersThatAreWrittenAct) {
    Simulation simulation(
        Network::from_text(
            "[simulation]\nduration = \"1 s\"\n[neurons.n]\nsize = 4\nequations = \"p : 1\"\n"
            "threshold = \"p > 0.5\"\ninitial = { p = \"int(i < 2)\" }\n[[record]]\nspikes = \"n\"\n"),
        {.backend = Backend::interpreted});
    simulation.run_steps(1);
    simulation.write("n", "p", Values{0, 0, 1, 1});
    simulation.run_steps(1);
    EXPECT_THAT(copied(simulation.spikes("n").neurons), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(copied(simulation.spikes("n").steps), ElementsAre(0, 0, 1, 1));
}

TEST(Simulation, TakesSpikesToCome) {
    Simulation simulation = example(),
               same(Network::from_text([] {
                        std::string text = kExample;
                        const std::string times = R"([["1 ms", "30 ms"], []])";
                        return text.replace(text.find(times), times.size(),
                                            R"([["1 ms", "12 ms", "30 ms"], ["15 ms"]])");
                    }()),
                    {.backend = Backend::interpreted});
    simulation.run(10ms);
    simulation.add_spikes("given", std::vector<std::int64_t>{1, 0}, std::vector<std::int64_t>{150, 120});
    simulation.run_to_end();
    same.run_to_end();
    expect_same(simulation, same);
}

TEST(Simulation, AddsAndRemovesSynapses) {
    using Numbers = std::vector<std::int64_t>;
    Simulation simulation = example();
    simulation.run(5ms);
    simulation.remove_synapses("s", Numbers{3, 25});
    const SynapseValues w{"w", {1e-4, 2e-4}};
    EXPECT_THAT(simulation.add_synapses("s", Numbers{1, 0}, Numbers{5, 3}, {&w, 1}), ElementsAre(40, 41));
    const Values id = simulation.read("s", "id");
    ASSERT_EQ(id.size(), 40U);
    EXPECT_EQ(id[3], 4);
    EXPECT_EQ(id[39], 41);
    EXPECT_EQ(simulation.read("s", "w")[38], 1e-4);
    EXPECT_EQ(simulation.read("s", "source")[38], 1);
    EXPECT_EQ(simulation.read("s", "target")[38], 5);
    Simulation other = simulation.copy();
    simulation.run_to_end();
    other.run_to_end();
    expect_same(simulation, other);
    EXPECT_EQ(simulation.groups()[2].size, 40);
}

TEST(Simulation, ShowsWhatWasRecorded) {
    Simulation simulation = example();
    simulation.run_steps(321);
    const double w_after_step_320 = simulation.read("s", "w")[3];
    simulation.run_to_end();
    const Spikes spikes = simulation.spikes("cells");
    EXPECT_EQ(spikes.size, 20);
    ASSERT_EQ(spikes.steps.size(), spikes.neurons.size());
    EXPECT_GT(spikes.steps.size(), 20U);
    EXPECT_TRUE(std::is_sorted(spikes.steps.begin(), spikes.steps.end()));
    const Rates rates = simulation.rates("cells");
    EXPECT_EQ(rates.bin_steps, 50);
    EXPECT_EQ(copied(rates.steps).front(), 0);
    double counted = 0.0;
    for (const double rate : rates.values) counted += rate * 20 * 5e-3;
    EXPECT_NEAR(counted, static_cast<double>(spikes.steps.size()), 1e-6);
    const Samples v = simulation.samples("cells", "v");
    EXPECT_EQ(v.unit, "V");
    EXPECT_THAT(copied(v.indices), ElementsAre(0, 7));
    EXPECT_EQ(v.steps.size(), 50U);
    EXPECT_EQ(v.values.size(), 100U);
    EXPECT_EQ(v.columns[49], 2U);
    EXPECT_EQ(v.steps[49], 490);
    const Events w = simulation.events("s", "w");  // synapse 3 is of neuron 0, which spikes twice
    EXPECT_EQ(w.unit, "V");
    EXPECT_EQ(w.at, "pre");
    EXPECT_THAT(copied(w.steps), ElementsAre(30, 320));
    EXPECT_THAT(copied(w.synapses), ElementsAre(3, 3));
    EXPECT_EQ(w.values[1], w_after_step_320);
    for (const double released : simulation.events("s", "release").values)
        EXPECT_TRUE(released == 0.0 || released == 1.0);
    simulation.clear_records();
    EXPECT_EQ(simulation.spikes("cells").steps.size(), 0U);
    EXPECT_EQ(simulation.events("s", "w").steps.size(), 0U);
    simulation.run(1ms);
    EXPECT_THAT(copied(simulation.samples("cells", "v").steps), ElementsAre(500));
}

TEST(Simulation, StoresRestoresAndCopies) {
    Simulation untouched = example(), simulation = example();
    untouched.run_to_end();
    simulation.run(12ms);
    simulation.store("here");
    Simulation copy = simulation.copy();
    simulation.run(10ms);
    simulation.write("cells", "v", 0.0);
    simulation.restore("here");
    EXPECT_EQ(simulation.step(), 120);
    simulation.run_to_end();
    copy.run_to_end();
    expect_same(untouched, simulation);
    expect_same_records(untouched, simulation);
    expect_same(untouched, copy);
    copy.restore("here");
    EXPECT_EQ(copy.step(), 120);
    const Simulation moved = std::move(simulation);
    EXPECT_EQ(moved.step(), 500);
}

TEST(Simulation, EndsAtAStepWhenItIsAskedTo) {
    Simulation simulation = example();
    simulation.request_stop();
    EXPECT_EQ(simulation.run_to_end(), 0);
    EXPECT_EQ(simulation.run_to_end(), 500);
    std::thread other([&] { simulation.request_stop(); });
    const std::int64_t done = simulation.run(1000000s);  // longer than anybody waits
    other.join();
    EXPECT_EQ(simulation.step(), 500 + done);
    EXPECT_LT(done, 10'000'000'000);
}

TEST(Simulation, TwoThreadsEachRunTheirs) {
    const Network network = Network::from_text(kExample);
    Simulation alone = example();
    alone.run_to_end();
    std::vector<Simulation> done;
    for (int k = 0; k < 2; ++k) done.push_back(example());
    std::vector<std::thread> threads;
    for (Simulation& of : done)
        threads.emplace_back([&] {
            of = Simulation(network, {.backend = Backend::interpreted, .threads = 2});
            of.run(20ms);
            of.store("here");
            of.run(5ms);
            of.restore("here");
            of.run_to_end();
        });
    for (std::thread& thread : threads) thread.join();
    for (const Simulation& of : done) {
        expect_same(alone, of);
        expect_same_records(alone, of);
    }
}

using SavedSimulation = Folder;

TEST_F(SavedSimulation, GoesOn) {
    Simulation untouched = example();
    untouched.run_to_end();
    Simulation simulation = example();
    simulation.run(21ms);
    simulation.save(folder_ / "state");
    Simulation resumed =
        Simulation::resume(folder_ / "state", {.backend = Backend::interpreted, .threads = 2});
    EXPECT_EQ(resumed.step(), 210);
    EXPECT_EQ(resumed.spikes("cells").steps.size(), 0U);
    resumed.run_to_end();
    expect_same(untouched, resumed);
}

}  // namespace
}  // namespace bouton
