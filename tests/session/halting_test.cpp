// SPDX-License-Identifier: BSD-3-Clause
// Plasticity that is halted for a while, and variables that are kept per element because somebody wants to write them.
#include "session/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

const char* const kNetwork = R"toml(
[simulation]
duration = "300 ms"
seed = 3
PRECISION
[neurons.noise]
model = "poisson"
size = 30
parameters = { rate = "60 Hz" }
[neurons.cells]
size = 6
equations = """
dv/dt = (1.3 - v)/(10*ms) : 1
gain : 1
"""
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.exc]
from = "noise"
to = "cells"
connect = { rule = "fixed_probability", p = 0.6 }
delay = "2 ms"
release = { model = "bernoulli", parameters = { p = 0.5 } }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
initial = { w = "0.2*rand()" }
[synapses.grow]
from = "noise"
to = "cells"
connect = { rule = "fixed_probability", p = 0.3 }
target = "v"
initial = { w = 0 }
structure = { prune = "rand() < 0.1", grow = 0.05, every = "5 ms" }
[synapses.whole]
from = "noise"
to = "cells"
connect = { rule = "all_to_all" }
equations = "x : 1"
on_pre = "v_post += 0*x"
[[record]]
spikes = "cells"
)toml";

NetworkSource source_of(const std::string& precision = "") {
    NetworkSource source;
    source.file = "test.toml";
    source.text = kNetwork;
    source.text->replace(source.text->find("PRECISION"), 9, precision);
    source.base_folder = fs::temp_directory_path();
    return source;
}

Options options_for(int threads) {
    Options options;
    options.backend = sim::Backend::interpreted;
    options.threads = threads;
    return options;
}

std::unique_ptr<Session> open(const NetworkSource& source, int threads = 1) {
    return std::make_unique<Session>(check_network(source, {}), source, options_for(threads));
}

std::vector<std::vector<double>> everything(const Session& session) {
    const auto& steps = session.records().spikes().at(0).steps;
    return {session.read_neurons("cells", "v"),   session.read_synapses("exc", "w"),
            session.read_synapses("exc", "apre"), session.read_synapses("exc", "apost"),
            session.read_synapses("grow", "id"),  {steps.begin(), steps.end()}};
}

TEST(Halting, WeightsAndSynapsesStayAndTheRestGoesOn) {
    for (const char* precision : {"", "precision = \"float\""}) {
        for (const int threads : {1, 2, 3}) {
            const auto session = open(source_of(precision), threads);
            session->run(777);
            session->set_plastic("exc", false);
            session->set_plastic("grow", false);
            EXPECT_FALSE(session->is_plastic("exc"));
            const auto before = everything(*session);
            session->run(501);
            const auto after = everything(*session);
            EXPECT_EQ(after[1], before[1]);
            EXPECT_EQ(after[4], before[4]);
            EXPECT_NE(after[2], before[2]);
            EXPECT_NE(after[3], before[3]);
            EXPECT_GT(after[5].size(), before[5].size());
            session->set_plastic("exc", true);
            session->set_plastic("grow", true);
            EXPECT_EQ(session->read_synapses("exc", "w"), before[1]);
            session->run(501);
            EXPECT_NE(everything(*session)[1], before[1]);
            EXPECT_NE(everything(*session)[4], before[4]);
        }
    }
}

// The weights do not act here, so that traces are those of a network that was never halted.
TEST(Halting, TracesAreThoseOfTheSameSpikes) {
    NetworkSource source = source_of();
    const std::string weight = "w = \"0.2*rand()\"";
    source.text->replace(source.text->find(weight), weight.size(), "w = 0");
    source.sets = {"synapses.exc.plasticity.parameters.w_max=0"};
    const auto halted = open(source), plastic = open(source);
    plastic->run(1200);
    halted->run(400);
    halted->set_plastic("exc", false);
    halted->run(500);
    halted->set_plastic("exc", true);
    halted->run(300);
    for (const char* trace : {"apre", "apost"}) {
        const auto a = halted->read_synapses("exc", trace), b = plastic->read_synapses("exc", trace);
        ASSERT_EQ(a.size(), b.size());
        EXPECT_NE(*std::max_element(a.begin(), a.end()), *std::min_element(a.begin(), a.end()));
        for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-12 * (1e-3 + std::abs(b[k])));
    }
}

TEST(Halting, IsPartOfTheState) {
    const fs::path file = fs::temp_directory_path() / "bouton_halting_test.state";
    const auto session = open(source_of());
    session->run(300);
    session->store("plastic");
    session->set_plastic("exc", false);
    session->run(100);
    session->store("halted");
    session->save(file);
    const auto copy = session->copy();
    const auto go_on = [](Session& of) {
        of.clear_records();
        of.run(400);
        return everything(of);
    };
    const auto expected = go_on(*session);
    EXPECT_EQ(go_on(*copy), expected);
    session->restore("plastic");
    EXPECT_TRUE(session->is_plastic("exc"));
    EXPECT_NE(go_on(*session), expected);
    session->restore("halted");
    EXPECT_FALSE(session->is_plastic("exc"));
    EXPECT_EQ(go_on(*session), expected);
    const auto resumed = Session::resume(file, options_for(3));
    EXPECT_FALSE(resumed->is_plastic("exc"));
    EXPECT_EQ(go_on(*resumed), expected);
    fs::remove(file);
}

TEST(Halting, RefusesWhatItCannot) {
    const auto session = open(source_of()), untouched = open(source_of());
    EXPECT_THROW(session->set_plastic("ex", false), sim::UnknownName);
    EXPECT_THROW(session->set_plastic("whole", false), base::Error);
    session->set_plastic("exc", true);  // it is
    session->run(300);
    untouched->run(300);
    EXPECT_EQ(everything(*session), everything(*untouched));
}

TEST(Writable, VariablesAreKeptPerElement) {
    NetworkSource source = source_of();
    const auto plain = open(source);
    source.writable = {"exc.apre", "cells.gain"};
    const auto session = open(source);
    plain->run(400);
    session->run(400);
    // The same traces, wherever they are kept.
    const auto as_lifted = plain->read_synapses("exc", "apre");
    auto apre = session->read_synapses("exc", "apre");
    ASSERT_EQ(apre.size(), as_lifted.size());
    for (std::size_t k = 0; k < apre.size(); ++k) EXPECT_NEAR(apre[k], as_lifted[k], 1e-15);
    std::iota(apre.begin(), apre.end(), 1.0);
    EXPECT_THROW(plain->write_synapses("exc", "apre", std::nullopt, apre), base::Error);
    session->write_synapses("exc", "apre", std::nullopt, apre);
    EXPECT_EQ(session->read_synapses("exc", "apre"), apre);
    const std::vector<double> gain{1, 2, 3, 4, 5, 6};
    EXPECT_THROW(plain->write_neurons("cells", "gain", std::nullopt, gain), base::Error);
    session->write_neurons("cells", "gain", std::nullopt, gain);
    EXPECT_EQ(session->read_neurons("cells", "gain"), gain);
    const fs::path file = fs::temp_directory_path() / "bouton_writable_test.state";
    session->save(file);
    const auto resumed = Session::resume(file, options_for(2));
    EXPECT_EQ(resumed->read_synapses("exc", "apre"), apre);
    session->run(300);
    resumed->run(300);
    EXPECT_EQ(session->read_synapses("exc", "w"), resumed->read_synapses("exc", "w"));
    fs::remove(file);
}

TEST(Writable, NamesThatDoNotExist) {
    for (const char* name : {"exc", "ex.apre", "exc.apree", "cells.tau"}) {
        NetworkSource source = source_of();
        source.writable = {name};
        EXPECT_THROW((void)check_network(source, {}), base::Error) << name;
    }
}

}  // namespace
}  // namespace bouton::session
