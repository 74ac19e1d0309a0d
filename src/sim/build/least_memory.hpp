// SPDX-License-Identifier: BSD-3-Clause
// What a network takes at the very least, told from its plan: the reason to refuse one before
// anything is drawn. A network that fits is never refused: what is not known counts nothing.
#pragma once

#include "base/memory.hpp"
#include "codegen/plan/plan.hpp"

#include <string>
#include <vector>

namespace bouton::sim {

/// What one group, or one record, takes.
struct MemoryPart {
    base::Span span;
    std::string what;  ///< "'exc' takes 400 GB (100,000,000,000 synapses of 4 bytes)"
    double bytes = 0.0;
    double bytes_per_synapse = 0.0;  ///< of a synapse group
};

/// Of every neuron group, then of every synapse group, in their order, then of every record.
std::vector<MemoryPart> least_memory(const codegen::Plan& plan);

/// How many synapses a group has, at least; of random numbers of them the least that is not all but impossible.
double least_synapses(const codegen::SynapsePlan& plan);

/// 1234567 as "1,234,567".
std::string spell_whole(double count);

/// Throws base::TooLarge (E409), which names the largest part, if all parts together do not fit.
void refuse_too_large(const std::vector<MemoryPart>& parts, const base::MemoryLimit& limit);

}  // namespace bouton::sim
