// SPDX-License-Identifier: BSD-3-Clause
// Synapses that come and go in place, against a list that is sorted anew after each edit.
#include "state/synapse_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

namespace bouton::state {
namespace {

using codegen::Name;
using codegen::Placement;
using codegen::Precision;
using codegen::Role;
using codegen::Side;

constexpr std::uint32_t kSources = 7, kTargets = 40;

struct Synapse {
    std::uint32_t source, target;
    std::uint16_t copy, delay;
    std::int64_t id;
    double w;
    bool operator==(const Synapse&) const = default;
};

codegen::Variable variable(const Name& name, codegen::Stored stored) {
    codegen::Variable v;
    v.name = name;
    v.stored = stored;
    v.placement = Placement::per_synapse;
    v.fill = stored == codegen::Stored::real ? -1 : 0;
    return v;
}

SynapseStore empty_store(int blocks, bool by_delay) {
    codegen::SynapsePlan plan;
    plan.variables = {variable(Name::user("w"), codegen::Stored::real),
                      variable(Name::of(Role::multiplicity), codegen::Stored::u16)};
    plan.delays.resize(1);
    SynapseStore store(plan, Precision::f32, kSources, bounds_of_parts(kTargets, blocks));
    store.keeps_id = store.keeps_source = true;
    store.delays[0].per_synapse = true;
    store.row_delay = by_delay ? 0 : -1;
    store.allocate();
    for (SynapseBlock& block : store.blocks) {
        store.fill_source(block);
        block.indices.resize(1);
        block.indices[0].side = Side::post;
        store.build_index(block, block.indices[0]);
    }
    return store;
}

Synapse at(const SynapseBlock& block, std::uint32_t source, std::int64_t p) {
    const auto k = static_cast<std::size_t>(p);
    EXPECT_EQ(block.source[k], source);
    return {source,
            block.target[k],
            static_cast<std::uint16_t>(block.arrays[1].get(p)),
            block.delay_steps[0][k],
            block.id[k],
            block.arrays[0].get(p)};
}

/// Row by row, block by block.
std::vector<Synapse> rows_of(const SynapseStore& store) {
    std::vector<Synapse> all;
    for (std::uint32_t i = 0; i < kSources; ++i)
        for (const SynapseBlock& block : store.blocks)
            for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p)
                all.push_back(at(block, i, p));
    return all;
}

/// Target by target, as the indices have them.
std::vector<Synapse> targets_of(const SynapseStore& store) {
    std::vector<Synapse> all;
    for (const SynapseBlock& block : store.blocks) {
        for (std::uint32_t j = block.target_begin; j < block.target_end; ++j) {
            const auto [begin, end] = find_range(block, &block.indices[0], -1, j, 0);
            for (std::int64_t k = begin; k < end; ++k) {
                const std::uint32_t p = block.indices[0].order[static_cast<std::size_t>(k)];
                all.push_back(at(block, block.source[p], p));
            }
        }
    }
    return all;
}

/// The same synapses as a plain list.
class Expected {
public:
    Expected(const SynapseStore& store, bool by_delay) : by_delay_(by_delay) {
        for (const SynapseBlock& block : store.blocks) ends_.push_back(block.target_end);
    }
    std::vector<Synapse> list;

    std::vector<Synapse> rows() const {
        return sorted([this](const Synapse& s) {
            const auto block = std::upper_bound(ends_.begin(), ends_.end(), s.target) - ends_.begin();
            return std::tuple(s.source, block, by_delay_ ? s.delay : 0, s.target, s.id);
        });
    }
    std::vector<Synapse> by_target() const {
        return sorted([this](const Synapse& s) {
            return std::tuple(s.target, s.source, by_delay_ ? s.delay : 0, s.id);
        });
    }

private:
    template <class Key>
    std::vector<Synapse> sorted(const Key& key) const {
        std::vector<Synapse> result = list;
        std::sort(result.begin(), result.end(),
                  [&](const Synapse& x, const Synapse& y) { return key(x) < key(y); });
        return result;
    }

    bool by_delay_;
    std::vector<std::uint32_t> ends_;
};

class Edits : public testing::TestWithParam<std::tuple<int, bool>> {
protected:
    void remove(SynapseStore& store, Expected& expected, double share) {
        for (SynapseBlock& block : store.blocks) {
            std::vector<Leaving> leaving;
            for (std::uint32_t i = 0; i < kSources; ++i) {
                for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p) {
                    if (uniform_(random_) >= share) continue;
                    leaving.push_back({i, p});
                    std::erase(expected.list, at(block, i, p));
                    block.arrays[0].set(p, INFINITY);  // nobody is to find it afterwards
                }
            }
            store.remove(block, leaving);
        }
    }

    /// `rows`: those that may get some.
    void add(SynapseStore& store, Expected& expected, double share, std::uint32_t rows, bool kept = true) {
        for (SynapseBlock& block : store.blocks) {
            std::vector<Grown> grown;
            std::vector<Synapse> added;
            for (std::uint32_t i = 0; i < std::min(rows, kSources); ++i) {
                for (std::uint32_t j = block.target_begin; j < block.target_end; ++j) {
                    if (uniform_(random_) >= share) continue;
                    const auto copy = static_cast<std::uint16_t>(random_() % 3);
                    const auto delay = static_cast<std::uint16_t>(random_() % 4);
                    added.push_back(
                        {i, j, copy, delay, store.next_id, 0.5 * static_cast<double>(random_() % 64)});
                    grown.push_back({i, j, copy, store.next_id++});
                }
            }
            const auto parts = store.append(block, grown);
            std::size_t k = 0;
            for (const RowPart& part : parts) {
                for (std::int64_t p = part.begin; p < part.end; ++p, ++k) {
                    EXPECT_EQ(block.arrays[0].get(p), -1) << "not the variable's fill value";
                    block.arrays[0].set(p, added[k].w);
                    block.delay_steps[0][static_cast<std::size_t>(p)] = added[k].delay;
                }
            }
            EXPECT_EQ(k, added.size());
            if (!kept) {
                store.retract(block, parts);
                continue;
            }
            store.settle(block, parts);
            expected.list.insert(expected.list.end(), added.begin(), added.end());
        }
    }

    void check(SynapseStore& store, const Expected& expected) {
        for (SynapseBlock& block : store.blocks) {
            store.build_index(block, block.indices[0]);
            EXPECT_EQ(block.arrays[0].first_non_finite(), -1);
            EXPECT_EQ(block.arrays[0].size(), block.positions());
            RowFinder finder(block);
            for (std::uint32_t i = kSources; i-- > 0;)
                for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p)
                    ASSERT_EQ(finder.row_of(p), i);
        }
        EXPECT_EQ(store.size(), std::ssize(expected.list));
        ASSERT_EQ(rows_of(store), expected.rows());
        ASSERT_EQ(targets_of(store), expected.by_target());
    }

    std::mt19937 random_{7};
    std::uniform_real_distribution<double> uniform_;
};
INSTANTIATE_TEST_SUITE_P(BlocksAndOrders, Edits, testing::Combine(testing::Values(1, 2, 3), testing::Bool()));

TEST_P(Edits, LeaveWhatAListWould) {
    const auto [blocks, by_delay] = GetParam();
    SynapseStore store = empty_store(blocks, by_delay);
    Expected expected(store, by_delay);
    // From nothing, much and little, whole rows and few of them: rows grow in place, move, and are laid out anew.
    for (const double share : {0.3, 0.02, 0.02, 0.5, 0.01, 0.01, 0.3}) {
        add(store, expected, share, kSources);
        check(store, expected);
        remove(store, expected, share);
        check(store, expected);
        add(store, expected, 0.8, 1);
        check(store, expected);
    }
    remove(store, expected, 2.0);
    check(store, expected);
    EXPECT_EQ(store.size(), 0);
    add(store, expected, 0.1, kSources);
    check(store, expected);
}

TEST_P(Edits, ThatAreTakenBackLeaveNothing) {
    const auto [blocks, by_delay] = GetParam();
    SynapseStore store = empty_store(blocks, by_delay);
    Expected expected(store, by_delay);
    add(store, expected, 0.3, kSources);
    add(store, expected, 0.4, kSources, false);
    check(store, expected);
    remove(store, expected, 0.2);
    add(store, expected, 0.02, kSources, false);
    check(store, expected);
}

// An edit of a few rows moves these and no others.
TEST_P(Edits, MoveOnlyTheRowsConcerned) {
    const auto [blocks, by_delay] = GetParam();
    SynapseStore store = empty_store(blocks, by_delay);
    Expected expected(store, by_delay);
    add(store, expected, 0.5, kSources);
    const auto begins = store.blocks[0].row_begin;
    add(store, expected, 0.5, 1);
    EXPECT_NE(store.blocks[0].row_begin[0], begins[0]);
    for (std::size_t i = 1; i < kSources; ++i) EXPECT_EQ(store.blocks[0].row_begin[i], begins[i]);
    check(store, expected);
}

// Where rows lie is no part of the state: what was edited and what was read from it are the same, in any blocks.
TEST_P(Edits, AreWrittenAsIfTheyHadNeverBeen) {
    const auto [blocks, by_delay] = GetParam();
    SynapseStore store = empty_store(blocks, by_delay);
    Expected expected(store, by_delay);
    add(store, expected, 0.3, kSources);
    remove(store, expected, 0.3);
    add(store, expected, 0.2, 3);
    const auto bytes = base::archived(store);
    for (const int others : {1, 2, 3}) {
        SynapseStore read = empty_store(others, by_delay);
        base::MemoryReader reader(bytes);
        read.archive(reader);
        for (SynapseBlock& block : read.blocks) {
            EXPECT_FALSE(block.has_gaps());
            read.fill_source(block);
        }
        Expected there(read, by_delay);
        there.list = expected.list;
        check(read, there);
        add(read, there, 0.3, kSources);
        check(read, there);
        if (others != blocks) continue;
        SynapseStore again = empty_store(others, by_delay);
        base::MemoryReader second(bytes);
        again.archive(second);
        EXPECT_EQ(base::archived(again), bytes);
    }
    // Into what has been edited itself.
    base::MemoryReader back(bytes);
    store.archive(back);
    for (SynapseBlock& block : store.blocks) store.fill_source(block);
    check(store, expected);
}

}  // namespace
}  // namespace bouton::state
