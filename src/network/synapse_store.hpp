// SPDX-License-Identifier: BSD-3-Clause
// The synapses of one group, in blocks of targets. Within a block they stand in rows by source, each row sorted
// by delay (if one pathway has a delay per synapse), then target, then creation; nothing but where the arrays
// lie depends on the number of blocks. A structural edit rebuilds the blocks, so there is no slack to keep.
#pragma once

#include "codegen/plan.hpp"
#include "network/array.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bouton::network {

/// The synapses seen from one end, in the order of a delay of their own: positions grouped by neuron, within
/// one neuron by delay, then by position.
struct OrderedIndex {
    codegen::Side side = codegen::Side::post;
    int delay = -1;                   ///< index into SynapseStore::delays; -1: by position alone
    std::vector<std::int64_t> begin;  ///< by neuron (targets count from the start of the block), and the end
    std::vector<std::uint32_t> order;
};

struct SynapseBlock {
    std::uint32_t target_begin = 0;  ///< counted, as all ends, from the start of the slice
    std::uint32_t target_end = 0;
    std::vector<std::int64_t> row_begin;  ///< by source, and the end
    std::vector<std::uint32_t> target;    ///< by position
    std::vector<std::uint32_t> source;    ///< by position; only if something needs it
    std::vector<std::int64_t> id;         ///< by position; only if creation differs from (source, target)
    std::vector<StateArray> arrays;       ///< parallel to SynapseStore::variables; filled if per synapse
    std::vector<std::vector<std::uint16_t>>
        delay_steps;                    ///< parallel to SynapseStore::delays; if per synapse
    std::vector<OrderedIndex> indices;  ///< the same ones in every block

    std::int64_t size() const { return static_cast<std::int64_t>(target.size()); }
};

struct Delay {
    bool per_synapse = false;
    std::int64_t steps = 0;  ///< if not per synapse
    std::int64_t max_steps = 0;
};

/// A synapse to come: where it belongs and the number it will have.
struct Grown {
    std::uint32_t source;
    std::uint32_t target;
    std::uint16_t multiplicity;
    std::int64_t id;
};

struct SynapseStore {
    SynapseStore() = default;
    SynapseStore(const codegen::SynapsePlan& plan, codegen::Precision run_precision,
                 std::int64_t source_count, std::int64_t target_count, int block_count);

    std::int64_t sources = 0;
    std::int64_t targets = 0;
    codegen::Precision precision = codegen::Precision::f64;
    std::vector<codegen::Variable> variables;
    std::vector<StateArray> common;  ///< parallel to `variables`: shared, per source, per target; else empty
    std::vector<Delay> delays;       ///< parallel to SynapsePlan::delays
    int row_delay = -1;              ///< the delay by which rows are sorted, or -1
    bool keeps_source = false;
    bool keeps_id = false;
    std::int64_t next_id = 0;
    std::vector<SynapseBlock> blocks;

    std::int64_t size() const;
    std::size_t bytes() const;
    int find(std::string_view name) const;
    /// The array of a variable, in one block where it is per synapse.
    StateArray& array(int variable, std::size_t block);

    /// Makes the per-synapse arrays of all blocks, once `target` is known.
    void allocate();
    /// Sorts the rows of a block by (row_delay, target), keeping the order of equals.
    void sort_rows(SynapseBlock& block);
    /// `source` of all positions, where it is kept.
    void fill_source(SynapseBlock& block) const;
    /// Makes the index anew (OrderedIndex::side and delay say which).
    void build_index(SynapseBlock& block, OrderedIndex& index) const;
    /// Leaves out the synapses that are marked and adds `grown` (of this block, by source) at the end of its
    /// rows, with the variables' fill values. Indices and `source` are to be built anew.
    void edit(SynapseBlock& block, const std::vector<std::uint8_t>& pruned, const std::vector<Grown>& grown);

private:
    void rearrange(SynapseBlock& block, const std::vector<std::int64_t>& from);
};

/// Position of a synapse.
struct Location {
    std::uint32_t block;
    std::int64_t position;
};

/// All synapses in the order in which results list them: by id where ids are kept (which is the order of
/// creation), else by source, then target, then creation.
std::vector<Location> in_order(const SynapseStore& store);

/// Of the synapses of neuron `n` (counted from the start of the slice) those whose delay is `steps`: a range of
/// positions, or of `index->order` where an index is given. `delay` < 0 gives all.
std::pair<std::int64_t, std::int64_t> find_range(const SynapseBlock& block, const OrderedIndex* index,
                                                 int delay, std::uint32_t n, std::int64_t steps);

}  // namespace bouton::network
