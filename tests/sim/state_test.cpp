// SPDX-License-Identifier: BSD-3-Clause
// The state of a run, written down wherever and read back: it goes on as if nothing had happened, with any number of blocks and
// either back end, and writing changes nothing.
#include "tests/sim/running.hpp"
#include "tests/sim/state_cases.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace bouton::test {
namespace {

using Case = StateCase;

/// What is looked at, at the present step.
std::vector<std::vector<double>> values_of(const sim::Simulation& simulation, const Case& of) {
    std::vector<std::vector<double>> values;
    std::istringstream names(of.looked_at);
    bool of_synapses = false;
    for (std::string name; names >> name;) {
        if (name.front() == '|') of_synapses = true;
        name.erase(0, name.front() == '|' ? 1 : 0);
        const auto dot = name.find('.');
        const std::string group = name.substr(0, dot), variable = name.substr(dot + 1);
        values.push_back(of_synapses ? simulation.synapses(group, variable)
                                     : simulation.neurons(group, variable));
    }
    values.push_back({static_cast<double>(simulation.summary().spikes),
                      static_cast<double>(simulation.summary().events),
                      static_cast<double>(simulation.now())});
    return values;
}

std::unique_ptr<sim::Simulation> resumed(const Case& of, const std::vector<std::byte>& state, int blocks,
                                         sim::Backend backend = sim::Backend::interpreted, int threads = 1) {
    base::MemoryReader reader(state);
    sim::Options options;
    options.state = &reader;
    options.blocks = blocks;
    options.backend = backend;
    options.threads = threads;
    auto simulation = simulate_with(of.toml, options);
    EXPECT_EQ(reader.left(), 0);
    return simulation;
}

class State : public testing::TestWithParam<Case> {
protected:
    static constexpr std::int64_t kSteps = 600;
    static std::vector<std::vector<double>> untouched(const Case& of) {
        const auto simulation = simulate(of.toml);
        simulation->go(kSteps);
        EXPECT_GT(simulation->summary().spikes, 50);
        return values_of(*simulation, of);
    }
};

TEST_P(State, RunsAddUp) {
    const auto expected = untouched(GetParam());
    for (const std::int64_t cut : {1, 13, 49, 50, 257, 599}) {
        const auto simulation = simulate(GetParam().toml, 2);
        simulation->go(cut);
        simulation->go(kSteps - cut);
        EXPECT_EQ(values_of(*simulation, GetParam()), expected) << cut;
    }
}

TEST_P(State, WritingAndLookingChangeNothing) {
    const auto expected = untouched(GetParam());
    const auto simulation = simulate(GetParam().toml);
    for (std::int64_t step = 0; step < kSteps; step += 40) {
        simulation->go(40);
        base::archived(*simulation);
        values_of(*simulation, GetParam());
        base::archived(*simulation);
    }
    EXPECT_EQ(values_of(*simulation, GetParam()), expected);
}

TEST_P(State, ReadBackGoesOnTheSame) {
    const auto expected = untouched(GetParam());
    const auto simulation = simulate(GetParam().toml);
    simulation->go(163);
    const auto state = base::archived(*simulation);
    for (const std::int64_t more : {0, 31, 437}) {
        simulation->go(more);
        base::MemoryReader reader(state);
        simulation->archive(reader);
        EXPECT_EQ(reader.left(), 0);
        EXPECT_EQ(simulation->now(), 163);
    }
    simulation->go(kSteps - 163);
    EXPECT_EQ(values_of(*simulation, GetParam()), expected);
}

TEST_P(State, GoesOnWithOtherBlocksAndThreads) {
    const auto expected = untouched(GetParam());
    for (const auto& [before, after] : {std::pair(1, 1), std::pair(1, 3), std::pair(3, 1), std::pair(2, 3)}) {
        for (const std::int64_t cut : {1, 200, 411}) {
            const auto first = simulate(GetParam().toml, before);
            first->go(cut);
            const auto second =
                resumed(GetParam(), base::archived(*first), after, sim::Backend::interpreted, after);
            EXPECT_EQ(second->now(), cut);
            second->go(kSteps - cut);
            EXPECT_EQ(values_of(*second, GetParam()), expected) << before << " " << after << " " << cut;
        }
    }
}

TEST_P(State, GoesOnWithTheOtherBackEnd) {
    if (!runtime::compiler_available({})) GTEST_SKIP() << "no compiler";
    const auto expected = untouched(GetParam());
    const auto first = simulate(GetParam().toml, 1, nullptr, sim::Backend::compiled);
    first->go(305);
    const auto second = resumed(GetParam(), base::archived(*first), 2);
    second->go(77);
    const auto third = resumed(GetParam(), base::archived(*second), 1, sim::Backend::compiled);
    third->go(kSteps - 382);
    EXPECT_EQ(values_of(*third, GetParam()), expected);
}

TEST_P(State, IsRefusedWhereItIsCutOff) {
    const auto simulation = simulate(GetParam().toml);
    simulation->go(20);
    const auto state = base::archived(*simulation);
    for (std::size_t part = 0; part < 40; ++part) {
        auto less = state;
        less.resize(state.size() * part / 40);
        base::MemoryReader reader(less);
        sim::Options options;
        options.state = &reader;
        options.backend = sim::Backend::interpreted;
        EXPECT_THROW(simulate_with(GetParam().toml, options), base::ArchiveError) << part;
    }
}

/// GROUP, VARIABLE of what can be written, and whether it is of synapses.
struct Target {
    std::string group, variable;
    bool of_synapses;
};

std::vector<Target> targets_of(const Case& of) {
    std::vector<Target> targets;
    std::istringstream names(of.looked_at + " " + of.also_written);
    bool of_synapses = false;
    for (std::string name; names >> name;) {
        if (name.front() == '|') of_synapses = true;
        name.erase(0, name.front() == '|' ? 1 : 0);
        const auto dot = name.find('.');
        if (name.substr(dot + 1) == "source" || name.substr(dot + 1) == "target") continue;
        targets.push_back({name.substr(0, dot), name.substr(dot + 1), of_synapses});
    }
    return targets;
}

std::vector<double> read(const sim::Simulation& simulation, const Target& of) {
    return of.of_synapses ? simulation.synapses(of.group, of.variable)
                          : simulation.neurons(of.group, of.variable);
}

void write(sim::Simulation& simulation, const Target& to, const std::vector<double>& values,
           const sim::Chosen& chosen = {}) {
    if (to.of_synapses)
        simulation.write_synapses(to.group, to.variable, chosen, values);
    else
        simulation.write_neurons(to.group, to.variable, chosen, values);
}

TEST_P(State, WhatIsWrittenIsRead) {
    const auto simulation = simulate(GetParam().toml, 2);
    for (const std::int64_t more : {0, 1, 57, 200}) {
        simulation->go(more);
        for (const Target& target : targets_of(GetParam())) {
            SCOPED_TRACE(target.group + "." + target.variable);
            std::vector<double> values = read(*simulation, target);
            for (double& value : values) value *= 0.75;
            write(*simulation, target, values);
            EXPECT_EQ(read(*simulation, target), values);
        }
    }
    simulation->go(100);
}

// What was read is written again, everywhere, and nothing but rounding comes of it.
TEST_P(State, WritingWhatIsThereIsNoChange) {
    const auto expected = untouched(GetParam());
    const auto simulation = simulate(GetParam().toml, 2);
    for (int k = 0; k < 6; ++k) {
        simulation->go(kSteps / 6);
        for (const Target& target : targets_of(GetParam()))
            write(*simulation, target, read(*simulation, target));
    }
    const auto found = values_of(*simulation, GetParam());
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t v = 0; v < found.size(); ++v) {
        ASSERT_EQ(found[v].size(), expected[v].size());
        for (std::size_t k = 0; k < found[v].size(); ++k)
            EXPECT_NEAR(found[v][k], expected[v][k], 1e-9 * (1.0 + std::abs(expected[v][k])))
                << v << " " << k;
    }
}

TEST_P(State, WhatIsRefusedChangesNothing) {
    const auto expected = untouched(GetParam());
    const auto simulation = simulate(GetParam().toml);
    simulation->go(100);
    for (const Target& target : targets_of(GetParam())) {
        SCOPED_TRACE(target.group + "." + target.variable);
        const auto there = read(*simulation, target);
        auto wrong = there;
        wrong.pop_back();
        EXPECT_THROW(write(*simulation, target, wrong), base::Error);
        wrong = there;
        wrong.back() = std::nan("");
        EXPECT_THROW(write(*simulation, target, wrong), base::Error);
        EXPECT_THROW(write(*simulation, target, {1.0, 2.0}, std::vector<std::int64_t>{0, 0}), base::Error);
        EXPECT_THROW(write(*simulation, target, {1.0}, std::vector<std::int64_t>{-1}), base::Error);
        EXPECT_THROW(write(*simulation, target, {1.0}, std::vector<std::int64_t>{std::ssize(there)}),
                     base::Error);
        EXPECT_THROW(write(*simulation, {target.group, target.variable + "x", target.of_synapses}, {1.0}),
                     sim::UnknownName);
        EXPECT_THROW(write(*simulation, {target.group + "x", target.variable, target.of_synapses}, {1.0}),
                     sim::UnknownName);
    }
    simulation->go(kSteps - 100);
    EXPECT_EQ(values_of(*simulation, GetParam()), expected);
}

INSTANTIATE_TEST_SUITE_P(Networks, State, testing::ValuesIn(state_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(StateOfAnother, IsRefused) {
    const auto all = state_cases();
    const auto simulation = simulate(all[0].toml);
    const auto state = base::archived(*simulation);
    for (const std::size_t other : {1U, 2U}) {
        base::MemoryReader reader(state);
        sim::Options options;
        options.state = &reader;
        options.backend = sim::Backend::interpreted;
        EXPECT_THROW(simulate_with(all[other].toml, options), base::ArchiveError);
    }
}

}  // namespace
}  // namespace bouton::test
