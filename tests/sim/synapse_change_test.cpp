// SPDX-License-Identifier: BSD-3-Clause
// Synapses that are added and removed from outside: a network to which they are added before the first step comes to the bits of
// one that had them from the start, and what is refused changes nothing.
#include "base/archive.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <tuple>

namespace bouton::test {
namespace {

using Pairs = std::vector<std::pair<int, int>>;

struct Kind {
    const char* name;
    std::string connect;   ///< more of it
    std::string synapses;  ///< the rest
    bool several = false;  ///< pairs repeat
};

const std::string kChain = R"toml(
target = "v"
initial = { w = "0.1 + 0.3*rand()" }
plasticity = { model = "stdp_pair", parameters = { w_max = 1, A_plus = 0.05, A_minus = 0.06 } }
)toml";

const Kind kKinds[] = {
    {"events wait", "", kChain + "delay = \"1.5 ms\"\n"},
    {"delays differ", "", kChain + "delay = \"0.5*ms + 2*ms*rand()\"\ndendritic_delay = \"1*ms*rand()\"\n"},
    {"structure", "",
     kChain + "delay = \"1.5 ms\"\nstructure = { prune = \"w < 0.2\", grow = 0.05, every = \"7 ms\" }\n"},
    {"pairs repeat", ", multapses = true", kChain + "delay = \"1*ms + 1*ms*rand()\"\n", true},
    {"events write to the source", "", R"toml(
delay = "1.2 ms"
initial = { w = "0.1 + 0.3*rand()" }
equations = """
w : 1
dy/dt = -y/(5*ms) : 1 (clock-driven)
dx/dt = -x/(3*ms) : 1 (event-driven)
"""
on_pre = "v_post += w; v_pre += 0.01*w*v_post; y += 1; x += rand()"
on_post = "v_pre -= 0.02*w; w = clip(w + 0.01*y - 0.01*x, 0, 1)"
)toml"},
    {"sums", "", R"toml(
initial = { w = "0.1 + 0.3*rand()" }
equations = """
w : 1
s_post = w*v_pre : 1 (summed)
"""
on_pre = "v_post += w"
on_post = "w = clip(w + 0.01*s_post, 0, 1)"
)toml"},
};

std::string network(const Kind& kind, const Pairs& pairs) {
    std::string list;
    for (const auto& [i, j] : pairs)
        list += (list.empty() ? "[" : ", [") + std::to_string(i) + ", " + std::to_string(j) + "]";
    return R"toml(
[simulation]
duration = "40 ms"
seed = 4
[neurons.a]
size = 31
equations = "dv/dt = (1.3 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[neurons.b]
size = 23
equations = """
dv/dt = (0.7 + 0*s - v)/(10*ms) : 1
s : 1
"""
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.s]
from = "a[3:30]"
to = "b[2:20]"
connect = { pairs = [)toml" +
           list + "]" + kind.connect + " }\n" + kind.synapses;
}

/// All pairs, in the order of rows; twice or three times where they may repeat.
Pairs all_pairs(const Kind& kind) {
    Pairs pairs;
    for (int i = 0; i < 27; ++i)
        for (int j = 0; j < 18; ++j)
            for (int k = 0; k < ((i * 7 + j * 3) % 5 < 2 ? (kind.several ? 1 + (i + j) % 3 : 1) : 0); ++k)
                pairs.emplace_back(i, j);
    return pairs;
}

struct Outcome {
    std::vector<double> a, b;
    std::multimap<std::pair<double, double>, double> w;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(sim::Simulation& simulation) {
    Outcome outcome{simulation.neurons("a", "v"), simulation.neurons("b", "v"), {}};
    const auto source = simulation.synapses("s", "source"), target = simulation.synapses("s", "target");
    const auto w = simulation.synapses("s", "w");
    std::vector<std::tuple<double, double, double>> all;
    for (std::size_t k = 0; k < w.size(); ++k) all.emplace_back(source[k], target[k], w[k]);
    std::sort(all.begin(), all.end());
    for (const auto& [i, j, value] : all) outcome.w.emplace(std::pair(i, j), value);
    return outcome;
}

std::vector<std::int64_t> add(sim::Simulation& simulation, const Pairs& pairs) {
    std::vector<std::int64_t> sources, targets;
    for (const auto& [i, j] : pairs) {
        sources.push_back(3 + i);
        targets.push_back(2 + j);
    }
    return simulation.add_synapses("s", {sources, targets, {}});
}

sim::Backend other_backend() {
    return runtime::compiler_available({}) ? sim::Backend::compiled : sim::Backend::interpreted;
}

// Some are there from the start, some are added, in another order, and some that nobody wanted are removed.
TEST(SynapseChange, BeforeTheFirstStepIsAsIfItHadAlwaysBeen) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        const Pairs pairs = all_pairs(kind);
        auto whole = simulate(network(kind, pairs));
        finish(*whole);
        const Outcome expected = outcome_of(*whole);
        ASSERT_GT(expected.w.size(), 150U);
        for (const auto& [blocks, threads, backend] :
             {std::tuple(1, 1, sim::Backend::interpreted), std::tuple(3, 2, sim::Backend::interpreted),
              std::tuple(2, 2, other_backend())}) {
            Pairs first, second;
            for (const auto& pair : pairs)
                (pair.first * 5 + pair.second * 11) % 3 == 0 ? second.push_back(pair) : first.push_back(pair);
            Pairs unwanted;
            for (int i = 0; i < 27; i += 2)
                for (int j = 0; j < 18; ++j)
                    if ((i * 7 + j * 3) % 5 >= 2) unwanted.emplace_back(i, j);
            Pairs start = first;
            start.insert(start.end(), unwanted.begin(), unwanted.begin() + 20);
            std::sort(start.begin(), start.end());
            auto changed = simulate(network(kind, start), blocks, nullptr, backend, threads);
            std::vector<std::int64_t> gone = add(*changed, {unwanted.begin() + 20, unwanted.end()});
            std::reverse(second.begin(), second.end());
            const auto ids = add(*changed, second);
            const auto source = changed->synapses("s", "source"), target = changed->synapses("s", "target");
            const auto id = changed->synapses("s", "id");
            for (std::size_t k = 0; k < id.size(); ++k)
                for (std::size_t u = 0; u < 20; ++u)
                    if (std::pair<int, int>(source[k], target[k]) == unwanted[u])
                        gone.push_back(std::llround(id[k]));
            changed->remove_synapses("s", gone);
            EXPECT_EQ(changed->synapse_count("s"), std::ssize(pairs));
            ASSERT_EQ(ids.size(), second.size());
            finish(*changed);
            EXPECT_TRUE(outcome_of(*changed) == expected) << blocks << ' ' << threads;
        }
    }
}

// In the middle of a run: what is added and removed at once has never been.
TEST(SynapseChange, WhatComesAndGoesAtOnceChangesNoBit) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        const Pairs pairs = all_pairs(kind);
        auto untouched = simulate(network(kind, pairs));
        auto changed = simulate(network(kind, pairs), 2);
        Pairs more;
        for (int i = 0; i < 27; ++i)
            for (int j = 0; j < 18; j += 3)
                if ((i * 7 + j * 3) % 5 >= 2) more.emplace_back(i, j);
        untouched->go(123);
        changed->go(123);
        if (std::string(kind.name) != "structure")  // there a pair may have grown
            changed->remove_synapses("s", add(*changed, more));
        untouched->go(200);
        changed->go(77);
        changed->go(123);
        EXPECT_TRUE(outcome_of(*changed) == outcome_of(*untouched));
    }
}

TEST(SynapseChange, ValuesAndDelaysAreThoseGiven) {
    for (const int blocks : {1, 3}) {
        auto simulation = simulate(network(kKinds[1], {{0, 0}, {5, 5}}), blocks);
        simulation->go(10);
        const std::vector<std::int64_t> sources{4, 3, 20, 4}, targets{3, 12, 2, 10};
        const std::vector<double> w{0.1, 0.2, 0.3, 0.4}, delay{1e-3, 2.04e-3, 0.0, 12e-3}, dendritic{5e-3};
        const auto ids = simulation->add_synapses(
            "s", {sources, targets, {{"w", w}, {"delay", delay}, {"dendritic_delay", dendritic}}});
        EXPECT_EQ(ids, (std::vector<std::int64_t>{2, 3, 4, 5}));
        EXPECT_EQ(simulation->synapses("s", "id"), (std::vector<double>{0, 1, 2, 3, 4, 5}));
        EXPECT_EQ(simulation->synapses("s", "source"), (std::vector<double>{0, 5, 1, 0, 17, 1}));
        EXPECT_EQ(simulation->synapses("s", "target"), (std::vector<double>{0, 5, 1, 10, 0, 8}));
        const auto read = [&](const char* name) {
            auto values = simulation->synapses("s", name);
            return std::vector<double>(values.begin() + 2, values.end());
        };
        EXPECT_EQ(read("w"), w);
        const std::vector<double> rounded{1e-3, 2e-3, 0.0, 12e-3};
        for (std::size_t k = 0; k < 4; ++k) {
            EXPECT_NEAR(read("delay")[k], rounded[k], 1e-12);
            EXPECT_NEAR(read("dendritic_delay")[k], 5e-3, 1e-12);
        }
        simulation->remove_synapses("s", std::vector<std::int64_t>{3, 0});
        EXPECT_EQ(simulation->synapses("s", "id"), (std::vector<double>{1, 2, 4, 5}));
        // An id is never used again.
        EXPECT_EQ(simulation->add_synapses("s", {{sources.data() + 1, 1}, {targets.data() + 1, 1}, {}}),
                  std::vector<std::int64_t>{6});
        finish(*simulation);
    }
}

// Of spikes under way a new synapse hears those that some delay of its group could still bring: at 5 ms that of 3.5 ms, with
// 2 ms; not that of 1 ms, with 6 ms, since the longest delay was 3 ms. One that spiked later it hears.
TEST(SynapseChange, SpikesUnderWay) {
    const std::string text = R"toml(
[simulation]
duration = "20 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["1 ms", "3.5 ms", "6 ms"], []]
[neurons.out]
size = 5
equations = "v : 1"
[synapses.s]
from = "in"
to = "out"
connect = { pairs = [[1, 0], [1, 1]] }
target = "v"
initial = { w = "1 + 0*rand()" }
delay = "1*ms + 2*ms*int(j > 0)"
)toml";
    for (const int blocks : {1, 2, 5}) {
        auto simulation = simulate(text, blocks, nullptr, sim::Backend::interpreted, blocks);
        simulation->go(50);
        const std::vector<std::int64_t> sources{0, 0, 0, 0}, targets{0, 2, 3, 4};
        const std::vector<double> delay{2e-3, 6e-3, 2e-3, 1e-3}, w{1, 10, 100, 1000};
        simulation->add_synapses("s", {sources, targets, {{"w", w}, {"delay", delay}}});
        simulation->go(100);
        EXPECT_EQ(simulation->neurons("out", "v"), (std::vector<double>{2, 0, 20, 200, 1000}));
    }
}

// A synapse that comes at 5 ms meets the postsynaptic spikes that are due from then on, though those before wait until the presynaptic
// neuron spikes again: of 1, 3.9, 4.1, 4.9, 6 and 8 ms, 1 ms later, four. One from the start meets all six.
TEST(SynapseChange, PostsynapticSpikesFromThenOn) {
    auto simulation = simulate(R"toml(
[simulation]
duration = "10 ms"
[neurons.in]
size = 2
model = "spike_times"
times = [["2 ms", "7.5 ms"], ["2 ms", "7.5 ms"]]
[neurons.out]
size = 1
model = "spike_times"
times = [["1 ms", "3.9 ms", "4.1 ms", "4.9 ms", "6 ms", "8 ms"]]
[synapses.s]
from = "in"
to = "out"
connect = { pairs = [[0, 0]] }
dendritic_delay = "1 ms"
equations = """
w : 1
dapre/dt = -apre/(20*ms) : 1 (event-driven)
"""
on_pre = "apre += 1; w = clip(w, 0, 100)"
on_post = "w = clip(w + 1 + 0*apre, 0, 100)"
initial = { w = 0 }
)toml");
    simulation->go(50);
    const std::vector<std::int64_t> source{1}, target{0};
    simulation->add_synapses("s", {source, target, {}});
    simulation->go(50);
    EXPECT_EQ(simulation->synapses("s", "w"), (std::vector<double>{6, 4}));
}

TEST(SynapseChange, RecordsHaveAColumnForEach) {
    Kept kept;
    auto simulation = simulate(network(kKinds[0], {{0, 0}, {5, 5}, {7, 1}}) + R"toml(
[[record]]
variables = ["w"]
of = "s"
every = "1 ms"
[[record]]
name = "one"
variables = ["w"]
of = "s"
indices = [1]
every = "1 ms"
)toml",
                               2, &kept);
    simulation->begin_records();
    simulation->go(5);
    add(*simulation, {{1, 1}});
    simulation->go(10);
    simulation->remove_synapses("s", std::vector<std::int64_t>{1});
    simulation->go(10);
    std::vector<std::size_t> columns;
    std::vector<bool> there;
    for (const auto& row : kept.rows) {
        if (row.stream == 0) columns.push_back(row.values[0].size());
        if (row.stream == 1) there.push_back(!std::isnan(row.values[0].at(0)));
        if (row.stream == 0 && row.step == 20) {
            EXPECT_TRUE(std::isnan(row.values[0].at(1)));
            EXPECT_GT(row.values[0].at(3), 0.0);
        }
    }
    EXPECT_EQ(columns, (std::vector<std::size_t>{3, 4, 4}));
    EXPECT_EQ(there, (std::vector<bool>{true, true, false}));
}

struct Refused {
    std::vector<std::int64_t> sources, targets;
    std::vector<std::pair<std::string, std::vector<double>>> given;
    std::string message;
};

TEST(SynapseChange, WhatIsRefusedChangesNothing) {
    const std::string ranged = R"toml(
[simulation]
duration = "40 ms"
[neurons.a]
size = 10
equations = "v : 1"
[synapses.s]
from = "a[0:8]"
to = "a[2:10]"
connect = { pairs = [[0, 0], [3, 4]] }
target = "v"
initial = { w = { values = [1, 2] } }
release = { model = "bernoulli", parameters = { p = { values = [0.5, 0.5] } } }
delay = "1 ms"
)toml";
    const std::vector<std::pair<std::string, std::vector<double>>> fine{{"w", {1}}, {"release.p", {0.5}}};
    const auto with = [&](const std::string& name, std::vector<double> values) {
        auto given = fine;
        std::erase_if(given, [&](const auto& of) { return of.first == name; });
        given.emplace_back(name, std::move(values));
        return given;
    };
    const std::vector<Refused> cases{
        {{1, 2}, {3}, fine, "2 sources, but 1 targets"},
        {{8}, {3}, fine, "there is no neuron 8 in 'a[0:8]'"},
        {{-1}, {3}, fine, "there is no neuron -1"},
        {{1}, {1}, fine, "there is no neuron 1 in 'a[2:10]'"},
        {{4}, {4}, fine, "from a neuron to itself"},
        {{1, 0}, {3, 2}, fine, "new synapse 1 of 's', from 0 to 2: there is one already"},
        {{1, 2, 1}, {3, 3, 3}, fine, "new synapse 2 of 's', from 1 to 3: it stands twice"},
        {{1}, {3}, with("w", {1, 2}), "2 values for 1 new synapses"},
        {{1}, {3}, with("w", {NAN}), "not finite"},
        {{1}, {3}, with("release.p", {1.5}), "from 0 to 1"},
        {{1}, {3}, {{"w", {1}}}, "'release.p' of new synapses of 's': the network gives it as a list"},
        {{1}, {3}, with("ww", {1}), "did you mean 'w'?"},
        {{1}, {3}, with("delay", {2e-3}), "all synapses of the group have 0.001 s"},
        {{1}, {3}, with("delay", {-1e-3}), "it must be between 0"},
        {{1}, {3}, {{"w", {1}}, {"release.p", {0.5}}, {"w", {2}}}, "it is given twice"},
    };
    auto simulation = simulate(ranged, 2);
    simulation->go(3);
    simulation->synapses("s", "w");  // traces move on to the present step
    const auto before = base::archived(*simulation);
    const auto message_of = [&](const auto& call) {
        try {
            call();
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            return std::string(error.what());
        }
        return std::string("nothing was thrown");
    };
    for (const Refused& refused : cases) {
        std::vector<sim::NewValues> given;
        for (const auto& [name, values] : refused.given) given.push_back({name, values});
        const std::string message = message_of([&] {
            simulation->add_synapses("s", {refused.sources, refused.targets, given});
        });
        EXPECT_NE(message.find(refused.message), std::string::npos) << message;
        EXPECT_TRUE(base::archived(*simulation) == before) << refused.message;
    }
    const auto removing = [&](std::vector<std::int64_t> ids) {
        return message_of([&] { simulation->remove_synapses("s", ids); });
    };
    EXPECT_NE(removing({0, 2}).find("synapse 2 of 's' does not exist"), std::string::npos);
    EXPECT_NE(removing({-1}).find("synapse -1 of 's' does not exist"), std::string::npos);
    EXPECT_NE(removing({1, 1}).find("stands twice"), std::string::npos);
    EXPECT_NE(message_of([&] { simulation->remove_synapses("t", {}); }).find("no synapse group 't'"),
              std::string::npos);
    EXPECT_TRUE(base::archived(*simulation) == before);
    simulation->remove_synapses("s", std::vector<std::int64_t>{1});
    EXPECT_NE(removing({0, 1}).find("synapse 1 of 's' does not exist any more"), std::string::npos);
    EXPECT_EQ(simulation->synapses("s", "id"), std::vector<double>{0});
    finish(*simulation);
}

// A write that is taken back after synapses came leaves them where kernels find them.
TEST(SynapseChange, RefusedWritesAfterwards) {
    const std::string text = network(kKinds[0], {{0, 0}, {5, 5}, {7, 1}}) +
                             "release = { model = \"bernoulli\", parameters = { p = \"0.5 + 0*rand()\" } }\n";
    Outcome outcomes[2];
    for (const bool writes : {false, true}) {
        auto simulation = simulate(text, 2);
        simulation->go(20);
        for (int i = 8; i < 20; ++i) add(*simulation, {{i, i % 7}});
        const std::vector<double> wrong(static_cast<std::size_t>(simulation->synapse_count("s")), 1.5);
        if (writes) {
            EXPECT_THROW(simulation->write_synapses("s", "release.p", {}, wrong), base::Error);
        }
        finish(*simulation);
        outcomes[writes ? 1 : 0] = outcome_of(*simulation);
    }
    EXPECT_TRUE(outcomes[0] == outcomes[1]);
}

// Records of a group go row by row until its synapses come or go: what was refused is no beginning.
TEST(SynapseChange, RecordsAfterARefusal) {
    const std::string text = network(kKinds[1], {{0, 0}, {5, 5}, {7, 1}}) +
                             "release = { model = \"bernoulli\", parameters = { p = \"0.5 + 0*rand()\" } }\n"
                             "[[record]]\nvariables = [\"w\", \"apre\"]\nof = \"s\"\nevery = \"1 ms\"\n";
    Kept untouched, kept;
    for (Kept* recorder : {&untouched, &kept}) {
        auto simulation = simulate(text, 2, recorder);
        simulation->begin_records();
        simulation->go(15);
        const std::vector<std::int64_t> sources{4, 5}, targets{4, 5};
        const std::vector<double> wrong{1.5};
        if (recorder == &kept) {
            EXPECT_THROW(simulation->add_synapses("s", {sources, targets, {{"release.p", wrong}}}),
                         base::Error);
        }
        simulation->go(200);
    }
    ASSERT_EQ(kept.rows.size(), untouched.rows.size());
    for (std::size_t k = 0; k < kept.rows.size(); ++k)
        EXPECT_EQ(kept.rows[k].values, untouched.rows[k].values);
    EXPECT_TRUE(kept.columns_added.empty());
}

}  // namespace
}  // namespace bouton::test
