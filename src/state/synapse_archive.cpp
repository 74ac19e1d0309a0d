// SPDX-License-Identifier: BSD-3-Clause
// Writing synapses down and reading them back, also into other blocks: these depend on the number of threads.
#include "state/synapse_store.hpp"

#include <algorithm>

namespace bouton::state {

namespace {

/// What stands in the rows, one after the other.
template <class T>
void gather_rows(const SynapseBlock& block, const T* values, T* to) {
    for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i)
        to = std::copy(values + block.row_begin[i], values + block.end_of(i), to);
}

template <class T>
void write_rows(base::Archive& archive, const SynapseBlock& block, const Column<T>& values) {
    Column<T> rows(values.empty() ? 0 : static_cast<std::size_t>(block.size()));
    if (!rows.empty()) gather_rows(block, values.data(), rows.data());
    archive.list(rows);
}

// Where rows lie is no part of the state: they are written as if they had no room.
void write_without_gaps(base::Archive& archive, SynapseBlock& block, const SynapseStore& store) {
    std::vector<std::int64_t> row_begin{0};
    for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i)
        row_begin.push_back(row_begin.back() + block.end_of(i) - block.row_begin[i]);
    archive.list(row_begin);
    write_rows(archive, block, block.target);
    write_rows(archive, block, block.id);
    for (std::size_t v = 0; v < block.arrays.size(); ++v) {
        const codegen::Variable& variable = store.variables[v];
        if (variable.placement != codegen::Placement::per_synapse) continue;
        StateArray rows = StateArray::unset(variable.stored, store.precision, block.size());
        rows.clear();
        rows.visit(
            [&]<class T>(T* to) { gather_rows(block, static_cast<const T*>(block.arrays[v].data()), to); });
        rows.archive(archive);
    }
    for (const auto& steps : block.delay_steps) write_rows(archive, block, steps);
}

void archive_block(base::Archive& archive, SynapseBlock& block, const SynapseStore& store) {
    auto& [target_begin, target_end, row_begin, row_end, row_limit, unused, abandoned, target, source, id,
           arrays, delay_steps, indices] =
        block;  // all there is; source and indices follow from the rest, and where rows lie does not matter
    archive.piece("block");
    archive.value(target_begin);
    archive.value(target_end);
    if (!archive.reads() && block.has_gaps()) return write_without_gaps(archive, block, store);
    archive.list(row_begin);
    archive.list(target);
    archive.list(id);
    if (archive.reads()) {  // in place as far as it goes: kernels may be bound to it
        row_end.clear();
        row_limit.clear();
        unused = abandoned = 0;
        arrays.resize(store.variables.size());
        delay_steps.resize(store.delays.size());
    }
    for (std::size_t v = 0; v < arrays.size(); ++v) {
        const codegen::Variable& variable = store.variables[v];
        if (variable.placement != codegen::Placement::per_synapse) continue;
        if (arrays[v].data() == nullptr) arrays[v] = StateArray(variable.stored, store.precision, 0);
        arrays[v].archive(archive);
    }
    for (auto& steps : delay_steps) archive.list(steps);
}

/// Where each synapse of some blocks is, row by row, in the order of rows of a block that would hold them all.
class MergedRows {
public:
    MergedRows(const SynapseStore& store) : store_(store) {}

    /// Those of a source whose targets are from `begin` on and before `end`.
    void find(std::size_t source, std::uint32_t begin, std::uint32_t end, std::vector<Location>& found) {
        found.clear();
        for (std::uint32_t b = 0; b < store_.blocks.size(); ++b) {
            const SynapseBlock& block = store_.blocks[b];
            if (block.target_end <= begin || block.target_begin >= end) continue;
            for (std::int64_t p = block.row_begin[source]; p < block.end_of(source); ++p) {
                const std::uint32_t j = block.target[static_cast<std::size_t>(p)];
                if (j >= begin && j < end) found.push_back({b, p});
            }
        }
        if (store_.row_delay < 0) return;  // sorted by target, as the blocks are
        const auto delay = static_cast<std::size_t>(store_.row_delay);
        std::stable_sort(found.begin(), found.end(), [&](const Location& x, const Location& y) {
            return store_.blocks[x.block].delay_steps[delay][static_cast<std::size_t>(x.position)] <
                   store_.blocks[y.block].delay_steps[delay][static_cast<std::size_t>(y.position)];
        });
    }

private:
    const SynapseStore& store_;
};

template <class T, class ColumnOf>
void gather(const std::vector<Location>& from, Column<T>& column, SynapseStore& store,
            const ColumnOf& column_of) {
    column = Column<T>(from.size());
    for (std::size_t k = 0; k < from.size(); ++k)
        column[k] = column_of(store.blocks[from[k].block])[static_cast<std::size_t>(from[k].position)];
}

}  // namespace

void SynapseStore::archive(base::Archive& archive) {
    auto& [source_count, target_count, of_precision, of_variables, of_common, of_decays, of_delays,
           delay_of_rows, has_source, has_id, tells_id, id, of_blocks] = *this;  // all there is
    archive.same(source_count, "the number of sources");
    archive.same(target_count, "the number of targets");
    archive.same(of_variables.size(), "the number of synaptic variables");
    archive.same(of_delays.size(), "the number of delays");
    for (std::size_t v = 0; v < of_common.size(); ++v)
        if (of_variables[v].placement != codegen::Placement::per_synapse) of_common[v].archive(archive);
    archive.same(of_decays.size(), "the number of decaying variables");
    for (Decay& decay : of_decays) decay.archive(archive);
    for (Delay& delay : of_delays) delay.archive(archive);
    archive.value(delay_of_rows);
    archive.value(has_id);
    archive.value(tells_id);
    archive.value(id);
    std::size_t count = of_blocks.size();
    archive.count(count, sizeof(SynapseBlock::target_begin));
    std::vector<std::uint32_t> ends;
    for (const SynapseBlock& block : of_blocks) ends.push_back(block.target_end);
    std::vector<std::uint32_t> stored = ends;
    archive.list(stored);
    if (!archive.reads() || stored == ends) {
        for (SynapseBlock& block : of_blocks) archive_block(archive, block, *this);
        return;
    }
    SynapseStore other;
    other.sources = source_count;
    other.targets = target_count;
    other.precision = of_precision;
    other.variables = of_variables;
    other.delays = of_delays;
    other.row_delay = delay_of_rows;
    other.keeps_id = has_id;
    other.blocks.resize(stored.size());
    for (SynapseBlock& block : other.blocks) archive_block(archive, block, other);
    divide(std::move(other));
}

void SynapseStore::divide(SynapseStore other) {
    MergedRows rows(other);
    for (SynapseBlock& block : blocks) {
        std::vector<Location> from, row;
        block.row_begin.assign(static_cast<std::size_t>(sources) + 1, 0);
        block.row_end.clear();
        block.row_limit.clear();
        block.unused = block.abandoned = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(sources); ++i) {
            rows.find(i, block.target_begin, block.target_end, row);
            from.insert(from.end(), row.begin(), row.end());
            block.row_begin[i + 1] = static_cast<std::int64_t>(from.size());
        }
        gather(
            from, block.target, other, [](SynapseBlock & b) -> auto& { return b.target; });
        if (keeps_id)
            gather(
                from, block.id, other, [](SynapseBlock & b) -> auto& { return b.id; });
        for (std::size_t d = 0; d < delays.size(); ++d)
            if (delays[d].per_synapse)
                gather(
                    from, block.delay_steps[d],
                    other, [d](SynapseBlock & b) -> auto& { return b.delay_steps[d]; });
        block.arrays.clear();
        for (std::size_t v = 0; v < variables.size(); ++v) {
            StateArray& array = block.arrays.emplace_back();
            if (variables[v].placement != codegen::Placement::per_synapse) continue;
            array = StateArray::unset(variables[v].stored, precision, static_cast<std::int64_t>(from.size()));
            array.visit([&](auto* to) {
                for (std::size_t k = 0; k < from.size(); ++k) {
                    const auto* values =
                        static_cast<decltype(to)>(other.blocks[from[k].block].arrays[v].data());
                    to[k] = values[from[k].position];
                }
            });
            array.pad();
        }
    }
}

}  // namespace bouton::state
