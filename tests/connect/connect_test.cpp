// SPDX-License-Identifier: BSD-3-Clause
// Connection rules: how many, where, never twice, the same in any number of blocks.
#include "connect/connect.hpp"

#include "base/diagnostics.hpp"
#include "base/stop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <set>

namespace bouton::connect {
namespace {

using model::ConnectRule;
using state::Location;
using state::SynapseBlock;
using state::SynapseStore;
using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

codegen::SynapsePlan between(std::int64_t sources, std::int64_t targets, ConnectRule rule, std::int64_t n = 0,
                             double p = 1.0) {
    codegen::SynapsePlan plan;
    plan.name = "s";
    plan.from = {"a", {}, 0, sources};
    plan.to = {"b", {}, 0, targets};
    plan.connect.rule = rule;
    plan.connect.n = n;
    plan.connect.p = p;
    return plan;
}

SynapseStore build(const codegen::SynapsePlan& plan, int blocks = 1, std::uint64_t seed = 1,
                   const RowFunction& filter = {}, base::ThreadPool* pool = nullptr) {
    SynapseStore store(codegen::SynapsePlan{}, codegen::Precision::f64, plan.from.size(),
                       state::bounds_of_parts(plan.to.size(), blocks));
    connect({plan, seed, filter, pool}, store);
    return store;
}

Pairs pairs_of(const SynapseStore& store) {
    Pairs pairs;
    for (const Location& l : state::in_order(store)) {
        const SynapseBlock& block = store.blocks[l.block];
        const auto row = std::upper_bound(block.row_begin.begin(), block.row_begin.end(), l.position);
        const auto source = static_cast<std::uint32_t>(row - block.row_begin.begin() - 1);
        pairs.emplace_back(source, block.target[static_cast<std::size_t>(l.position)]);
    }
    return pairs;
}

Pairs connected(const codegen::SynapsePlan& plan, int blocks = 1, std::uint64_t seed = 1) {
    return pairs_of(build(plan, blocks, seed));
}

bool all_different(const Pairs& pairs) {
    return std::set<std::pair<std::uint32_t, std::uint32_t>>(pairs.begin(), pairs.end()).size() ==
           pairs.size();
}

std::shared_ptr<const model::PairList> listed(model::PairList pairs) {
    return std::make_shared<model::PairList>(std::move(pairs));
}

TEST(Connect, AllToAllAndOneToOne) {
    EXPECT_EQ(connected(between(2, 3, ConnectRule::all_to_all)),
              (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
    EXPECT_EQ(connected(between(3, 3, ConnectRule::one_to_one)), (Pairs{{0, 0}, {1, 1}, {2, 2}}));
    EXPECT_THROW(connected(between(3, 4, ConnectRule::one_to_one)), base::DiagnosticError);
}

TEST(Connect, EveryRuleEndsOnRequest) {
    base::Stop stop;
    const base::StopScope scope(&stop);
    stop.request();
    for (const auto rule :
         {ConnectRule::all_to_all, ConnectRule::one_to_one, ConnectRule::fixed_probability,
          ConnectRule::condition, ConnectRule::fixed_outdegree, ConnectRule::fixed_indegree}) {
        EXPECT_THROW(build(between(10, 10, rule, 3, 0.5)), base::Stopped) << static_cast<int>(rule);
    }
    // Counts of all sources are drawn in one loop, before any row is.
    EXPECT_THROW(build(between(1000, 1000, ConnectRule::fixed_total_number, 100000)), base::Stopped);
}

// Autapses are judged by the number in the whole group.
TEST(Connect, AutapsesOfSlices) {
    auto plan = between(3, 3, ConnectRule::all_to_all);
    plan.from = {"a", {}, 1, 4};
    plan.to = {"a", {}, 2, 5};
    EXPECT_EQ(connected(plan), (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 0}, {2, 2}}));
    plan.connect.autapses = true;
    EXPECT_EQ(connected(plan).size(), 9U);
    plan.connect.autapses = false;
    plan.to.group = "b";
    EXPECT_EQ(connected(plan).size(), 9U);
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
            auto plan = between(40, 40, rule, n);
            plan.to.group = "a";
            std::vector<int> hits(40, 0);
            for (std::uint64_t seed = 0; seed < 50; ++seed) {
                const auto pairs = connected(plan, 1, seed);
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
        auto plan = between(30, 30, ConnectRule::fixed_total_number, n);
        plan.to.group = "a";
        const auto pairs = connected(plan);
        EXPECT_EQ(pairs.size(), static_cast<std::size_t>(n));
        EXPECT_TRUE(all_different(pairs));
        for (const auto& [i, j] : pairs) EXPECT_NE(i, j);
    }
}

// Numbers of synapses of a source are hypergeometric, or binomial with multapses: mean and variance within five
// standard deviations, for a few, for most, and where one pair of each row is left out.
TEST(Connect, TotalNumberIsEvenlySpread) {
    for (const bool multapses : {false, true}) {
        for (const std::int64_t n : {1500, 6000}) {
            auto plan = between(80, 100, ConnectRule::fixed_total_number, n);
            plan.to.group = "a";
            plan.connect.multapses = multapses;
            const double cells = 80.0 * 99.0;
            const double mean = static_cast<double>(n) / 80.0;
            const double variance =
                mean * (79.0 / 80.0) * (multapses ? 1.0 : (cells - static_cast<double>(n)) / (cells - 1.0));
            constexpr int kRuns = 60;
            double sum = 0;
            std::vector<double> in(100, 0);
            for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
                std::vector<double> out(80, 0);
                for (const auto& [i, j] : connected(plan, 2, seed)) {
                    ++out[i];
                    ++in[j];
                }
                for (const double count : out) sum += (count - mean) * (count - mean) / variance;
            }
            EXPECT_NEAR(sum / (80.0 * kRuns), 1.0, 5 * std::sqrt(2.0 / (80.0 * kRuns)));
            for (std::size_t j = 0; j < in.size(); ++j) {
                const double expected = kRuns * mean * (j < 80 ? 79.0 : 80.0) / 99.0;
                EXPECT_NEAR(in[j], expected, 5 * std::sqrt(expected)) << j;
            }
        }
    }
}

// a[0:20] to a[10:30] under every rule that draws, with and without autapses and multapses: i = 10 + j never or as often as
// the rest, and each pair, so each row and column and the first and last of them, as often as the rule says. Five standard
// errors of a Poisson count, which no binomial or hypergeometric one exceeds.
TEST(Connect, SlicesOfOneGroupUnderEveryRule) {
    constexpr std::int64_t kSize = 20, kShift = 10;
    constexpr int kRuns = 300;
    struct Case {
        ConnectRule rule;
        std::int64_t n;
    };
    for (const auto& [rule, n] : {Case{ConnectRule::all_to_all, 0},
                                  {ConnectRule::fixed_probability, 0},
                                  {ConnectRule::fixed_indegree, 6},
                                  {ConnectRule::fixed_outdegree, 6},
                                  {ConnectRule::fixed_total_number, 120},
                                  {ConnectRule::fixed_total_number, 300}}) {
        const bool drawn = rule != ConnectRule::all_to_all && rule != ConnectRule::fixed_probability;
        for (const bool multapses : {false, true}) {
            if (multapses && !drawn) continue;
            for (const bool autapses : {false, true}) {
                auto plan = between(kSize, kSize, rule, n, 0.3);
                plan.from = {"a", {}, 0, kSize};
                plan.to = {"a", {}, kShift, kShift + kSize};
                plan.connect.multapses = multapses;
                plan.connect.autapses = autapses;
                const auto runs = rule == ConnectRule::all_to_all ? 1 : kRuns;
                std::vector<std::vector<double>> hits(kSize, std::vector<double>(kSize, 0));
                std::vector<double> out(kSize, 0), in(kSize, 0);
                for (int seed = 0; seed < runs; ++seed) {
                    for (const auto& [i, j] :
                         connected(plan, 1 + seed % 3, static_cast<std::uint64_t>(seed))) {
                        hits[i][j] += 1.0 / runs;
                        out[i] += 1.0 / runs;
                        in[j] += 1.0 / runs;
                    }
                }
                const auto is_self = [&](std::int64_t i, std::int64_t j) {
                    return !autapses && i == j + kShift;
                };
                const auto row = [&](std::int64_t i) {  // the pairs of a source, and of a target
                    return static_cast<double>(kSize - (!autapses && i >= kShift ? 1 : 0));
                };
                const auto column = [&](std::int64_t j) {
                    return static_cast<double>(kSize - (!autapses && j < kSize - kShift ? 1 : 0));
                };
                const double all = static_cast<double>(kSize * kSize - (autapses ? 0 : kSize - kShift));
                const auto mean = [&](std::int64_t i, std::int64_t j) {
                    const auto count = static_cast<double>(n);
                    if (is_self(i, j)) return 0.0;
                    switch (rule) {
                        case ConnectRule::all_to_all: return 1.0;
                        case ConnectRule::fixed_indegree: return count / column(j);
                        case ConnectRule::fixed_outdegree: return count / row(i);
                        case ConnectRule::fixed_total_number: return count / all;
                        default: return 0.3;
                    }
                };
                const auto near = [&](double found, double expected, const char* of, std::int64_t k) {
                    const double bound = runs == 1 ? 0 : 5 * std::sqrt(expected / runs);
                    EXPECT_NEAR(found, expected, bound + 1e-9)
                        << of << ' ' << k << ", rule " << static_cast<int>(rule) << ", n " << n
                        << ", multapses " << multapses << ", autapses " << autapses;
                };
                for (std::int64_t k = 0; k < kSize; ++k) {
                    const auto at = static_cast<std::size_t>(k);
                    double source = 0, target = 0;
                    for (std::int64_t other = 0; other < kSize; ++other) {
                        source += mean(k, other);
                        target += mean(other, k);
                        near(hits[at][static_cast<std::size_t>(other)], mean(k, other), "pair of source", k);
                    }
                    near(out[at], source, "source", k);
                    near(in[at], target, "target", k);
                }
            }
        }
    }
}

// Enough of them to be sorted digit by digit.
TEST(Connect, LongRowsAscend) {
    for (const bool multapses : {false, true}) {
        auto plan = between(3, 300000, ConnectRule::fixed_outdegree, 500);
        plan.connect.multapses = multapses;
        const SynapseStore store = build(plan);
        const SynapseBlock& block = store.blocks.front();
        for (std::size_t i = 0; i < 3; ++i) {
            const auto* first = block.target.begin() + block.row_begin[i];
            const auto* last = block.target.begin() + block.row_begin[i + 1];
            EXPECT_EQ(last - first, 500);
            EXPECT_TRUE(std::is_sorted(first, last));
            if (!multapses) {
                EXPECT_EQ(std::adjacent_find(first, last), last);
            }
        }
    }
}

TEST(Connect, MultapsesLiftTheLimit) {
    for (const auto rule :
         {ConnectRule::fixed_indegree, ConnectRule::fixed_outdegree, ConnectRule::fixed_total_number}) {
        auto plan = between(4, 4, rule, rule == ConnectRule::fixed_total_number ? 40 : 10);
        EXPECT_THROW(connected(plan), base::DiagnosticError);
        plan.connect.multapses = true;
        EXPECT_EQ(connected(plan).size(), 40U);
    }
}

TEST(Connect, FiltersSeeEveryCandidateOnce) {
    const auto plan = between(5, 7, ConnectRule::condition);
    const auto even = [](std::size_t, std::uint32_t i, std::vector<std::uint32_t>& targets) {
        EXPECT_EQ(targets.size(), 7U);
        std::erase_if(targets, [i](std::uint32_t j) { return (i + j) % 2 != 0; });
    };
    for (const auto& [i, j] : pairs_of(build(plan, 2, 1, even))) EXPECT_EQ((i + j) % 2, 0U);
    EXPECT_EQ(pairs_of(build(plan, 1, 1, even)).size(), 18U);
}

TEST(Connect, PairsKeepTheirOrder) {
    auto plan = between(5, 5, ConnectRule::pairs);
    plan.connect.multapses = true;
    plan.connect.pairs = listed({{3, 1}, {0, 4}, {3, 1}, {0, 2}, {4, 0}});
    for (const int blocks : {1, 2, 3}) EXPECT_EQ(connected(plan, blocks), *plan.connect.pairs) << blocks;
    plan.connect.multapses = false;
    EXPECT_THROW(connected(plan), base::DiagnosticError);
    plan.connect.pairs = listed({{0, 5}});
    EXPECT_THROW(connected(plan), base::DiagnosticError);
    plan.connect.pairs = listed({{2, 2}});
    EXPECT_EQ(connected(plan).size(), 1U);
    plan.to.group = "a";
    EXPECT_THROW(connected(plan), base::DiagnosticError);
}

TEST(Connect, ErrorsNameTheRow) {
    auto plan = between(5, 5, ConnectRule::pairs);
    plan.connect.pairs = listed({{3, 1}, {0, 4}, {3, 1}});
    try {
        connected(plan);
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
        auto plan = between(50, 60, rule, 9, 0.2);
        plan.connect.multapses = rule != ConnectRule::fixed_probability;
        const auto one = connected(plan);
        EXPECT_FALSE(one.empty());
        for (const int blocks : {2, 3, 60}) EXPECT_EQ(connected(plan, blocks), one);
        EXPECT_EQ(connected(plan, 1, 1), one);
        EXPECT_NE(connected(plan, 1, 2), one);
        plan.name = "other";
        EXPECT_NE(connected(plan), one);
    }
}

// Some hundred thousand synapses, so that every thread has several batches.
TEST(Connect, ThreadsChangeNothing) {
    struct Case {
        ConnectRule rule;
        std::int64_t n;
        bool multapses;
    };
    for (const auto& [rule, n, multapses] : {Case{ConnectRule::all_to_all, 0, false},
                                             {ConnectRule::fixed_probability, 0, false},
                                             {ConnectRule::condition, 0, false},
                                             {ConnectRule::fixed_indegree, 300, false},
                                             {ConnectRule::fixed_indegree, 300, true},
                                             {ConnectRule::fixed_outdegree, 300, false},
                                             {ConnectRule::fixed_outdegree, 300, true},
                                             {ConnectRule::fixed_total_number, 200000, false},
                                             {ConnectRule::fixed_total_number, 400000, false},
                                             {ConnectRule::fixed_total_number, 200000, true},
                                             {ConnectRule::pairs, 0, true}}) {
        auto plan = between(700, 800, rule, n, 0.4);
        plan.to.group = "a";
        plan.connect.multapses = multapses;
        if (rule == ConnectRule::pairs) {
            model::PairList pairs;
            for (std::uint32_t k = 0; k < 200000; ++k)
                pairs.emplace_back(k * 7919 % 700, (k * 104729 + k / 700) % 799 + 1);
            std::erase_if(pairs, [](const auto& pair) { return pair.first == pair.second; });
            plan.connect.pairs = listed(std::move(pairs));
        }
        RowFunction filter;
        if (rule == ConnectRule::condition) {
            filter = [](std::size_t, std::uint32_t i, std::vector<std::uint32_t>& targets) {
                std::erase_if(targets, [i](std::uint32_t j) { return (i + 3 * j) % 5 == 0; });
            };
        }
        const auto one = pairs_of(build(plan, 1, 1, filter));
        ASSERT_GT(one.size(), 100000U);
        for (const int threads : {1, 2, 3, 8}) {
            base::ThreadPool pool(static_cast<std::size_t>(threads));
            for (const int blocks : {1, 3, 8}) {
                EXPECT_TRUE(pairs_of(build(plan, blocks, 1, filter, &pool)) == one)
                    << static_cast<int>(rule) << ' ' << threads << ' ' << blocks;
            }
        }
    }
}

}  // namespace
}  // namespace bouton::connect
