// SPDX-License-Identifier: BSD-3-Clause
// The synapses of one group, in blocks of targets. Within a block they stand in rows by source, each row sorted
// by delay (if one pathway has a delay per synapse), then target, then creation; nothing but where the arrays
// lie depends on the number of blocks. A structural edit rebuilds the blocks, so there is no slack to keep.
#pragma once

#include "base/thread_pool.hpp"
#include "codegen/plan/plan.hpp"
#include "state/array.hpp"
#include "state/column.hpp"
#include "state/decay.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bouton::state {

/// The synapses seen from one end, in the order of a delay of their own: positions grouped by neuron, within
/// one neuron by delay, then by position.
struct OrderedIndex {
    codegen::Side side = codegen::Side::post;
    int delay = -1;                   ///< index into SynapseStore::delays; -1: by position alone
    std::vector<std::int64_t> begin;  ///< by neuron (targets count from the start of the block), and the end
    Column<std::uint32_t> order;      ///< positions: sim/build/numbering.hpp sees that 32 bits suffice
};

struct SynapseBlock {
    std::uint32_t target_begin = 0;  ///< counted, as all ends, from the start of the slice
    std::uint32_t target_end = 0;
    std::vector<std::int64_t> row_begin;  ///< by source, and the end
    Column<std::uint32_t> target;         ///< by position
    Column<std::uint32_t> source;         ///< by position; only if something needs it
    Column<std::int64_t> id;              ///< by position; only if creation differs from (source, target)
    std::vector<StateArray> arrays;       ///< parallel to SynapseStore::variables; filled if per synapse
    std::vector<Column<std::uint16_t>> delay_steps;  ///< parallel to SynapseStore::delays; if per synapse
    std::vector<OrderedIndex> indices;               ///< the same ones in every block

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
    /// Block b has the targets target_bounds[b] to target_bounds[b + 1].
    SynapseStore(const codegen::SynapsePlan& plan, codegen::Precision run_precision,
                 std::int64_t source_count, const std::vector<std::int64_t>& target_bounds);

    std::int64_t sources = 0;
    std::int64_t targets = 0;
    codegen::Precision precision = codegen::Precision::f64;
    std::vector<codegen::Variable> variables;
    std::vector<StateArray> common;  ///< parallel to `variables`: shared, per source, per target; else empty
    std::vector<Decay> decays;       ///< of those that are stored relative to an epoch
    std::vector<Delay> delays;       ///< parallel to SynapsePlan::delays
    int row_delay = -1;              ///< the delay by which rows are sorted, or -1
    bool keeps_source = false;
    bool keeps_id = false;
    std::int64_t next_id = 0;
    std::vector<SynapseBlock> blocks;

    std::int64_t size() const;
    std::size_t bytes() const;
    int find(const codegen::Name& name) const;
    /// The array of a variable, in one block where it is per synapse.
    StateArray& array(int variable, std::size_t block);

    /// Before the first values are given, at the start of this step.
    void start(std::int64_t step) {
        for (Decay& decay : decays) decay.start(step);
    }
    /// Begins a new epoch of what is stored relative to one, if it is time at the start of this step.
    void begin_epochs(std::int64_t step);
    /// Begins a new epoch of all at the start of this step: what is stored is the present value.
    void rebase(std::int64_t step);

    /// All but what follows from it: `source` and the indices are to be built anew after reading. What was written with other
    /// blocks is divided into these.
    void archive(base::Archive& archive);

    /// Makes the per-synapse arrays of all blocks, once `target` is known.
    void allocate(base::ThreadPool* pool = nullptr);
    /// Sorts all rows by (row_delay, target), keeping the order of equals.
    void sort_rows(base::ThreadPool* pool = nullptr);
    /// `source` of all positions, where it is kept.
    void fill_source(SynapseBlock& block) const;
    /// Makes the index anew (OrderedIndex::side and delay say which).
    void build_index(SynapseBlock& block, OrderedIndex& index) const;
    /// Leaves out the synapses that are marked and adds `grown` (of this block, by source) at the end of its
    /// rows, with the variables' fill values. Indices and `source` are to be built anew.
    void edit(SynapseBlock& block, const std::vector<std::uint8_t>& pruned, const std::vector<Grown>& grown);

private:
    /// Takes the synapses of `other`, whose blocks end elsewhere.
    void divide(SynapseStore other);
    void sort_rows(SynapseBlock& block, std::size_t first_row, std::size_t last_row);
    void rearrange(SynapseBlock& block, const std::vector<std::int64_t>& from);
};

/// Position of a synapse.
struct Location {
    std::uint32_t block;
    std::int64_t position;
};

/// Rows [first, second).
using RowRange = std::pair<std::size_t, std::size_t>;

/// All rows, in ranges of at most `most` synapses (or one row): what is done once for every synapse is done range by
/// range, in memory that does not grow with the group.
std::vector<RowRange> row_ranges(const SynapseStore& store, std::int64_t most = 1 << 18);

/// The synapses of some rows by source, then target, then creation: the order in which results list them where no
/// ids are kept.
std::vector<Location> rows_in_order(const SynapseStore& store, RowRange rows);
/// Those with ids `first` to `last`, the latter not among them, by id.
std::vector<Location> ids_in_order(const SynapseStore& store, std::int64_t first, std::int64_t last);
/// All synapses in the order of results: by id where ids are kept (which is the order of creation). Takes 16 bytes a
/// synapse.
std::vector<Location> in_order(const SynapseStore& store);
/// Calls function(number in the order of results, location) for every synapse of a group as it was built, in any
/// order.
template <class Function>
void each_numbered(const SynapseStore& store, const Function& function) {
    if (store.keeps_id) {
        for (std::uint32_t b = 0; b < store.blocks.size(); ++b) {
            const auto& id = store.blocks[b].id;
            for (std::size_t p = 0; p < id.size(); ++p)
                function(id[p], Location{b, static_cast<std::int64_t>(p)});
        }
        return;
    }
    std::int64_t number = 0;
    for (const RowRange& rows : row_ranges(store)) {
        for (const Location& location : rows_in_order(store, rows)) function(number++, location);
    }
}

/// Of the synapses of neuron `n` (counted from the start of the slice) those whose delay is `steps`: a range of
/// positions, or of `index->order` where an index is given. `delay` < 0 gives all.
std::pair<std::int64_t, std::int64_t> find_range(const SynapseBlock& block, const OrderedIndex* index,
                                                 int delay, std::uint32_t n, std::int64_t steps);

}  // namespace bouton::state
