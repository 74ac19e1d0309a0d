// SPDX-License-Identifier: BSD-3-Clause
// Sessions: what was stored, copied or saved goes on as if nothing had happened; a saved session of which any bit differs is
// refused.
#include "session/session.hpp"

#include "tests/session/opening.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

const char* const kNetwork = R"toml(
[simulation]
duration = "50 ms"
seed = 3
[neurons.given]
model = "spike_times"
size = 2
times = [["1 ms", "30 ms"], []]
[neurons.cells]
size = 20
equations = "dv/dt = (1.5 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.s]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
delay = "2 ms"
release = { model = "bernoulli", parameters = { p = 0.5 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
initial = { w = "rand()" }
[[record]]
spikes = "cells"
[[record]]
variables = ["v"]
of = "cells"
every = "1 ms"
[[record]]
rate = "cells"
bin = "3 ms"
[[record]]
variables = ["w", "release"]
of = "s"
at = "pre"
)toml";

std::unique_ptr<Session> open(const std::string& text = kNetwork, int threads = 1) {
    return open_text(text, threads);
}

void expect_same(const Session& a, const Session& b) {
    EXPECT_EQ(a.step(), b.step());
    EXPECT_EQ(a.read_neurons("cells", "v"), b.read_neurons("cells", "v"));
    EXPECT_EQ(a.read_synapses("s", "w"), b.read_synapses("s", "w"));
    EXPECT_EQ(a.records().spikes().at(0).steps, b.records().spikes().at(0).steps);
    EXPECT_EQ(a.records().spikes().at(0).neurons, b.records().spikes().at(0).neurons);
    EXPECT_EQ(a.records().samples().at(0).values, b.records().samples().at(0).values);
    EXPECT_EQ(a.records().samples().at(0).steps, b.records().samples().at(0).steps);
    EXPECT_EQ(a.records().rates().at(0).values, b.records().rates().at(0).values);
    EXPECT_EQ(a.records().events().at(0).steps, b.records().events().at(0).steps);
    EXPECT_EQ(a.records().events().at(0).synapses, b.records().events().at(0).synapses);
    EXPECT_EQ(a.records().events().at(0).values, b.records().events().at(0).values);
}

TEST(Session, RunsAsFarAsItIsTold) {
    const auto whole = open(), parts = open();
    EXPECT_EQ(whole->run(500), 500);
    for (const int part : {0, 1, 22, 177, 300}) EXPECT_EQ(parts->run(part), part);
    EXPECT_DOUBLE_EQ(parts->t(), 0.05);
    EXPECT_GT(whole->records().spikes().at(0).steps.size(), 20U);
    EXPECT_EQ(whole->records().events().at(0).steps.size(), 40U);
    expect_same(*whole, *parts);
    whole->run(100);  // beyond what the network describes
    EXPECT_EQ(whole->step(), 600);
    EXPECT_THROW(whole->run(-1), base::Error);
}

TEST(Session, GoesBackToWhatWasStored) {
    const auto untouched = open(), session = open();
    untouched->run(500);
    session->run(123);
    session->store("here");
    session->run(200);
    session->store("there");
    session->restore("here");
    session->run(377);
    expect_same(*untouched, *session);
    session->restore("there");
    session->run(177);
    EXPECT_EQ(session->read_neurons("cells", "v"), untouched->read_neurons("cells", "v"));
    EXPECT_THROW(session->restore("nowhere"), sim::UnknownName);
}

TEST(Session, ACopyIsIndependent) {
    const auto session = open(), untouched = open();
    session->run(50);
    const auto copy = session->copy();
    copy->write_neurons("cells", "v", {}, std::vector<double>{0.25});
    session->run(450);
    untouched->run(500);
    expect_same(*untouched, *session);
    const auto other = copy->copy();
    copy->run(300);
    other->run(300);
    expect_same(*copy, *other);
}

TEST(Session, SpikesToCome) {
    const auto session = open();
    session->run(100);
    const std::vector<std::int64_t> neurons{1, 0}, steps{150, 120};
    session->add_spikes("given", neurons, steps);
    const auto refused = [&](std::int64_t neuron, std::int64_t step) {
        EXPECT_THROW(session->add_spikes("given", std::vector{neuron}, std::vector{step}), base::Error);
    };
    refused(2, 300);
    refused(-1, 300);
    refused(0, 99);
    refused(0, 300);  // it spikes then already
    EXPECT_THROW(session->add_spikes("cells", neurons, steps), base::Error);
    EXPECT_THROW(session->add_spikes("none", neurons, steps), sim::UnknownName);
    const auto same = open([] {
        std::string text = kNetwork;
        const std::string times = "[[\"1 ms\", \"30 ms\"], []]";
        return text.replace(text.find(times), times.size(),
                            "[[\"1 ms\", \"12 ms\", \"30 ms\"], [\"15 ms\"]]");
    }());
    same->run(400);
    session->run(300);
    expect_same(*same, *session);
}

// One cell that decays to E, an input of one spike, traces and resources; each against its closed form across the change.
const char* const kParameters = R"toml(
[simulation]
duration = "50 ms"
[neurons.in]
model = "spike_times"
size = 1
times = [["0 ms", "30 ms"]]
[neurons.cell]
size = 3
equations = "dv/dt = (E*k - v)/tau : 1\nk : 1"
parameters = { E = 2, tau = "10 ms" }
initial = { v = 1, k = "1 + i" }
[synapses.s]
from = "in"
to = "cell"
connect = { rule = "all_to_all" }
equations = """
w : 1
da/dt = -a/tau_a : 1 (event-driven)
dx/dt = (1 - x)/tau_x : 1 (event-driven)
"""
on_pre = """
a += 1
x *= 0.5
"""
initial = { x = 1 }
parameters = { tau_a = "20 ms", tau_x = "(100 + 0*j)*ms" }
[[record]]
variables = ["v"]
of = "cell"
every = "10 ms"
)toml";

TEST(Session, AParameterChangesFromThereOn) {
    const auto session = open(kParameters);
    session->run(200);  // 20 ms
    session->change("neurons.cell.parameters.E", "-1");
    session->change("neurons.cell.parameters.tau", "5 ms");
    session->change("synapses.s.parameters.tau_a", "40 ms");
    session->change("synapses.s.parameters.tau_x", "(50 + 0*j)*ms");
    session->run(150);  // 15 ms
    for (int i = 0; i < 3; ++i) {
        const double k = 1 + i, before = 2 * k + (1 - 2 * k) * std::exp(-2.0);
        EXPECT_NEAR(session->read_neurons("cell", "v").at(static_cast<std::size_t>(i)),
                    -k + (before + k) * std::exp(-3.0), 1e-12);
    }
    const double a = (std::exp(-1.0) * std::exp(-0.25) + 1.0) * std::exp(-0.125);
    double x = 1 - 0.5 * std::exp(-0.2);
    x = 0.5 * (1 - (1 - x) * std::exp(-0.2));
    x = 1 - (1 - x) * std::exp(-0.1);
    EXPECT_NEAR(session->read_synapses("s", "a").at(1), a, 1e-12);
    EXPECT_NEAR(session->read_synapses("s", "x").at(1), x, 1e-12);
    EXPECT_EQ(session->records().samples().at(0).steps, (std::vector<std::int64_t>{0, 100, 200, 300}));
}

TEST(Session, GoesBackToTheParametersOfThatTime) {
    const auto session = open(kParameters), untouched = open(kParameters);
    session->run(100);
    session->write_neurons("cell", "k", {}, std::vector<double>{7.0});
    session->store("before");
    session->change("neurons.cell.parameters.E", "-1");
    EXPECT_EQ(session->read_neurons("cell", "k"), (std::vector<double>{7, 7, 7}));
    session->run(100);
    session->restore("before");
    session->run(100);
    untouched->run(100);
    untouched->write_neurons("cell", "k", {}, std::vector<double>{7.0});
    untouched->run(100);
    EXPECT_EQ(session->read_neurons("cell", "v"), untouched->read_neurons("cell", "v"));
}

// 40 Hz: a value that all share, given as a parameter, at first, or by the model, acts when it is written.
TEST(Session, WhatAllShareActsWhenItIsWritten) {
    const std::string head = "simulation = { duration = \"2 s\" }\nneurons.n = { size = 50, ";
    const std::string own = "equations = \"rate : Hz\", threshold = \"rand() < rate*dt\", ";
    for (const std::string& group :
         {own + "parameters = { rate = \"5 Hz\" } }\n", own + "initial = { rate = \"5 Hz\" } }\n",
          std::string("model = \"poisson\", parameters = { rate = \"(5 + 0*i)*Hz\" } }\n")}) {
        const auto session = open(head + group + "[[record]]\nspikes = \"n\"\n");
        session->run(10000);
        const auto few = static_cast<double>(session->records().spikes().at(0).steps.size());
        EXPECT_NEAR(few, 250, 5 * std::sqrt(250.0)) << group;
        session->write_neurons("n", "rate", {}, std::vector<double>{40.0});
        EXPECT_EQ(session->read_neurons("n", "rate"), std::vector<double>(50, 40.0));
        session->run(10000);
        const double many = static_cast<double>(session->records().spikes().at(0).steps.size()) - few;
        EXPECT_NEAR(many, 2000, 5 * std::sqrt(2000.0)) << group;
        EXPECT_THROW(session->write_neurons("n", "rate", {}, std::vector<double>{1.0, 2.0}), base::Error);
        EXPECT_THROW(session->write_neurons("n", "rate", {}, std::vector<double>{std::nan("")}), base::Error);
    }
}

// The gaps between spikes that were drawn for the old rate are not waited for; other sources keep theirs.
TEST(Session, TheOneRateOfPoissonSourcesActsAtOnce) {
    const std::string text =
        "simulation = { duration = \"2 s\" }\n"
        "neurons.a = { size = 50, model = \"poisson\", parameters = { rate = \"5 Hz\" } }\n"
        "neurons.b = { size = 50, model = \"poisson\", parameters = { rate = \"5 Hz\" } }\n"
        "[[record]]\nspikes = \"a\"\n[[record]]\nspikes = \"b\"\n";
    const auto session = open(text), untouched = open(text);
    untouched->run(20000);
    session->run(10000);
    const auto few = static_cast<double>(session->records().spikes().at(0).steps.size());
    EXPECT_NEAR(few, 250, 5 * std::sqrt(250.0));
    session->change("neurons.a.parameters.rate", "400 Hz");
    session->run(1000);
    const double soon = static_cast<double>(session->records().spikes().at(0).steps.size()) - few;
    EXPECT_NEAR(soon, 2000, 5 * std::sqrt(2000.0));
    session->run(9000);
    EXPECT_EQ(session->records().spikes().at(1).steps, untouched->records().spikes().at(1).steps);
    EXPECT_EQ(session->records().spikes().at(1).neurons, untouched->records().spikes().at(1).neurons);
}

TEST(Session, AParameterThatCannotBeChangesNothing) {
    const auto session = open(kParameters), untouched = open(kParameters);
    session->run(200);
    for (const auto& [key, value] :
         {std::pair("neurons.cell.parameters.E", "5 mV"), std::pair("neurons.cell.parameters.F", "5"),
          std::pair("neurons.cell.parameters.tau", "rand()*ms"),
          std::pair("neurons.cell.parameters.tau", "0*ms"), std::pair("neurons.cell.size", "4"),
          std::pair("simulation.dt", "1 ms"), std::pair("neurons.none.parameters.E", "1")}) {
        EXPECT_THROW(session->change(key, value), base::Error) << key << " = " << value;
    }
    session->run(300);
    untouched->run(500);
    EXPECT_EQ(session->read_neurons("cell", "v"), untouched->read_neurons("cell", "v"));
    EXPECT_EQ(session->read_synapses("s", "a"), untouched->read_synapses("s", "a"));
}

TEST(Session, TellsWhereSynapsesAre) {
    std::string text = kNetwork;
    const std::string to = "to = \"cells\"";
    text.replace(text.find(to), to.size(), "to = \"cells[15:20]\"");
    const auto session = open(text);
    EXPECT_EQ(session->read_synapses("s", "source"), (std::vector<double>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));
    EXPECT_EQ(session->read_synapses("s", "target"),
              (std::vector<double>{15, 16, 17, 18, 19, 15, 16, 17, 18, 19}));
    EXPECT_EQ(session->read_synapses("s", "id"), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    for (const double delay : session->read_synapses("s", "delay")) EXPECT_DOUBLE_EQ(delay, 0.002);
    EXPECT_EQ(session->synapse_count("s"), 10);
}

TEST(Session, StoredStatesCountAgainstTheMemory) {
    NetworkSource source;
    source.file = "test.toml";
    source.text =
        "[simulation]\nduration = \"1 s\"\n[neurons.n]\nsize = 10000\nequations = \"dv/dt = -v/second : 1\"\n"
        "initial = { v = \"i\" }\n";
    Options options;
    options.backend = sim::Backend::interpreted;
    options.memory = 300e3;  // the network takes 80 kB, as a state of it does
    Session session(check_network(source, {}), source, options);
    session.store("one");
    session.store("two");
    session.run(1);
    session.store("two");  // in place of the older one
    try {
        session.store("three");
        ADD_FAILURE() << "stored";
    } catch (const base::OutOfMemory& error) {
        EXPECT_NE(std::string(error.what()).find("more than the 300 kB that --memory allows"),
                  std::string::npos)
            << error.what();
    }
    EXPECT_THROW(session.restore("three"), sim::UnknownName);
    session.restore("two");
    EXPECT_EQ(session.step(), 1);
}

TEST(Session, AStepThatFailedIsNotGoneOnFrom) {
    auto session = open(
        "[simulation]\nduration = \"1 s\"\n[neurons.n]\nsize = 2\nequations = \"dv/dt = v**2/ms : 1\"\n"
        "initial = { v = \"i\" }\n[[run_regularly]]\nof = \"n\"\nevery = \"0.1 ms\"\ncode = \"v += 0.1\"\n");
    session->run(3);
    session->store("sound");
    const auto v = session->read_neurons("n", "v");
    std::string why;
    try {
        session->run(1000);
    } catch (const base::Error& error) {
        why = error.what();
    }
    EXPECT_NE(why.find("is not finite any more"), std::string::npos) << why;
    EXPECT_EQ(session->read_neurons("n", "v").size(), 2u);  // it can be looked at
    const auto is_refused = [&](const auto& call) {
        try {
            call();
        } catch (const base::Error& error) {
            return std::string(error.what()).find("amid a step that failed (" + why) != std::string::npos;
        }
        return false;
    };
    const std::vector<double> one{1.0};
    EXPECT_TRUE(is_refused([&] { session->run(1); }));
    EXPECT_TRUE(is_refused([&] { session->begin_step(); }));
    EXPECT_TRUE(is_refused([&] { session->write_neurons("n", "v", {}, one); }));
    EXPECT_TRUE(is_refused([&] { session->change("neurons.n.parameters.tau", "1"); }));
    EXPECT_TRUE(is_refused([&] { session->store("amid"); }));
    EXPECT_TRUE(is_refused([&] { session->copy(); }));
    EXPECT_TRUE(is_refused([&] { session->save(fs::temp_directory_path() / "amid"); }));
    session->restore("sound");
    EXPECT_EQ(session->read_neurons("n", "v"), v);
    EXPECT_EQ(session->run(2), 2);
}

TEST(Session, NamesThatDoNotExist) {
    const auto session = open();
    const auto told = [&](const auto& call) -> std::string {
        try {
            call();
        } catch (const sim::UnknownName& error) {
            return error.what();
        }
        return "taken";
    };
    EXPECT_EQ(told([&] { session->read_neurons("cell", "v"); }),
              "there is no neuron group 'cell'; did you mean 'cells'?");
    EXPECT_EQ(told([&] { session->read_neurons("cells", "w"); }), "'cells' has no variable 'w'; it has v");
    EXPECT_EQ(told([&] { session->read_synapses("s", "dely"); }),
              "'s' has no variable 'dely'; did you mean 'delay'?");
    EXPECT_EQ(told([&] { session->write_synapses("t", "w", {}, std::vector<double>{1.0}); }),
              "there is no synapse group 't'");
}

TEST(Session, Quantities) {
    const base::Dimension volt = base::find_unit("volt")->dimension;
    EXPECT_DOUBLE_EQ(quantity("-70 mV", "v", volt), -0.07);
    EXPECT_DOUBLE_EQ(quantity("0", "v", volt), 0.0);
    EXPECT_DOUBLE_EQ(quantity("0.25", "x", {}), 0.25);
    for (const char* wrong :
         {"-70 mA", "1", "70", "", "mV", "1 mV 2", "inf", "1e999 mV", "v", "2*v", "rand()*mV"})
        EXPECT_THROW(quantity(wrong, "v", volt), base::Error) << wrong;
}

class Saved : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("bouton-session-" + std::to_string(::getpid()));
        fs::create_directory(folder_);
        file_ = folder_ / "state.bouton";
    }
    void TearDown() override { fs::remove_all(folder_); }

    static std::unique_ptr<Session> resume(const fs::path& file, int threads = 1) {
        Options options;
        options.backend = sim::Backend::interpreted;
        options.threads = threads;
        return Session::resume(file, options);
    }
    std::string content() const {
        std::ifstream in(file_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }

    fs::path folder_, file_;
};

TEST_F(Saved, GoesOn) {
    const auto untouched = open();
    untouched->run(500);
    const auto session = open();
    session->run(211);
    session->save(file_);
    session->run(10);
    for (const int threads : {1, 2}) {
        const auto resumed = resume(file_, threads);
        EXPECT_EQ(resumed->step(), 211);
        resumed->run(289);
        EXPECT_EQ(resumed->read_neurons("cells", "v"), untouched->read_neurons("cells", "v"));
        EXPECT_EQ(resumed->read_synapses("s", "w"), untouched->read_synapses("s", "w"));
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(Saved, IsRefusedIfAnyBitDiffers) {
    const auto session = open();
    session->run(50);
    session->save(file_);
    const std::string sound = content();
    for (std::size_t k = 0; k < sound.size(); k += 1 + sound.size() / 97) {
        std::string damaged = sound;
        damaged[k] = static_cast<char>(damaged[k] ^ (1 << (k % 8)));
        write(damaged);
        EXPECT_THROW(resume(file_), base::Error) << k;
        write(sound.substr(0, k));
        EXPECT_THROW(resume(file_), base::Error) << k;
    }
    write(sound + "x");
    EXPECT_THROW(resume(file_), base::Error);
    write(sound);
    EXPECT_EQ(resume(file_)->step(), 50);
}

TEST_F(Saved, KnowsTheFilesOfItsNetwork) {
    std::ofstream(folder_ / "w.csv") << "w\n0.5\n0.25\n";
    NetworkSource source;
    source.file = (folder_ / "net.toml").string();
    std::ofstream(source.file)
        << "simulation = { duration = \"1 ms\" }\n[neurons.n]\nsize = 2\nequations = \"w : 1\"\n"
           "initial = { w = { file = \"w.csv\" } }\n";
    Options options;
    options.backend = sim::Backend::interpreted;
    Session session(check_network(source, {}), source, options);
    session.run(3);
    session.save(file_);
    EXPECT_EQ(resume(file_)->read_neurons("n", "w"), (std::vector<double>{0.5, 0.25}));
    EXPECT_THROW(session.save(folder_ / "w.csv"), base::Error);
    EXPECT_THROW(session.save(source.file), base::Error);
    std::ofstream(folder_ / "w.csv") << "w\n0.5\n0.75\n";
    try {
        resume(file_);
        ADD_FAILURE() << "resumed with another file";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("w.csv', which has changed since"), std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace bouton::session
