// SPDX-License-Identifier: BSD-3-Clause
// The synapses of one group, in blocks of targets. Within a block they stand in rows by source, each row sorted
// by delay (if one pathway has a delay per synapse), then target, then creation; nothing but where the arrays
// lie depends on the number of blocks. Rows lie side by side without gaps until synapses come or go: then rows have
// room of their own, and a row that outgrows its room moves to the end of the arrays. No result depends on where a row lies.
#pragma once

#include "base/thread_pool.hpp"
#include "codegen/plan/plan.hpp"
#include "state/array.hpp"
#include "state/column.hpp"
#include "state/decay.hpp"

#include <cstdint>
#include <span>
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
    std::vector<std::int64_t> row_end;    ///< by source; empty: rows end where the next one begins
    std::vector<std::int64_t> row_limit;  ///< by source: the end of the row's room; as long as `row_end`
    std::int64_t unused = 0;              ///< positions without a synapse
    std::int64_t abandoned = 0;           ///< those of them that are in no row's room
    Column<std::uint32_t> target;         ///< by position
    Column<std::uint32_t> source;         ///< by position; only if something needs it
    Column<std::int64_t> id;              ///< by position; only if creation differs from (source, target)
    std::vector<StateArray> arrays;       ///< parallel to SynapseStore::variables; filled if per synapse
    std::vector<Column<std::uint16_t>> delay_steps;  ///< parallel to SynapseStore::delays; if per synapse
    std::vector<OrderedIndex> indices;               ///< the same ones in every block

    /// Synapses.
    std::int64_t size() const { return positions() - unused; }
    /// Entries of the arrays by position. What stands where no synapse is means nothing, but is finite.
    std::int64_t positions() const { return static_cast<std::int64_t>(target.size()); }
    bool has_gaps() const { return !row_end.empty(); }
    /// By source: where its row ends.
    const std::int64_t* row_ends() const { return has_gaps() ? row_end.data() : row_begin.data() + 1; }
    std::int64_t end_of(std::size_t source) const { return row_ends()[source]; }
};

struct Delay {
    bool per_synapse = false;
    std::int64_t steps = 0;  ///< if not per synapse
    std::int64_t max_steps = 0;

    void archive(base::Archive& archive) {
        auto& [differs, all, most] = *this;  // all there is
        archive.value(differs);
        archive.value(all);
        archive.value(most);
    }
};

/// A synapse to come: where it belongs and the number it will have.
struct Grown {
    std::uint32_t source;
    std::uint32_t target;
    std::uint16_t multiplicity;
    std::int64_t id;
};

/// A synapse to go.
struct Leaving {
    std::uint32_t source;
    std::int64_t position;
};

/// Positions of one row.
struct RowPart {
    std::uint32_t source;
    std::int64_t begin;
    std::int64_t end;
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
    bool has_ids = false;  ///< synapses come and go: who looks tells them apart by their ids
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
    /// Makes the number of each synapse in the order of results its id, unless they have ids.
    void number();
    /// `source` of all positions, where it is kept.
    void fill_source(SynapseBlock& block) const;
    /// Makes the index anew (OrderedIndex::side and delay say which).
    void build_index(SynapseBlock& block, OrderedIndex& index) const;

    // Edits in place (synapse_edit.cpp), each of one block: in time that goes with the rows concerned. Indices are to be built
    // anew afterwards.

    /// Takes out synapses, ascending by source and position.
    void remove(SynapseBlock& block, std::span<const Leaving> leaving);
    /// Adds synapses, ascending by source, behind those of their rows, with the variables' fill values. Returns where they
    /// lie, a part for each row. Until they are settled or retracted, nothing else may be done to the block.
    std::vector<RowPart> append(SynapseBlock& block, std::span<const Grown> grown);
    /// Puts what was appended, which has its delays by now, in its places in the rows.
    void settle(SynapseBlock& block, std::span<const RowPart> appended);
    /// Takes back what was appended.
    void retract(SynapseBlock& block, std::span<const RowPart> appended);
    /// Lays the rows side by side, as if there had been no edit.
    void close_gaps(SynapseBlock& block);

private:
    /// Calls function(values, value where no synapse is) for every array by position, but `source`.
    template <class Function>
    void each_column(SynapseBlock& block, const Function& function);
    void make_room(SynapseBlock& block, const std::vector<RowPart>& wanted);
    void move_rows(SynapseBlock& block, const std::vector<RowPart>& rows);
    void rebuild(SynapseBlock& block, const std::vector<RowPart>& wanted);
    void lay_out(SynapseBlock& block, std::vector<std::int64_t> begin);
    /// Takes the synapses of `other`, whose blocks end elsewhere.
    void divide(SynapseStore other);
    void sort_rows(SynapseBlock& block, std::size_t first_row, std::size_t last_row);
};

/// Position of a synapse.
struct Location {
    std::uint32_t block;
    std::int64_t position;
};

/// Finds the rows of positions of a block, fast where one is near the last.
class RowFinder {
public:
    explicit RowFinder(const SynapseBlock& block);
    /// The source of the synapse at a position.
    std::size_t row_of(std::int64_t position);

private:
    const SynapseBlock* block_;
    std::vector<std::uint32_t>
        by_begin_;  ///< rows that hold a synapse, by where they begin; empty: that is by source
    std::size_t last_ = 0;
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
                if (id[p] >= 0) function(id[p], Location{b, static_cast<std::int64_t>(p)});
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
