// SPDX-License-Identifier: BSD-3-Clause
// Records at events: what they keep is what synapses are just after an event, in a fixed order, and what runs is what runs without
// them.
#include "tests/sim/running.hpp"
#include "tests/sim/state_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace bouton::test {
namespace {

using sim::Backend;

std::vector<Kept::Event> events_of(const std::string& toml, int blocks = 1,
                                   Backend backend = Backend::interpreted, int threads = 1) {
    Kept kept;
    simulate(toml, blocks, &kept, backend, threads)->run();
    return kept.happened;
}

const std::string kPair = R"toml(
[neurons.a]
model = "spike_times"
size = 1
times = [[0.0, "20 ms", "40 ms", "60 ms", "80 ms", "100 ms", "120 ms", "140 ms"]]
[neurons.b]
size = 1
equations = "g : 1"
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
delay = "3 ms"
target = "g"
release = { model = "tsodyks_markram", parameters = { U = 0.2, tau_rec = "100 ms", tau_fac = "300 ms" } }
initial = { w = 1 }
[[record]]
variables = ["release", "x", "u"]
of = "s"
at = "pre"
)toml";

// A regular train: u and x jump at each spike and go back to U and 1 between two, by the equations of models/release.
TEST(EventRecords, ARegularTrainHasAClosedForm) {
    const double kU = 0.2, kRec = std::exp(-20.0 / 100.0), kFac = std::exp(-20.0 / 300.0);
    for (const Backend backend : {Backend::interpreted, Backend::compiled}) {
        for (const char* precision : {"double", "float"}) {
            const auto events = events_of("[simulation]\nduration = \"150 ms\"\nprecision = \"" +
                                              std::string(precision) + "\"\n" + kPair,
                                          1, backend);
            ASSERT_EQ(events.size(), 8U);
            double u = kU, x = 1.0;
            // Each spike rounds some ten operations; the errors of earlier ones fade.
            const double bound = 40 * (*precision == 'd' ? 0x1p-53 : 0x1p-24);
            for (std::size_t k = 0; k < events.size(); ++k) {
                if (k > 0) {
                    u = kU + (u - kU) * kFac;
                    x = 1.0 + (x - 1.0) * kRec;
                }
                const double released = u * x;
                x -= released;
                u += kU * (1 - u);
                EXPECT_EQ(events[k].step, static_cast<std::int64_t>(k) * 200 + 30);
                EXPECT_EQ(events[k].synapse, 0);
                EXPECT_NEAR(events[k].values[0], released, bound);
                EXPECT_NEAR(events[k].values[1], x, bound);
                EXPECT_NEAR(events[k].values[2], u, bound);
            }
        }
    }
}

/// What is recorded of a group of state_cases, and where its spikes come from.
struct Recorded {
    const char* group;
    const char* variable;  ///< that only events change
    const char* at;
    const char* delay;  ///< as it is read
    const char* spikes;
    std::uint32_t begin;  ///< of the slice
};

std::vector<Recorded> recorded_of(const StateCase& of) {
    const std::string name = of.name;
    if (name.starts_with("noise"))
        return {{"plain", "w", "pre", "delay", "cells", 0},
                {"plain", "w", "post", "dendritic_delay", "cells", 5},
                {"back", "k", "pre", "delay", "cells", 0}};
    if (name.starts_with("strides"))
        return {{"drive", "w", "pre", "delay", "inputs", 0},
                {"drive", "w", "post", "", "cells", 0},
                {"kicks", "w", "pre", "delay", "given", 0},
                {"loop", "w", "pre", "delay", "cells", 0},
                {"loop", "w", "post", "", "cells", 0}};
    return {{"s", "w", "pre", "delay", "cells", 0}, {"s", "w", "post", "", "cells", 0}};
}

/// More variables of the group, of all kinds of storage: traces kept in the neurons, exact between events, drawn.
std::string others_of(const Recorded& record) {
    const std::string group = record.group;
    if (group == "plain" || group == "drive") return ", \"apre\", \"apost\", \"release\"";
    if (group == "loop" || group == "s") return ", \"x\", \"u\", \"apre\", \"apost\", \"release\"";
    return "";
}

std::string with_records(const StateCase& of) {
    std::string toml = of.toml;
    int number = 0;
    for (const Recorded& record : recorded_of(of))
        toml += std::string("[[record]]\nname = \"r") + std::to_string(number++) + "\"\nof = \"" +
                record.group + "\"\nat = \"" + record.at + "\"\nvariables = [\"" + record.variable + "\"" +
                others_of(record) + "]\n";
    return toml;
}

class EventRecordsOf : public testing::TestWithParam<StateCase> {};

/// All that is there in the end.
std::vector<std::vector<double>> values_of(const sim::Simulation& simulation, const StateCase& of) {
    std::vector<std::vector<double>> values;
    std::string names = of.looked_at + " " + of.also_written;
    bool of_synapses = false;
    for (std::size_t at = 0; at < names.size();) {
        const auto end = std::min(names.find(' ', at), names.size());
        std::string name = names.substr(at, end - at);
        at = end + 1;
        if (name.empty()) continue;
        if (name.front() == '|') of_synapses = true, name.erase(0, 1);
        const auto dot = name.find('.');
        const std::string group = name.substr(0, dot), variable = name.substr(dot + 1);
        values.push_back(of_synapses ? simulation.synapses(group, variable)
                                     : simulation.neurons(group, variable));
    }
    values.push_back(
        {static_cast<double>(simulation.summary().spikes), static_cast<double>(simulation.summary().events)});
    return values;
}

TEST_P(EventRecordsOf, ChangeNoBitOfWhatRuns) {
    const auto plain = simulate(GetParam().toml);
    plain->run();
    const auto expected = values_of(*plain, GetParam());
    std::vector<Kept::Event> events;
    for (const auto& [backend, threads] :
         {std::pair(Backend::compiled, 1), std::pair(Backend::compiled, 2), std::pair(Backend::compiled, 3),
          std::pair(Backend::interpreted, 2)}) {
        Kept kept;
        const auto simulation = simulate(with_records(GetParam()), threads, &kept, backend, threads);
        simulation->run();
        EXPECT_EQ(values_of(*simulation, GetParam()), expected) << threads;
        if (events.empty()) events = kept.happened;
        EXPECT_GT(kept.happened.size(), 100U);
        EXPECT_TRUE(kept.happened == events) << threads;
    }
}

TEST_P(EventRecordsOf, ChangeNoBitOfWhatRunsInFloat) {
    const std::string head = "[simulation]\nprecision = \"float\"\n";
    StateCase of = GetParam();
    of.toml = head + of.toml.substr(std::string("[simulation]\n").size());
    const auto plain = simulate(of.toml);
    plain->run();
    std::vector<Kept::Event> events;
    for (const Backend backend : {Backend::interpreted, Backend::compiled}) {
        Kept kept;
        const auto simulation = simulate(with_records(of), 2, &kept, backend, 2);
        simulation->run();
        EXPECT_EQ(values_of(*simulation, of), values_of(*plain, of));
        if (events.empty()) events = kept.happened;
        EXPECT_TRUE(kept.happened == events);
    }
}

// The same network, a step at a time: who is due follows from spikes and delays, and the value is that after the step, unless
// something else happens to the synapse later in the step.
TEST_P(EventRecordsOf, AreWhatAStepLeavesBehind) {
    StateCase of = GetParam();
    of.toml.replace(of.toml.find("60 ms"), 5, "30 ms");
    const auto events = events_of(with_records(of), 2);
    const auto records = recorded_of(of);
    const auto simulation = simulate(of.toml);
    std::map<std::string, std::vector<std::set<std::uint32_t>>> spiked;  // by group, by step
    std::size_t next = 0, compared = 0;
    while (simulation->now() < simulation->steps()) {
        const std::int64_t step = simulation->now();
        struct Before {
            std::vector<double> id, end, delay;
        };
        std::vector<Before> before;
        for (const Recorded& record : records) {
            const bool pre = std::string(record.at) == "pre";
            auto& now = before.emplace_back();
            now.id = simulation->synapses(record.group, "id");
            now.end = simulation->synapses(record.group, pre ? "source" : "target");
            now.delay.resize(now.id.size());
            if (*record.delay != 0) now.delay = simulation->synapses(record.group, record.delay);
        }
        simulation->step();
        for (const Recorded& record : records) {
            auto& of_group = spiked[record.spikes];
            const auto now = simulation->spikes(record.spikes);
            if (static_cast<std::int64_t>(of_group.size()) == step)
                of_group.emplace_back(now.begin(), now.end());
        }
        using Due = std::map<std::int64_t, double>;  // by synapse: its value after the step
        std::vector<Due> due(records.size());
        for (std::size_t r = 0; r < records.size(); ++r) {
            std::map<std::int64_t, double> after;
            const auto ids = simulation->synapses(records[r].group, "id");
            const auto values = simulation->synapses(records[r].group, records[r].variable);
            for (std::size_t k = 0; k < ids.size(); ++k) after[static_cast<std::int64_t>(ids[k])] = values[k];
            for (std::size_t k = 0; k < before[r].id.size(); ++k) {
                const std::int64_t sent = step - std::llround(before[r].delay[k] / 1e-4);
                const auto neuron = static_cast<std::uint32_t>(before[r].end[k]) + records[r].begin;
                if (sent < 0 || spiked[records[r].spikes][static_cast<std::size_t>(sent)].count(neuron) == 0)
                    continue;
                const auto id = static_cast<std::int64_t>(before[r].id[k]);
                const bool stays = after.count(id) > 0;  // else it was pruned at the end of the step
                due[r][id] = stays ? after[id] : std::nan("");
            }
        }
        // Records of presynaptic events come first, each with its synapses in their order.
        for (const bool pre : {true, false}) {
            std::vector<std::size_t> order;
            for (std::size_t r = 0; r < records.size(); ++r)
                if ((std::string(records[r].at) == "pre") == pre) order.push_back(r);
            for (const std::size_t r : order) {
                for (const auto& [synapse, value] : due[r]) {
                    ASSERT_LT(next, events.size());
                    const Kept::Event& event = events[next++];
                    ASSERT_EQ(event.step, step);
                    ASSERT_EQ(event.stream, r);
                    ASSERT_EQ(event.synapse, synapse);
                    bool later = std::isnan(value);
                    for (std::size_t other = 0; pre && other < records.size(); ++other)
                        later |= other != r && std::string(records[other].group) == records[r].group &&
                                 due[other].count(synapse) > 0;
                    if (later) continue;
                    EXPECT_EQ(event.values[0], value) << records[r].group << " at " << records[r].at;
                    ++compared;
                }
            }
        }
    }
    EXPECT_EQ(next, events.size());
    EXPECT_GT(compared, 100U);
}

INSTANTIATE_TEST_SUITE_P(Cases, EventRecordsOf, testing::ValuesIn(state_cases()),
                         testing::PrintToStringParamName());

// An STDP synapse: what a postsynaptic spike that waits has done is read at once, and a trace has its value of this step.
TEST(EventRecords, PostsynapticEventsThatWaitAreMet) {
    const std::string network = R"toml(
[simulation]
duration = "60 ms"
[neurons.a]
model = "spike_times"
size = 2
times = [["10 ms"], ["12 ms"]]
[neurons.b]
model = "spike_times"
size = 2
times = [["15 ms", "35 ms"], ["25 ms"]]
[neurons.c]
size = 2
equations = """
v : 1
g : 1
"""
threshold = "v > 0.5"
reset = "v = 0"
[synapses.fire]
from = "b"
to = "c"
connect = { rule = "one_to_one" }
equations = "w : 1"
on_pre = "v_post = 1"
[synapses.s]
from = "a"
to = "c"
connect = { rule = "all_to_all" }
target = "g"
plasticity = { model = "stdp_pair", parameters = { w_max = 1, A_plus = 0.1, A_minus = 0.1, tau_plus = "20 ms", tau_minus = "20 ms" } }
initial = { w = 0.5 }
)toml";
    const std::string record =
        "[[record]]\nvariables = [\"w\", \"apre\"]\nof = \"s\"\nat = \"post\"\nindices = [1, 2]\n";
    const auto events = events_of(network + record);
    // Synapse 1 is from a0 to c1, synapse 2 from a1 to c0. c spikes a step after b.
    struct Expected {
        std::int64_t step, synapse;
        double since;
    };
    const std::vector<Expected> expected = {{151, 2, 3.1}, {251, 1, 15.1}, {351, 2, 23.1}};
    ASSERT_EQ(events.size(), expected.size());
    std::map<std::int64_t, double> w = {{1, 0.5}, {2, 0.5}};
    for (std::size_t k = 0; k < expected.size(); ++k) {
        const double trace = std::exp(-expected[k].since / 20.0);
        w[expected[k].synapse] += 0.1 * trace;
        EXPECT_EQ(events[k].step, expected[k].step);
        EXPECT_EQ(events[k].synapse, expected[k].synapse);
        EXPECT_NEAR(events[k].values[0], w[expected[k].synapse], 1e-14);
        EXPECT_NEAR(events[k].values[1], trace, 1e-14);  // some hundred steps of decay, each rounded
    }
    // Events of the others go on waiting for their sources, or for whoever looks.
    Kept kept;
    const auto recorded = simulate(network + record, 1, &kept), plain = simulate(network);
    recorded->run();
    plain->run();
    const auto all = plain->synapses("s", "w");
    EXPECT_GT(all[0], 0.55);
    EXPECT_GT(all[3], 0.55);
    EXPECT_EQ(recorded->synapses("s", "w"), all);
}

const std::string kNamed = R"toml(
[simulation]
duration = "10 ms"
[neurons.a]
model = "spike_times"
size = 5
times = [[], ["1 ms"], ["1.2 ms"], ["1.1 ms"], ["1 ms"]]
[neurons.b]
size = 4
equations = "g : 1"
[synapses.s]
from = "a[1:5]"
to = "b[1:4]"
connect = { rule = "all_to_all" }
equations = """
k : 1
n : integer
where = 10*i + j + 100*g_post : 1
"""
on_pre = { first = "k += 1; g_post += 1", second = "k *= 10; n += 1" }
delay = { first = "0.2*ms + 0.1*ms*j", second = "0.3 ms" }
[[record]]
of = "s"
)toml";

std::string named(const std::string& at, const std::string& more) {
    return kNamed + "at = \"" + at + "\"\n" + more + "\n";
}

// Pathways with delays of their own, by synapse and common; a subexpression sees the neuron after all events of the step.
TEST(EventRecords, PathwaysAreTakenApart) {
    for (const Backend backend : {Backend::interpreted, Backend::compiled}) {
        for (const int blocks : {1, 3}) {
            const auto first = events_of(named("first", "variables = [\"k\", \"where\"]"), blocks, backend);
            ASSERT_EQ(first.size(), 12U);
            std::vector<std::int64_t> at;  // by synapse, in the order of results
            for (int i = 0; i < 4; ++i)
                for (int j = 0; j < 3; ++j) at.push_back((i == 1 ? 12 : i == 2 ? 11 : 10) + 2 + j);
            for (std::size_t k = 0; k < first.size(); ++k) {
                const Kept::Event& event = first[k];
                const std::int64_t i = event.synapse / 3, j = event.synapse % 3;
                EXPECT_EQ(event.step, at[static_cast<std::size_t>(event.synapse)]);
                if (k > 0) {
                    EXPECT_LT(std::pair(first[k - 1].step, first[k - 1].synapse),
                              std::pair(event.step, event.synapse));
                }
                // `second` has come before where the own delay is longer than its; its 0 times 10 is 0.
                EXPECT_EQ(event.values[0], 1.0);
                double arrived = 0.0;
                for (int other = 0; other < 4; ++other)
                    arrived += at[static_cast<std::size_t>(3 * other + j)] <= event.step ? 1 : 0;
                EXPECT_EQ(event.values[1], static_cast<double>(10 * i + j) + 100 * arrived);
            }
            const auto second = events_of(named("second", "variables = [\"n\"]"), blocks, backend);
            ASSERT_EQ(second.size(), 12U);
            for (const Kept::Event& event : second) EXPECT_EQ(event.values[0], 1.0);
            EXPECT_EQ(second.back().step, 12 + 3);
            EXPECT_EQ(second.back().synapse, 5);
        }
    }
}

// A name that the user gives to a pathway means this one, also where it is the word for another.
TEST(EventRecords, AGivenNameComesFirst) {
    const auto events = events_of(R"toml(
[simulation]
duration = "5 ms"
[neurons.a]
model = "spike_times"
size = 2
times = [["1 ms"], ["3 ms"]]
[synapses.s]
from = "a[0:1]"
to = "a[1:2]"
connect = { rule = "all_to_all" }
equations = "k : 1"
on_pre = "k += 1"
on_post = { pre = "k += 10" }
[[record]]
variables = ["k"]
of = "s"
at = "pre"
)toml");
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].step, 30);
    EXPECT_EQ(events[0].values[0], 11.0);
}

TEST(EventRecords, ChosenSynapsesAreThoseOfAll) {
    const auto all = events_of(named("first", "variables = [\"k\", \"where\"]"));
    const auto some = events_of(named("first", "variables = [\"k\", \"where\"]\nindices = [11, 2, 5, 2]"), 2);
    std::vector<Kept::Event> expected;
    for (const auto& event : all)
        if (event.synapse == 2 || event.synapse == 5 || event.synapse == 11) expected.push_back(event);
    EXPECT_TRUE(some == expected);
    Kept kept;
    EXPECT_THROW(simulate(named("first", "variables = [\"k\"]\nindices = [12]"), 1, &kept),
                 base::DiagnosticError);
}

// A state that was saved goes on with the events to come.
TEST(EventRecords, GoOnFromAState) {
    const StateCase of = state_cases()[2];
    const auto whole = events_of(with_records(of));
    Kept first, second;
    const auto begun = simulate(with_records(of), 2, &first);
    begun->go(257);
    const auto state = base::archived(*begun);
    base::MemoryReader reader(state);
    sim::Options options;
    options.backend = Backend::interpreted;
    options.state = &reader;
    options.recorder = &second;
    options.blocks = 3;
    simulate_with(with_records(of), options)->go(600 - 257);
    auto together = first.happened;
    together.insert(together.end(), second.happened.begin(), second.happened.end());
    EXPECT_TRUE(together == whole);
}

}  // namespace
}  // namespace bouton::test
