// SPDX-License-Identifier: BSD-3-Clause
// Each mistake arrives as an exception of the interface, with its text, and has changed nothing.
#include "bouton/error.hpp"

#include "tests/api/example.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <limits>

namespace bouton {
namespace {

using testing::HasSubstr;
using Values = std::vector<double>;
using Numbers = std::vector<std::int64_t>;

/// What `work` throws. All of it is caught as a program would catch it.
template <class Kind = Error, class Work>
std::string told(const Work& work, int status = 2) {
    try {
        work();
    } catch (const Kind& error) {
        EXPECT_EQ(error.status(), status);
        EXPECT_EQ(typeid(error), typeid(Kind)) << error.what();
        return error.what();
    } catch (const std::exception& other) {
        return std::string("another exception: ") + other.what();
    }
    return "nothing was thrown";
}

TEST(NetworkErrors, HavePlaceCodeAndHint) {
    const std::string text =
        "[simulation]\nduration = \"1 s\"\n[neurons.cells]\nsize = 3\nsiez = 4\nequations = \"v : 1\"\n"
        "[neurons.others]\nsize = -1\nequations = \"v : 1\"\n";
    try {
        Network::from_text(text, {}, ".", "mine.toml");
        FAIL() << "read";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), 2);
        EXPECT_THAT(error.what(), HasSubstr("mine.toml:5:1: error[E303]"));
        EXPECT_THAT(error.what(), HasSubstr("mine.toml:8:8: error[E306]"));
        ASSERT_GE(error.diagnostics().size(), 2U);
        const Diagnostic& first = error.diagnostics().front();
        EXPECT_EQ(first.file, "mine.toml");
        EXPECT_EQ(first.line, 5U);
        EXPECT_EQ(first.column, 1U);
        EXPECT_EQ(first.code, "E303");
        EXPECT_FALSE(first.is_warning);
        EXPECT_THAT(first.message, HasSubstr("siez"));
        EXPECT_THAT(first.hint, HasSubstr("size"));
        EXPECT_EQ(error.diagnostics().back().line, 8U);
        const Error copy = error;
        EXPECT_EQ(copy.diagnostics().size(), error.diagnostics().size());
    }
}

TEST(NetworkErrors, OfFilesChangesAndSeeds) {
    EXPECT_THAT(told([] { Network::from_file("/no/such.toml"); }), HasSubstr("/no/such.toml"));
    EXPECT_THAT(told([] { Network::from_text(kExample, {.changes = {"neurons.cells.size=-4"}}); }),
                HasSubstr("E306"));
    EXPECT_THAT(told([] { Network::from_text(kExample, {.changes = {"nonsense"}}); }), HasSubstr("E314"));
    EXPECT_EQ(told([] { Network::from_text(kExample, {.seed = std::uint64_t{1} << 63}); }),
              "seed: must be below 2^63");
}

TEST(SimulationErrors, OfOptions) {
    const Network network = Network::from_text(kExample);
    EXPECT_EQ(told([&] { Simulation(network, {.threads = 0}); }), "threads: must be at least 1");
    EXPECT_EQ(told([&] { Simulation(network, {.memory = -1.0}); }), "memory: must be a number of bytes");
    EXPECT_THAT(told([&] { Simulation(network, {.backend = Backend::interpreted, .memory = 10.0}); }),
                HasSubstr("memory"));
}

TEST(SimulationErrors, OfRuns) {
    Simulation simulation = example();
    EXPECT_EQ(told([&] { simulation.run_steps(-1); }), "a run of a negative duration");
    EXPECT_EQ(told([&] { simulation.run(std::chrono::seconds(-1)); }), "a run of a negative duration");
    EXPECT_EQ(told([&] { simulation.run(std::chrono::hours(1'000'000'000)); }),
              "a run of more than 2^48 steps");
    EXPECT_EQ(told([&] { simulation.run(std::chrono::duration<double>(1e300)); }),
              "a run of more than 2^48 steps");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(told([&] { simulation.run(std::chrono::duration<double>(nan)); }),
              "a run of a time that is not finite");
    EXPECT_EQ(simulation.step(), 0);
}

TEST(SimulationErrors, OfARunThatFails) {
    Simulation simulation(Network::from_text("[simulation]\nduration = \"1 s\"\n[neurons.n]\nsize = 2\n"
                                             "equations = \"dv/dt = v**2/ms : 1\"\ninitial = { v = 1 }\n"
                                             "method = \"euler\"\n"),
                          {.backend = Backend::interpreted});
    simulation.store("start");
    EXPECT_THAT(told([&] { simulation.run_to_end(); }, 1),
                HasSubstr("variable 'v' of neuron 0 of 'n' is not finite"));
    simulation.restore("start");
    EXPECT_EQ(simulation.read("n", "v"), (Values{1.0, 1.0}));
    EXPECT_EQ(simulation.run_steps(3), 3);
}

TEST(SimulationErrors, OfNames) {
    Simulation simulation = example();
    const auto unknown = [](const auto& work) { return told<UnknownName>(work); };
    EXPECT_EQ(unknown([&] { simulation.read("cell", "v"); }),
              "there is no group 'cell'; did you mean 'cells'?");
    EXPECT_EQ(unknown([&] { simulation.read("other", "v"); }),
              "there is no group 'other'; there is given, cells, s");
    EXPECT_THAT(unknown([&] { simulation.read("cells", "source"); }),
                HasSubstr("'cells' has no variable 'source'; "));
    EXPECT_THAT(unknown([&] { simulation.write("cells", "V_m", 0.0); }),
                HasSubstr("'cells' has no variable 'V_m'; it has v"));
    EXPECT_EQ(unknown([&] { simulation.write("s", "ww", 0.0); }),
              "'s' has no variable 'ww'; did you mean 'w'?");
    EXPECT_EQ(unknown([&] { simulation.add_spikes("giben", Numbers{0}, Numbers{3}); }),
              "there is no group 'giben'; did you mean 'given'?");
    EXPECT_EQ(unknown([&] { simulation.add_spikes("s", Numbers{0}, Numbers{3}); }),
              "there is no neuron group 's'");
    EXPECT_EQ(unknown([&] { simulation.add_synapses("cells", Numbers{0}, Numbers{3}); }),
              "there is no synapse group 'cells'");
    EXPECT_EQ(unknown([&] { simulation.spikes("given"); }),
              "no spikes are recorded of 'given'; there is cells");
    EXPECT_EQ(unknown([&] { simulation.rates("rate"); }),
              "there is no record of a rate named 'rate'; there is cells");
    EXPECT_EQ(unknown([&] { simulation.samples("v", "v"); }),
              "there is no record of variables named 'v'; there is cells");
    EXPECT_EQ(unknown([&] { simulation.events("cells", "w"); }),
              "there is no record at events named 'cells'; there is s");
    EXPECT_EQ(unknown([&] { simulation.samples("cells", "w"); }), "'cells' does not record 'w'; there is v");
    simulation.store("trained");
    EXPECT_EQ(unknown([&] { simulation.restore("traind"); }),
              "no state was stored as 'traind'; did you mean 'trained'?");
}

TEST(SimulationErrors, OfValues) {
    Simulation simulation = example();
    const Values before = simulation.read("cells", "v");
    const auto write = [&](const Values& values) {
        return told([&] { simulation.write("cells", "v", values); });
    };
    EXPECT_EQ(write(Values(3)), "'v' of 'cells': 3 values, but 20 neurons");
    Values one_wrong = before;
    one_wrong[4] = std::numeric_limits<double>::infinity();
    EXPECT_EQ(write(one_wrong), "'v' of 'cells': the value of neuron 4 is not finite");
    EXPECT_EQ(told([&] {
                  simulation.write("cells", "v", Numbers{1, 20}, Values{0.0});
              }),
              "'v' of 'cells': there is no neuron 20; there are 20");
    EXPECT_EQ(told([&] {
                  simulation.write("cells", "v", Numbers{1, 1}, Values{0.0});
              }),
              "'v' of 'cells': neuron 1 stands twice");
    EXPECT_EQ(simulation.read("cells", "v"), before);
    EXPECT_EQ(told([&] {
                  simulation.add_spikes("given", Numbers{0, 1}, Numbers{3});
              }),
              "'given': 2 neurons for spikes in 1 steps; give one step for each");
    EXPECT_THAT(told([&] { simulation.add_spikes("cells", Numbers{0}, Numbers{3}); }), HasSubstr("'cells'"));
    EXPECT_THAT(told([&] { simulation.add_synapses("s", Numbers{0}, Numbers{3}); }),
                HasSubstr("there is one already"));
    EXPECT_EQ(told([&] { simulation.remove_synapses("s", Numbers{40}); }),
              "synapse 40 of 's' does not exist");
}

TEST(SimulationErrors, OfWhatAllShare) {
    Simulation simulation(
        Network::from_text(
            "[simulation]\nduration = \"1 s\"\n[neurons.n]\nsize = 4\nequations = \"rate : Hz\"\n"
            "threshold = \"rand() < rate*dt\"\nparameters = { rate = \"5 Hz\" }\n"),
        {.backend = Backend::interpreted});
    EXPECT_EQ(told([&] { simulation.write("n", "rate", Numbers{1}, Values{40.0}); }),
              "'rate' of 'n': all share one value, so that all are to be written");
    EXPECT_THAT(simulation.read("n", "rate"), testing::Each(5.0));
    simulation.write("n", "rate", 40.0);
    EXPECT_THAT(simulation.read("n", "rate"), testing::Each(40.0));
    simulation.change("neurons.n.parameters.rate", "20 Hz");
    EXPECT_THAT(simulation.read("n", "rate"), testing::Each(20.0));
    EXPECT_THAT(told([&] { simulation.change("simulation.dt", "1 ms"); }),
                HasSubstr("'simulation.dt' does not change"));
}

using FileErrors = Folder;

TEST_F(FileErrors, OfStates) {
    Simulation simulation = example();
    EXPECT_THAT(told([&] { Simulation::resume(folder_ / "none"); }), HasSubstr("there is no such file"));
    std::ofstream(folder_ / "other") << "something else";
    EXPECT_THAT(told([&] { Simulation::resume(folder_ / "other"); }), HasSubstr("other'"));
    EXPECT_THAT(told([&] { simulation.save(folder_ / "no" / "state"); }), HasSubstr("no/state"));
}

}  // namespace
}  // namespace bouton
