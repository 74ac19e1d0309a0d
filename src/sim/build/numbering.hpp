// SPDX-License-Identifier: BSD-3-Clause
// How many synapses 32 bits can number. Orders of synapses beside that of their rows (state::OrderedIndex) number the
// synapses of a block in 32 bits, and rows are sorted by 32-bit numbers; all other counts of synapses have 64.
#pragma once

#include "codegen/plan/plan.hpp"

#include <cstdint>
#include <string>

namespace bouton::sim {

inline constexpr std::int64_t kMostNumbered = 0xFFFF'FFFF;

/// The fewest blocks of targets that leave each block, on average, half of what can be numbered: `synapses` end on
/// `targets` of a group's `neurons`, all of which the blocks divide. A neuron is never divided.
std::int64_t fewest_blocks(double synapses, std::int64_t targets, std::int64_t neurons);

/// That of the synapse group which needs the most, as far as the plan tells.
std::int64_t fewest_blocks(const codegen::Plan& plan);

/// What cannot be numbered in a block, as the end of a sentence about its group; empty if everything can.
/// `is_indexed`: the block has an order beside that of its rows.
std::string beyond_numbers(std::int64_t block, std::int64_t longest_row, bool is_indexed);

/// Throws base::DiagnosticError (E410, status 2) for a group that no blocks make small enough: more synapses than can be
/// numbered end on a neuron, or join two.
void refuse_uncountable(const codegen::Plan& plan);

}  // namespace bouton::sim
