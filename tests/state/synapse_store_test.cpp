// SPDX-License-Identifier: BSD-3-Clause
// Rows, indices from the other end and structural edits against plain lists.
#include "state/synapse_store.hpp"

#include "state/array.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace bouton::state {
namespace {

using codegen::Placement;
using codegen::Side;
using codegen::Stored;

// 4 sources, 6 targets; synapse (i, j) where (i + j) is even, with w = 10 i + j and two delays.
SynapseStore example(int blocks) {
    codegen::SynapsePlan plan;
    codegen::Variable w;
    w.name = codegen::Name::user("w");
    w.placement = Placement::per_synapse;
    w.fill = -1;
    plan.variables = {w};
    plan.delays.resize(2);
    SynapseStore store(plan, codegen::Precision::f64, 4, bounds_of_parts(6, blocks));
    store.keeps_id = true;
    for (auto& delay : store.delays) delay.per_synapse = true;
    for (SynapseBlock& block : store.blocks) {
        for (std::uint32_t i = 0; i < 4; ++i) {
            for (std::uint32_t j = block.target_begin; j < block.target_end; ++j) {
                if ((i + j) % 2 != 0) continue;
                block.target.push_back(j);
                block.id.push_back(i * 3 + j / 2);
                block.delay_steps[0].push_back(static_cast<std::uint16_t>(j % 3));
                block.delay_steps[1].push_back(static_cast<std::uint16_t>(5 - i));
            }
            block.row_begin[i + 1] = block.size();
        }
    }
    store.next_id = 12;
    store.allocate();
    for (SynapseBlock& block : store.blocks) {
        for (std::uint32_t i = 0; i < 4; ++i) {
            for (std::int64_t p = block.row_begin[i]; p < block.row_begin[i + 1]; ++p) {
                block.arrays[0].set(p, 10.0 * i + block.target[static_cast<std::size_t>(p)]);
            }
        }
    }
    return store;
}

std::vector<double> weights(SynapseStore& store) {
    std::vector<double> result;
    for (const Location& l : in_order(store)) result.push_back(store.array(0, l.block).get(l.position));
    return result;
}

const std::vector<double> kWeights{0, 2, 4, 11, 13, 15, 20, 22, 24, 31, 33, 35};

class Store : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Blocks, Store, testing::Values(1, 2, 3));

TEST_P(Store, SortedRowsKeepValuesWithTheirSynapses) {
    SynapseStore store = example(GetParam());
    store.row_delay = 0;
    for (SynapseBlock& block : store.blocks) {
        store.sort_rows();
        for (std::uint32_t i = 0; i < 4; ++i) {
            for (std::int64_t p = block.row_begin[i]; p < block.row_begin[i + 1]; ++p) {
                const auto at = static_cast<std::size_t>(p);
                EXPECT_EQ(block.delay_steps[0][at], block.target[at] % 3);
                EXPECT_EQ(block.arrays[0].get(p), 10.0 * i + block.target[at]);
                if (p > block.row_begin[i]) {
                    EXPECT_LE(block.delay_steps[0][at - 1], block.delay_steps[0][at]);
                }
            }
            for (std::int64_t d = 0; d < 4; ++d) {
                const auto [begin, end] = find_range(block, nullptr, 0, i, d);
                for (std::int64_t p = begin; p < end; ++p)
                    EXPECT_EQ(block.delay_steps[0][static_cast<std::size_t>(p)], d);
            }
        }
    }
    EXPECT_EQ(weights(store), kWeights);
}

TEST_P(Store, IndexByTargetFindsEverySynapseByItsDelay) {
    SynapseStore store = example(GetParam());
    store.keeps_source = true;
    int found = 0;
    for (SynapseBlock& block : store.blocks) {
        store.fill_source(block);
        OrderedIndex index;
        index.delay = 1;
        store.build_index(block, index);
        for (std::uint32_t j = 0; j < 6; ++j) {
            for (std::int64_t d = 0; d < 7; ++d) {
                const auto [begin, end] = find_range(block, &index, 1, j, d);
                for (std::int64_t k = begin; k < end; ++k, ++found) {
                    const std::uint32_t p = index.order[static_cast<std::size_t>(k)];
                    EXPECT_EQ(block.target[p], j);
                    EXPECT_EQ(5 - block.source[p], d);
                    EXPECT_EQ(block.arrays[0].get(p), 10.0 * block.source[p] + j);
                }
            }
        }
    }
    EXPECT_EQ(found, 12);
}

TEST_P(Store, EditsKeepTheRestAndFillTheNew) {
    SynapseStore store = example(GetParam());
    for (SynapseBlock& block : store.blocks) {
        std::vector<std::uint8_t> pruned;
        std::vector<Grown> grown;
        for (const std::uint32_t j : block.target) pruned.push_back(j == 2 || j == 3);
        for (const Grown& synapse : {Grown{1, 4, 0, 12}, Grown{3, 0, 0, 13}}) {
            if (synapse.target >= block.target_begin && synapse.target < block.target_end)
                grown.push_back(synapse);
        }
        store.edit(block, pruned, grown);
        store.sort_rows();
    }
    EXPECT_EQ(weights(store), (std::vector<double>{0, 4, 11, 15, 20, 24, 31, 35, -1, -1}));
    EXPECT_EQ(store.size(), 10);
    const auto order = in_order(store);
    EXPECT_EQ(store.blocks[order[8].block].target[static_cast<std::size_t>(order[8].position)], 4U);
    for (const SynapseBlock& block : store.blocks) {
        EXPECT_EQ(block.delay_steps[0].size(), block.target.size());
        for (std::size_t i = 0; i < 4; ++i) {
            for (std::int64_t p = block.row_begin[i] + 1; p < block.row_begin[i + 1]; ++p) {
                EXPECT_LT(block.target[static_cast<std::size_t>(p) - 1],
                          block.target[static_cast<std::size_t>(p)]);
            }
        }
    }
}

TEST_P(Store, AnEmptyGroupCanGrow) {
    SynapseStore store = example(GetParam());
    for (SynapseBlock& block : store.blocks) {
        store.edit(block, std::vector<std::uint8_t>(block.target.size(), 1), {});
        EXPECT_EQ(block.size(), 0);
        store.edit(block, {}, {Grown{2, block.target_begin, 0, 12 + block.target_begin}});
        EXPECT_EQ(block.size(), 1);
        EXPECT_EQ(block.row_begin[3] - block.row_begin[2], 1);
        EXPECT_EQ(block.arrays[0].size(), 1);
    }
    EXPECT_EQ(weights(store), std::vector<double>(static_cast<std::size_t>(GetParam()), -1.0));
}

TEST(StateArrays, AreAlignedPaddedAndTyped) {
    for (const auto stored :
         {Stored::real, Stored::f64, Stored::i64, Stored::i32, Stored::u32, Stored::u16, Stored::u8}) {
        for (const auto precision : {codegen::Precision::f64, codegen::Precision::f32}) {
            StateArray array(stored, precision, 21, 3);
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, 0U);
            EXPECT_EQ(array.get(20), 3);
            array.set(20, 7);
            array.pad();
            EXPECT_EQ(array.get(20), 7);
            EXPECT_EQ(array.get(31), 7);  // padding
            const StateArray picked = array.gathered(std::vector<std::int64_t>{20, -1, 0}, 9);
            EXPECT_EQ(picked.get(0), 7);
            EXPECT_EQ(picked.get(1), 9);
            EXPECT_EQ(picked.get(2), 3);
        }
    }
}

TEST(StateArrays, FindWhatIsNotFinite) {
    StateArray array(Stored::real, codegen::Precision::f64, 10000, 1.5);
    EXPECT_EQ(array.first_non_finite(), -1);
    array.set(9999, std::numeric_limits<double>::infinity());
    EXPECT_EQ(array.first_non_finite(), 9999);
    array.set(4097, std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(array.first_non_finite(), 4097);
}

}  // namespace
}  // namespace bouton::state
