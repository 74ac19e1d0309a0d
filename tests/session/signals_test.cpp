// SPDX-License-Identifier: BSD-3-Clause
// New samples of signals while a network is open.
#include "session/session.hpp"

#include "tests/session/opening.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

// The sources go ahead of the neurons in strides of 2 ms.
const char* const kNetwork = R"toml(
[simulation]
duration = "50 ms"
seed = 3
PRECISION
[signal.rate]
dt = "0.5 ms"
values = [0, 200, 400]
unit = "Hz"
[signal.pair]
dt = "1 ms"
values = [[1, 2], [3, 4]]
unit = "1"
[neurons.noise]
model = "poisson"
size = 60
parameters = { rate = "rate(t)*(1 + i/N)" }
[neurons.cells]
size = 2
equations = """
dv/dt = -v/(10*ms) : 1
seen = pair(t, i) : 1
"""
[synapses.s]
from = "noise"
to = "cells"
connect = { rule = "all_to_all" }
delay = "2 ms"
target = "v"
initial = { w = 1 }
[[record]]
spikes = "noise"
[[record]]
variables = ["seen", "v"]
of = "cells"
every = "0.1 ms"
)toml";

std::unique_ptr<Session> open(const std::string& precision = "", int threads = 1) {
    return open_text(kNetwork, threads, precision);
}

const std::vector<double> kPair{5, 6, 7, 8, 9, 10};

// Sample k of the new ones holds from k ms after the step at which they came.
TEST(Signals, NewSamplesCountFromNow) {
    for (const char* precision : {"", "precision = \"float\""}) {
        const auto session = open(precision);
        session->run(37);
        session->set_signal("pair", kPair);
        session->run(40);
        const auto& samples = session->records().samples()[0];
        for (std::size_t k = 0; k < samples.steps.size(); ++k) {
            const auto step = static_cast<std::int64_t>(k);
            const std::int64_t old_row = std::min<std::int64_t>(step / 10, 1);
            const std::int64_t new_row = std::min<std::int64_t>((step - 37) / 10, 2);
            for (std::int64_t i = 0; i < 2; ++i) {
                const double expected = step < 37 ? static_cast<double>(1 + 2 * old_row + i)
                                                  : static_cast<double>(5 + 2 * new_row + i);
                EXPECT_EQ(samples.values[0][2 * k + static_cast<std::size_t>(i)], expected) << k;
            }
        }
        EXPECT_EQ(session->signal("pair").values, kPair);
        EXPECT_EQ(session->signal("pair").columns, 2);
    }
}

// Nothing that went ahead has used samples that do not hold any more.
TEST(Signals, SourcesDrawByNewSamplesAtOnce) {
    const auto session = open();
    session->run(100);
    EXPECT_GT(session->records().spikes()[0].steps.size(), 50U);
    session->clear_records();
    session->set_signal("rate", std::vector<double>{0.0, 0.0});
    session->run(100);
    EXPECT_TRUE(session->records().spikes()[0].steps.empty());
    session->set_signal("rate", std::vector<double>{400.0, 0.0});
    session->run(100);
    const auto& steps = session->records().spikes()[0].steps;
    ASSERT_GT(steps.size(), 2U);
    EXPECT_GE(steps.front(), 200);
    EXPECT_LT(steps.back(), 205);
}

struct Course {
    std::vector<std::int64_t> steps;
    std::vector<std::uint32_t> neurons;
    std::vector<double> v;
    friend bool operator==(const Course&, const Course&) = default;
};

Course course(Session& session) {
    session.clear_records();
    session.run(150);
    const auto& spikes = session.records().spikes()[0];
    return {spikes.steps, spikes.neurons, session.records().samples()[0].values[1]};
}

TEST(Signals, AreStoredCopiedAndSaved) {
    const fs::path file = fs::temp_directory_path() / "bouton_signals_test.state";
    for (const int threads : {1, 2, 3}) {
        const auto session = open("", threads);
        session->run(33);
        session->store("before");
        session->set_signal("rate", std::vector<double>{300, 100, 0, 500});
        session->run(11);
        session->store("here");
        session->save(file);
        const auto copy = session->copy();
        const Course first = course(*session);
        EXPECT_GT(first.steps.size(), 100U);
        session->set_signal("rate", std::vector<double>{0});
        session->restore("here");
        EXPECT_EQ(session->signal("rate").values, (std::vector<double>{300, 100, 0, 500}));
        EXPECT_EQ(course(*session), first);
        EXPECT_EQ(course(*copy), first);
        Options options;
        options.backend = sim::Backend::interpreted;
        options.threads = 4 - threads;
        EXPECT_EQ(course(*Session::resume(file, options)), first);
        session->restore("before");
        EXPECT_EQ(session->signal("rate").values, (std::vector<double>{0, 200, 400}));
        const auto untouched = open();
        untouched->run(33);
        EXPECT_EQ(course(*session), course(*untouched));
    }
    fs::remove(file);
}

TEST(Signals, RefuseWhatCannotBe) {
    const auto session = open(), untouched = open();
    EXPECT_THROW(session->set_signal("rat", kPair), sim::UnknownName);
    EXPECT_THROW((void)session->signal("rat"), sim::UnknownName);
    for (const auto& values : {std::vector<double>{}, std::vector<double>{1, 2, 3},
                               std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}})
        EXPECT_THROW(session->set_signal("pair", values), base::Error);
    EXPECT_EQ(course(*session), course(*untouched));
}

}  // namespace
}  // namespace bouton::session
