// SPDX-License-Identifier: BSD-3-Clause
// Connection rules: how many, where, never twice, the same in any number of blocks.
#include "network/connect.hpp"

#include "base/diagnostics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <set>

namespace bouton::network {
namespace {

using analysis::ConnectRule;
using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

analysis::SynapseSpec between(std::int64_t sources, std::int64_t targets, ConnectRule rule,
                              std::int64_t n = 0, double p = 1.0) {
    analysis::SynapseSpec spec;
    spec.name = "s";
    spec.from = {"a", {}, 0, sources};
    spec.to = {"b", {}, 0, targets};
    spec.connect.rule = rule;
    spec.connect.n = n;
    spec.connect.p = analysis::Value{{}, analysis::ScalarValue{p, {}}};
    return spec;
}

SynapseStore build(const analysis::SynapseSpec& spec, int blocks = 1, std::uint64_t seed = 1,
                   const PairFilter& filter = {}) {
    SynapseStore store(codegen::SynapsePlan{}, codegen::Precision::f64, spec.from.size(), spec.to.size(),
                       blocks);
    connect({spec, seed, filter}, store);
    return store;
}

Pairs pairs_of(const SynapseStore& store) {
    Pairs pairs;
    for (const Location& l : in_order(store)) {
        const SynapseBlock& block = store.blocks[l.block];
        std::uint32_t source = 0;
        while (block.row_begin[source + 1] <= l.position) ++source;
        pairs.emplace_back(source, block.target[static_cast<std::size_t>(l.position)]);
    }
    return pairs;
}

Pairs connected(const analysis::SynapseSpec& spec, int blocks = 1, std::uint64_t seed = 1) {
    return pairs_of(build(spec, blocks, seed));
}

bool all_different(const Pairs& pairs) {
    return std::set<std::pair<std::uint32_t, std::uint32_t>>(pairs.begin(), pairs.end()).size() ==
           pairs.size();
}

TEST(Connect, AllToAllAndOneToOne) {
    EXPECT_EQ(connected(between(2, 3, ConnectRule::all_to_all)),
              (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
    EXPECT_EQ(connected(between(3, 3, ConnectRule::one_to_one)), (Pairs{{0, 0}, {1, 1}, {2, 2}}));
    EXPECT_THROW(connected(between(3, 4, ConnectRule::one_to_one)), base::DiagnosticError);
}

// Autapses are judged by the number in the whole group.
TEST(Connect, AutapsesOfSlices) {
    auto spec = between(3, 3, ConnectRule::all_to_all);
    spec.from = {"a", {}, 1, 4};
    spec.to = {"a", {}, 2, 5};
    EXPECT_EQ(connected(spec), (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 0}, {2, 2}}));
    spec.connect.autapses = true;
    EXPECT_EQ(connected(spec).size(), 9U);
    spec.connect.autapses = false;
    spec.to.group = "b";
    EXPECT_EQ(connected(spec).size(), 9U);
}

// Every pair has the probability p, each on its own: the number of synapses, of a row and of a column are
// binomial. Five standard deviations.
TEST(Connect, FixedProbabilityIsBinomial) {
    const double p = 0.037;
    const auto pairs = connected(between(800, 900, ConnectRule::fixed_probability, 0, p));
    EXPECT_TRUE(all_different(pairs));
    EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end()));
    const double mean = 800 * 900 * p;
    EXPECT_NEAR(static_cast<double>(pairs.size()), mean, 5 * std::sqrt(mean * (1 - p)));
    std::vector<double> in(900, 0), out(800, 0);
    for (const auto& [i, j] : pairs) {
        ++out[i];
        ++in[j];
    }
    const auto chi_square = [&](const std::vector<double>& counts, double expected) {
        double sum = 0;
        for (const double count : counts)
            sum += (count - expected) * (count - expected) / (expected * (1 - p));
        const double n = static_cast<double>(counts.size());
        EXPECT_NEAR(sum, n, 5 * std::sqrt(2 * n));
    };
    chi_square(out, 900 * p);
    chi_square(in, 800 * p);
}

TEST(Connect, ProbabilitiesNoughtAndOne) {
    EXPECT_TRUE(connected(between(5, 6, ConnectRule::fixed_probability, 0, 0.0)).empty());
    EXPECT_EQ(connected(between(5, 6, ConnectRule::fixed_probability, 0, 1.0)).size(), 30U);
    EXPECT_THROW(connected(between(5, 6, ConnectRule::fixed_probability, 0, 1.5)), base::DiagnosticError);
}

// Both ways of drawing a subset, few and most; each number equally often.
TEST(Connect, DegreesAreExact) {
    for (const std::int64_t n : {3, 17, 39}) {
        for (const auto rule : {ConnectRule::fixed_indegree, ConnectRule::fixed_outdegree}) {
            auto spec = between(40, 40, rule, n);
            spec.to.group = "a";
            std::vector<int> hits(40, 0);
            for (std::uint64_t seed = 0; seed < 50; ++seed) {
                const auto pairs = connected(spec, 1, seed);
                ASSERT_EQ(pairs.size(), static_cast<std::size_t>(40 * n));
                EXPECT_TRUE(all_different(pairs));
                std::vector<std::int64_t> degree(40, 0);
                for (const auto& [i, j] : pairs) {
                    EXPECT_NE(i, j);
                    ++degree[rule == ConnectRule::fixed_indegree ? j : i];
                    ++hits[rule == ConnectRule::fixed_indegree ? i : j];
                }
                for (const auto d : degree) EXPECT_EQ(d, n);
            }
            const double mean = 50.0 * static_cast<double>(n);
            for (const int count : hits)
                EXPECT_NEAR(count, mean, 5 * std::sqrt(mean * (1 - static_cast<double>(n) / 39)) + 1e-9);
        }
    }
}

TEST(Connect, TotalNumberIsExact) {
    for (const std::int64_t n : {0, 7, 400, 868, 870}) {
        auto spec = between(30, 30, ConnectRule::fixed_total_number, n);
        spec.to.group = "a";
        const auto pairs = connected(spec);
        EXPECT_EQ(pairs.size(), static_cast<std::size_t>(n));
        EXPECT_TRUE(all_different(pairs));
        for (const auto& [i, j] : pairs) EXPECT_NE(i, j);
    }
}

TEST(Connect, MultapsesLiftTheLimit) {
    for (const auto rule :
         {ConnectRule::fixed_indegree, ConnectRule::fixed_outdegree, ConnectRule::fixed_total_number}) {
        auto spec = between(4, 4, rule, rule == ConnectRule::fixed_total_number ? 40 : 10);
        EXPECT_THROW(connected(spec), base::DiagnosticError);
        spec.connect.multapses = true;
        EXPECT_EQ(connected(spec).size(), 40U);
    }
}

TEST(Connect, FiltersSeeEveryCandidateOnce) {
    const auto spec = between(5, 7, ConnectRule::condition);
    const auto even = [](std::uint32_t i, std::vector<std::uint32_t>& targets) {
        EXPECT_EQ(targets.size(), 7U);
        std::erase_if(targets, [i](std::uint32_t j) { return (i + j) % 2 != 0; });
    };
    for (const auto& [i, j] : pairs_of(build(spec, 2, 1, even))) EXPECT_EQ((i + j) % 2, 0U);
    EXPECT_EQ(pairs_of(build(spec, 1, 1, even)).size(), 18U);
}

TEST(Connect, PairsKeepTheirOrder) {
    auto spec = between(5, 5, ConnectRule::pairs);
    spec.connect.multapses = true;
    spec.connect.pairs = {{3, 1}, {0, 4}, {3, 1}, {0, 2}, {4, 0}};
    for (const int blocks : {1, 2, 3}) EXPECT_EQ(connected(spec, blocks), spec.connect.pairs) << blocks;
    spec.connect.multapses = false;
    EXPECT_THROW(connected(spec), base::DiagnosticError);
    spec.connect.pairs = {{0, 5}};
    EXPECT_THROW(connected(spec), base::DiagnosticError);
    spec.connect.pairs = {{2, 2}};
    EXPECT_EQ(connected(spec).size(), 1U);
    spec.to.group = "a";
    EXPECT_THROW(connected(spec), base::DiagnosticError);
}

TEST(Connect, ErrorsNameTheRow) {
    auto spec = between(5, 5, ConnectRule::pairs);
    spec.connect.pairs = {{3, 1}, {0, 4}, {3, 1}};
    try {
        connected(spec);
        FAIL();
    } catch (const base::DiagnosticError& error) {
        EXPECT_NE(std::string(error.what()).find("pair 2, (3, 1), repeats pair 0"), std::string::npos)
            << error.what();
        EXPECT_EQ(error.status(), 2);
    }
}

TEST(Connect, BlocksChangeNothingAndSeedsEverything) {
    for (const auto rule : {ConnectRule::fixed_probability, ConnectRule::fixed_indegree,
                            ConnectRule::fixed_outdegree, ConnectRule::fixed_total_number}) {
        auto spec = between(50, 60, rule, 9, 0.2);
        spec.connect.multapses = rule != ConnectRule::fixed_probability;
        const auto one = connected(spec);
        EXPECT_FALSE(one.empty());
        for (const int blocks : {2, 3, 60}) EXPECT_EQ(connected(spec, blocks), one);
        EXPECT_EQ(connected(spec, 1, 1), one);
        EXPECT_NE(connected(spec, 1, 2), one);
        spec.name = "other";
        EXPECT_NE(connected(spec), one);
    }
}

}  // namespace
}  // namespace bouton::network
