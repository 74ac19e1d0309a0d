// SPDX-License-Identifier: BSD-3-Clause
// Expressions that are asked of a session: values, choices, conditions, what is read by name.
#include "session/session.hpp"

#include "tests/session/opening.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

const char* const kNetwork = R"toml(
[simulation]
duration = "50 ms"
seed = 3
PRECISION
[neurons.given]
model = "spike_times"
size = 3
times = [["1 ms", "30 ms"], [], ["2 ms"]]
[neurons.cells]
size = 20
equations = """
dv/dt = (E_L + drive - v)/tau : volt
drive = 20*mV*gain : volt
noisy = rand()*mV : volt
gain : 1
active : boolean
"""
threshold = "v > -50*mV"
reset = "v = E_L"
parameters = { E_L = "-70 mV", tau = "10 ms" }
initial = { v = "E_L + 15*mV*rand()", gain = "1 + i/N", active = "i < 3" }
[synapses.s]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
delay = "2 ms"
release = { model = "bernoulli", parameters = { p = 0.5 } }
plasticity = { model = "stdp_pair", parameters = { w_max = "1 mV" } }
target = "v"
initial = { w = "rand()*mV" }
[[record]]
variables = ["v", "noisy"]
of = "cells"
every = "1 ms"
[[record]]
spikes = "cells"
)toml";

std::unique_ptr<Session> open(const std::string& precision = "", int threads = 1) {
    return open_text(kNetwork, threads, precision);
}

void give(Session& session, const std::string& group, const std::string& variable, const std::string& text) {
    const bool synapses = group == "s";
    const auto values = session.evaluate(synapses, group, variable, text);
    if (synapses)
        session.write_synapses(group, variable, std::nullopt, values);
    else
        session.write_neurons(group, variable, std::nullopt, values);
}

template <class Call>
std::string refusal(const Call& call) {
    try {
        call();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.status(), 2);
        return error.what();
    }
    return "nothing was refused";
}

TEST(Expressions, AreValuesOfNeurons) {
    for (const char* precision : {"", "precision = \"float\""}) {
        const auto session = open(precision);
        session->run(37);
        const auto gain = session->read_neurons("cells", "gain");
        give(*session, "cells", "v", "E_L + 2*mV*gain + i*1e-3*mV");
        const auto v = session->read_neurons("cells", "v");
        for (std::size_t k = 0; k < v.size(); ++k)
            EXPECT_NEAR(v[k], -0.07 + 2e-3 * gain[k] + static_cast<double>(k) * 1e-6, 1e-8) << k;
        give(*session, "cells", "active", "i < 5");
        const auto active = session->read_neurons("cells", "active");
        EXPECT_EQ(std::accumulate(active.begin(), active.end(), 0.0), 5.0);
        EXPECT_EQ(session->evaluate(false, "cells", "v", "-65 mV"), (std::vector<double>{-0.065}));
    }
}

TEST(Expressions, AreValuesOfSynapsesThatReadTheirNeurons) {
    const auto session = open();
    session->run(311);
    const auto w = session->read_synapses("s", "w"), target = session->read_synapses("s", "target"),
               source = session->read_synapses("s", "source");
    const auto gain = session->read_neurons("cells", "gain");
    give(*session, "s", "w", "w*0.5 + 0.1*mV*gain_post + (2*i + j)*1e-6*mV");
    const auto now = session->read_synapses("s", "w");
    for (std::size_t k = 0; k < w.size(); ++k)
        EXPECT_NEAR(now[k],
                    w[k] * 0.5 + 1e-4 * gain[static_cast<std::size_t>(target[k])] +
                        (2 * source[k] + target[k]) * 1e-9,
                    1e-12)
            << k;
}

TEST(Expressions, ReadSubexpressionsAndParameters) {
    const auto session = open();
    session->run(20);
    const auto gain = session->read_neurons("cells", "gain"), drive = session->read_neurons("cells", "drive");
    ASSERT_EQ(drive.size(), 20U);
    for (std::size_t k = 0; k < drive.size(); ++k) EXPECT_NEAR(drive[k], 0.02 * gain[k], 1e-15);
    EXPECT_EQ(session->read_neurons("cells", "tau"), std::vector<double>(20, 0.01));
    EXPECT_EQ(session->read_synapses("s", "plasticity.w_max"), std::vector<double>(60, 1e-3));
    EXPECT_EQ(session->read_synapses("s", "w_max"), std::vector<double>(60, 1e-3));
    EXPECT_EQ(session->read_synapses("s", "p"), std::vector<double>(60, 0.5));
    session->change("neurons.cells.parameters.tau", "15 ms");
    EXPECT_EQ(session->read_neurons("cells", "tau"), std::vector<double>(20, 0.015));
    for (const char* name : {"tua", "mV", "i", "exp", "v v", "", "1"})
        EXPECT_THROW(session->read_neurons("cells", name), sim::UnknownName) << name;
}

// What is read is what a record of the same step takes down, and the run draws the same numbers whoever looks.
TEST(Expressions, ReadingDrawsWhatRecordsDraw) {
    const auto looked_at = open(), left_alone = open();
    left_alone->run(100);
    looked_at->run(30);
    const auto seen = looked_at->read_neurons("cells", "noisy");
    EXPECT_EQ(seen, looked_at->read_neurons("cells", "noisy"));
    (void)looked_at->evaluate(false, "cells", "v", "E_L + rand()*mV");
    (void)looked_at->choose(true, "s", "rand() < 0.5");
    (void)looked_at->holds(false, "cells", "mean(v) > -60*mV");
    looked_at->run(70);
    const auto& samples = looked_at->records().samples()[0];
    EXPECT_EQ(samples.steps[3], 30);
    EXPECT_EQ(seen, std::vector<double>(samples.values[1].begin() + 60, samples.values[1].begin() + 80));
    EXPECT_EQ(samples.values, left_alone->records().samples()[0].values);
    EXPECT_EQ(looked_at->read_synapses("s", "w"), left_alone->read_synapses("s", "w"));
}

TEST(Expressions, EachWriteDrawsItsOwnNumbersTheSameAfterGoingBack) {
    const auto session = open();
    session->run(50);
    session->store("here");
    const auto draw = [](Session& of) {
        std::vector<std::vector<double>> drawn;
        for (const char* variable : {"v", "v", "gain"}) {
            const std::string text = variable == std::string("v") ? "rand()*mV" : "rand()";
            drawn.push_back(of.evaluate(false, "cells", variable, text));
            of.write_neurons("cells", variable, std::nullopt, drawn.back());
            if (variable == std::string("v"))
                for (double& value : drawn.back()) value *= 1e3;
        }
        return drawn;
    };
    const auto copy = session->copy();
    const fs::path file = fs::temp_directory_path() / "bouton_expressions_test.state";
    session->save(file);
    const auto first = draw(*session);
    EXPECT_NE(first[0], first[1]);
    EXPECT_NE(first[1], first[2]);
    session->run(100);
    session->restore("here");
    EXPECT_EQ(draw(*session), first);
    EXPECT_EQ(draw(*copy), first);
    Options options;
    options.backend = sim::Backend::interpreted;
    options.threads = 3;
    EXPECT_EQ(draw(*Session::resume(file, options)), first);
    fs::remove(file);
}

TEST(Expressions, ChooseElements) {
    const auto session = open();
    session->run(100);
    const auto w = session->read_synapses("s", "w");
    std::vector<std::int64_t> expected;
    for (std::size_t k = 0; k < w.size(); ++k)
        if (w[k] > 0.4e-3) expected.push_back(static_cast<std::int64_t>(k));
    EXPECT_EQ(session->choose(true, "s", "w > 0.4*mV"), expected);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(session->choose(false, "cells", "i >= 18"), (std::vector<std::int64_t>{18, 19}));
}

TEST(Expressions, JudgeWholeGroups) {
    const auto session = open();
    session->run(100);
    const auto v = session->read_neurons("cells", "v");
    const double mean = std::accumulate(v.begin(), v.end(), 0.0) / 20;
    const auto holds = [&](const std::string& text) { return session->holds(false, "cells", text); };
    EXPECT_TRUE(holds("abs(mean(v) - (" + std::to_string(mean * 1e3) + ")*mV) < 1e-5*mV"));
    EXPECT_TRUE(holds("sum(1) == N and count(i < 7) == 7 and sum(i < 7) == 7"));
    EXPECT_TRUE(holds("min(i) == 0 and max(i) == 19 and max(min(i), 3) == 3"));
    EXPECT_TRUE(holds("min(v) >= E_L - 1e-6*mV and t == 10*ms"));
    EXPECT_FALSE(holds("max(v) > 0*mV or t > 10.05*ms"));
    EXPECT_TRUE(session->holds(true, "s", "sum(w) > 0*mV and count(j == 3) == 3"));
}

TEST(Expressions, SayWhatIsWrongAndWhere) {
    const auto session = open();
    const auto value = [&](const std::string& variable, const std::string& text) {
        return refusal([&] {
            (void)session->evaluate(variable == "w", variable == "w" ? "s" : "cells", variable, text);
        });
    };
    const auto says = [](const std::string& message, const std::vector<std::string>& parts) {
        for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    says(value("v", "E_l + 5*mV"), {"cells.v:1:1", "E201", "did you mean 'E_L'?"});
    says(value("v", "5*ms"), {"cells.v:1:1", "E307", "must have the unit V, not s"});
    says(value("v", "gain*ms"), {"cells.v:1:1", "E203", "[V]", "[s]"});
    says(value("v", "v > 0*mV"), {"E206", "'v' is a number, this is a condition"});
    says(value("active", "3.0*i"), {"E206", "'active' is true or false, this is a number"});
    says(value("v", "E_L +"), {"cells.v:1"});
    says(value("v", "lastspike/(1*ms)*mV"), {"E201", "keeps no 'lastspike'"});
    says(value("w", "w_pre"), {"s.w:1:1", "E201"});
    const auto condition = [&](const std::string& text) {
        return refusal([&] { (void)session->holds(false, "cells", text); });
    };
    says(condition("v > 0*mV"), {"condition on cells:1:1", "'v' has one value for each neuron", "max(v)"});
    says(condition("sum(v)"), {"E206", "not a condition"});
    says(condition("count(v) > 1"), {"'count' counts"});
    says(condition("sum(rand()) > 1"), {"a condition is asked again and again"});
    says(condition("max(v - mean(v)) > 1*mV"), {"over values of the elements"});
    says(condition("sum(v, v) > 1*mV"), {"takes one argument"});
    says(refusal([&] { (void)session->choose(false, "cells", "i"); }),
         {"where of cells:1:1", "not a condition"});
    says(refusal([&] { (void)session->choose(false, "cell", "i > 1"); }), {"did you mean 'cells'?"});
    says(refusal([&] { (void)session->holds(false, "given", "sum(i) > 1"); }), {"have given spike times"});
}

}  // namespace
}  // namespace bouton::session
