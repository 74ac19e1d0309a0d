// SPDX-License-Identifier: BSD-3-Clause
// Laws of sessions whose synapses are added and removed from outside, on both back ends, in double and float: the same changes at
// the same steps come to the same bits, whatever else is done and with any number of threads.
#include "runtime/callable.hpp"
#include "session/session.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <set>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

struct Case {
    const char* name;
    const char* precision;
    const char* rest;
};

std::ostream& operator<<(std::ostream& out, const Case& of) { return out << of.name << "_" << of.precision; }

const char* const kWaiting = R"toml(
delay = "1.5 ms"
connect = { rule = "fixed_probability", p = 0.2 }
)toml";
const char* const kDelays = R"toml(
delay = "0.5*ms + 2*ms*rand()"
dendritic_delay = "1*ms*rand()"
connect = { rule = "fixed_probability", p = 0.2 }
structure = { prune = "w < 0.12", grow = 0.01, every = "6.1 ms" }
)toml";
const char* const kRepeated = R"toml(
delay = "1*ms + 1*ms*rand()"
connect = { rule = "fixed_indegree", n = 8, multapses = true }
)toml";

std::unique_ptr<Session> open(const Case& of, Options options) {
    NetworkSource source;
    source.file = "edits.toml";
    source.text = std::string("simulation = { duration = \"60 ms\", seed = 2, precision = \"") +
                  of.precision +
                  R"toml(" }
[neurons.a]
size = 70
equations = "dv/dt = (1.3 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.s]
from = "a[0:60]"
to = "a"
target = "v"
initial = { w = "0.1 + 0.1*rand()" }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.4, A_plus = 0.05, A_minus = 0.06 } }
)toml" + of.rest + R"toml(
[[record]]
variables = ["w"]
of = "s"
every = "5 ms"
)toml";
    source.base_folder = fs::temp_directory_path();
    return std::make_unique<Session>(check_network(source, {}), source, std::move(options));
}

/// Changes that depend on the session and its step alone.
void change(Session& session) {
    std::mt19937 random(static_cast<unsigned>(session.step()));
    const auto id = session.read_synapses("s", "id"), source = session.read_synapses("s", "source"),
               target = session.read_synapses("s", "target");
    std::vector<std::int64_t> gone;
    std::set<std::pair<std::int64_t, std::int64_t>> there;
    for (std::size_t k = 0; k < id.size(); ++k) {
        there.emplace(std::llround(source[k]), std::llround(target[k]));
        if (random() % 9 == 0) gone.push_back(std::llround(id[k]));
    }
    std::vector<std::int64_t> sources, targets;
    std::vector<double> w;
    for (int k = 0; k < 90; ++k) {
        const std::int64_t i = random() % 60, j = random() % 70;
        const double value = 0.05 + 0.01 * static_cast<double>(random() % 30);
        if (i == j || !there.emplace(i, j).second) continue;
        sources.push_back(i);
        targets.push_back(j);
        w.push_back(value);
    }
    session.remove_synapses("s", gone);
    const auto ids = session.add_synapses("s", {sources, targets, {{"w", w}}});
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    for (const double old : id) EXPECT_LT(old, static_cast<double>(ids.at(0)));
}

using Values = std::vector<std::vector<double>>;

Values values_of(const Session& session) {
    Values values{session.read_neurons("a", "v")};
    for (const char* name : {"id", "source", "target", "delay", "w"})
        values.push_back(session.read_synapses("s", name));
    return values;
}

class Edited : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("bouton-edits-" + std::to_string(::getpid()));
        fs::create_directory(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    Options options(int threads, bool compiled = false) const {
        Options options;
        options.backend = compiled ? sim::Backend::compiled : sim::Backend::interpreted;
        options.threads = threads;
        return options;
    }
    fs::path folder_;
};

TEST_P(Edited, NothingElseChangesABit) {
    const std::int64_t moments[] = {37, 61, 62, 180, 333, 334, 500};
    const auto plain = open(GetParam(), options(1));
    for (const std::int64_t moment : moments) {
        plain->run(moment - plain->step());
        change(*plain);
    }
    plain->run(600 - plain->step());
    const Values expected = values_of(*plain);
    const bool can_compile = runtime::compiler_available({});
    for (const unsigned seed : {1U, 2U, 3U}) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto threads = [&] { return 1 + static_cast<int>(random() % 3); };
        const bool compiled = can_compile && seed == 3;
        auto session = open(GetParam(), options(threads(), compiled));
        const auto disturb = [&] {
            switch (random() % 5) {
                case 0: session = session->copy(); break;
                case 1:
                    session->save(folder_ / "state");
                    session = Session::resume(folder_ / "state", options(threads(), compiled));
                    break;
                case 2: {
                    session->store("here");
                    session->run(25);
                    change(*session);
                    session->run(25);
                    session->restore("here");
                    break;
                }
                case 3: values_of(*session); break;
                default: break;
            }
        };
        for (const std::int64_t moment : moments) {
            const std::int64_t left = moment - session->step();
            session->run(left / 2);
            disturb();
            session->run(moment - session->step());
            disturb();
            change(*session);
            disturb();
        }
        session->run(600 - session->step());
        const Values found = values_of(*session);
        for (std::size_t k = 0; k < found.size(); ++k) EXPECT_TRUE(found[k] == expected[k]) << k;
    }
}

// A column is an id: what was recorded before and after.
TEST_P(Edited, RecordsFollowTheIds) {
    const auto session = open(GetParam(), options(2));
    session->run(120);
    const std::size_t before = session->records().samples().at(0).stream.indices.size();
    const auto first_ids = session->read_synapses("s", "id");
    session->store("before");
    change(*session);
    session->run(100);
    const Records::Samples& samples = session->records().samples().at(0);
    EXPECT_GT(samples.columns.back(), before);
    EXPECT_EQ(samples.stream.indices.size(), samples.columns.back());
    session->restore("before");
    EXPECT_EQ(session->read_synapses("s", "id"), first_ids);
    session->run(100);
    EXPECT_GE(session->records().samples().at(0).columns.back(), before);
}

// A parameter that changes makes the network anew, with the synapses that are there.
TEST_P(Edited, ParametersChangeAfterwards) {
    const auto session = open(GetParam(), options(1));
    session->run(100);
    change(*session);
    const auto ids = session->read_synapses("s", "id"), w = session->read_synapses("s", "w");
    session->change("synapses.s.plasticity.parameters.A_plus", "0.01");
    EXPECT_EQ(session->read_synapses("s", "id"), ids);
    EXPECT_EQ(session->read_synapses("s", "w"), w);
    session->run(100);
    change(*session);
    session->run(10);
}

INSTANTIATE_TEST_SUITE_P(Networks, Edited,
                         testing::Values(Case{"waiting", "double", kWaiting},
                                         Case{"waiting", "float", kWaiting},
                                         Case{"delays", "double", kDelays}, Case{"delays", "float", kDelays},
                                         Case{"repeated", "double", kRepeated}),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace bouton::session
