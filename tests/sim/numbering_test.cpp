// SPDX-License-Identifier: BSD-3-Clause
// More synapses than 32 bits can number. None is made here: the counts are numbers, or refused before anything is drawn.
#include "sim/build/numbering.hpp"

#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"
#include "tests/sim/running.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

using ::testing::HasSubstr;

constexpr double kTwo32 = 0x1p32;

TEST(Numbering, ABlockAndARowHaveAtMost32BitsOfSynapses) {
    const auto most = static_cast<std::int64_t>(kTwo32) - 1;
    EXPECT_EQ(sim::beyond_numbers(most, most, true), "");
    EXPECT_EQ(sim::beyond_numbers(10 * most, most, false), "");  // nothing numbers the positions
    EXPECT_THAT(sim::beyond_numbers(most + 1, 1, true), HasSubstr("4294967296 synapses in one block"));
    EXPECT_THAT(sim::beyond_numbers(most + 1, most + 1, false),
                HasSubstr("4294967296 synapses from one neuron"));
}

TEST(Numbering, BlocksAreSoManyThatHalfOfTheNumbersSuffice) {
    EXPECT_EQ(sim::fewest_blocks(0.0, 10, 10), 1);
    EXPECT_EQ(sim::fewest_blocks(1e9, 100'000, 100'000), 1);
    for (const double synapses : {3e9, 1e10, 1e12}) {
        for (const std::int64_t targets : {1000, 300'000, 2'000'000'000}) {
            for (const std::int64_t neurons : {targets, 2 * targets}) {
                const auto blocks = sim::fewest_blocks(synapses, targets, neurons);
                const double width = std::ceil(static_cast<double>(neurons) / static_cast<double>(blocks));
                const double in_block = width * synapses / static_cast<double>(targets);
                // The width is a whole number of targets, each with so many synapses.
                EXPECT_LE(in_block, 0.5 * kTwo32 + synapses / static_cast<double>(targets))
                    << synapses << " " << targets;
                EXPECT_LE(blocks, neurons);
            }
        }
    }
    // A neuron is not divided.
    EXPECT_EQ(sim::fewest_blocks(1e12, 10, 10), 10);
}

/// 10 cells with plastic synapses that have an index by target; the rule says how many there are.
std::string network(const std::string& connect) {
    return R"toml(
[simulation]
duration = "1 ms"
[neurons.cells]
size = 10
equations = "v : 1"
threshold = "v > 1"
[synapses.exc]
from = "cells"
to = "cells"
connect = )toml" +
           connect + R"toml(
equations = "w : 1"
on_pre = "v_post += w"
on_post = "w += 0.1"
)toml";
}

TEST(Numbering, TooManySynapsesOfANeuronAreRefusedBeforeTheyAreDrawn) {
    for (const char* connect : {"{ rule = 'fixed_indegree', n = 4_294_967_296, multapses = true }",
                                "{ rule = 'fixed_outdegree', n = 4_294_967_296, multapses = true }",
                                "{ rule = 'fixed_total_number', n = 42_949_672_960, multapses = true }"}) {
        sim::Options options;
        options.backend = sim::Backend::interpreted;
        options.memory = 1e18;
        try {
            simulate_with(network(connect), std::move(options));
            FAIL() << connect;
        } catch (const base::DiagnosticError& error) {
            EXPECT_EQ(error.status(), 2);
            EXPECT_THAT(error.what(),
                        HasSubstr(":11:11: error[E410]: on a neuron of 'cells' end 4,294,967,296 "
                                  "synapses of 'exc'; 4,294,967,295 can be numbered"));
        }
    }
}

TEST(Numbering, WhatCanBeNumberedIsDividedIntoBlocks) {
    const auto blocks = [](const std::string& connect) {
        base::Diagnostics diagnostics;
        const auto plan =
            codegen::make_plan(model::load_text("net.toml", network(connect), {}, diagnostics), diagnostics);
        EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.render();
        EXPECT_NO_THROW(sim::refuse_uncountable(plan));
        return sim::fewest_blocks(plan);
    };
    EXPECT_EQ(blocks("{ rule = 'all_to_all' }"), 1);
    EXPECT_EQ(blocks("{ rule = 'fixed_indegree', n = 4_294_967_295, multapses = true }"), 10);
    EXPECT_EQ(blocks("{ rule = 'fixed_indegree', n = 1_000_000_000, multapses = true }"), 5);  // 2 a block
    EXPECT_EQ(blocks("{ condition = 'i < j' }"), 1);                                           // nobody knows
}

}  // namespace
}  // namespace bouton::test
