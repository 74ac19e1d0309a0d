// SPDX-License-Identifier: BSD-3-Clause
// Rows and indices from the other end against plain lists.
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
            array.lengthen(1000);
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, 0U);
            EXPECT_EQ(array.size(), 1000);
            EXPECT_EQ(array.get(0), 3);
            EXPECT_EQ(array.get(20), 7);
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
