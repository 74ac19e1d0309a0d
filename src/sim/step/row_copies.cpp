// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/row_copies.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>

namespace bouton::sim {

using state::SynapseBlock;

RowCopies::RowCopies(const state::SynapseStore& store)
    : store_(store), copy_(store.find(codegen::Name::of(codegen::Role::multiplicity))) {
    if (store.row_delay >= 0) known_.assign(static_cast<std::size_t>(store.targets), -1);
}

std::int32_t RowCopies::multiplicity(const SynapseBlock& block, std::int64_t position) const {
    return copy_ < 0 ? 0
                     : static_cast<std::int32_t>(block.arrays[static_cast<std::size_t>(copy_)].get(position));
}

void RowCopies::look_at(std::uint32_t source) {
    source_ = source;
    if (store_.row_delay < 0) return;
    for (const std::uint32_t j : marked_) known_[j] = -1;
    marked_.clear();
    for (const SynapseBlock& block : store_.blocks) {
        for (std::int64_t p = block.row_begin[source]; p < block.end_of(source); ++p) {
            const std::uint32_t j = block.target[static_cast<std::size_t>(p)];
            known_[j] = std::max(known_[j], multiplicity(block, p));
            marked_.push_back(j);
        }
    }
}

std::int32_t RowCopies::of(std::uint32_t target) const {
    if (store_.row_delay >= 0) return known_[target];
    const auto& block = *std::partition_point(store_.blocks.begin(), store_.blocks.end(),
                                              [&](const SynapseBlock& b) { return b.target_end <= target; });
    const std::uint32_t* first = block.target.data() + block.row_begin[source_];
    const std::uint32_t* last = block.target.data() + block.end_of(source_);
    const std::uint32_t* behind = std::upper_bound(first, last, target);
    // Of those of one pair the last one came last.
    if (behind == first || behind[-1] != target) return -1;
    return multiplicity(block, behind - block.target.data() - 1);
}

std::uint16_t RowCopies::next(std::uint32_t target) const {
    const std::int32_t known = of(target);
    if (known >= 0xFFFF) throw base::Error("a pair of neurons with more than 65536 synapses");
    return static_cast<std::uint16_t>(known + 1);
}

}  // namespace bouton::sim
