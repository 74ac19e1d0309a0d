// SPDX-License-Identifier: BSD-3-Clause
// Synapses that come and go, in place. A row has room for some more than it holds; one that outgrows it moves to the end
// of the arrays, and when a quarter of these lies abandoned the block is laid out anew. So an edit costs what the rows
// concerned take, and all else its share now and then.
#include "state/synapse_store.hpp"

#include <algorithm>
#include <cstring>

namespace bouton::state {

namespace {

/// The room of a row of so many synapses.
std::int64_t room_of(std::int64_t synapses) { return synapses + synapses / 8 + 2; }

template <class T>
void shift(T* values, std::int64_t to, std::int64_t from, std::int64_t count) {
    std::memmove(values + to, values + from, static_cast<std::size_t>(count) * sizeof(T));
}

/// Of a list that ascends by source, calls function(first, last) for the entries of each source.
template <class Entry, class Function>
void each_source(std::span<const Entry> entries, const Function& function) {
    for (std::size_t first = 0, last = 0; first < entries.size(); first = last) {
        while (last < entries.size() && entries[last].source == entries[first].source) ++last;
        function(first, last);
    }
}

/// Rows get ends of their own.
void begin_gaps(SynapseBlock& block) {
    if (block.has_gaps()) return;
    block.row_end.assign(block.row_begin.begin() + 1, block.row_begin.end());
    block.row_limit = block.row_end;
}

}  // namespace

template <class Function>
void SynapseStore::each_column(SynapseBlock& block, const Function& function) {
    function(block.target.data(), block.target_begin);
    if (keeps_id) function(block.id.data(), std::int64_t{-1});
    for (std::size_t d = 0; d < delays.size(); ++d)
        if (delays[d].per_synapse) function(block.delay_steps[d].data(), std::uint16_t{0});
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (variables[v].placement != codegen::Placement::per_synapse) continue;
        block.arrays[v].visit(
            [&]<class T>(T* values) { function(values, static_cast<T>(variables[v].fill)); });
    }
}

void SynapseStore::remove(SynapseBlock& block, std::span<const Leaving> leaving) {
    if (leaving.empty()) return;
    begin_gaps(block);
    each_column(block, [&](auto* values, auto nothing) {
        each_source(leaving, [&](std::size_t first, std::size_t last) {
            const std::int64_t row_end = block.row_end[leaving[first].source];
            std::int64_t to = leaving[first].position;
            for (std::size_t k = first; k < last; ++k) {
                const std::int64_t from = leaving[k].position + 1;
                const std::int64_t count = (k + 1 < last ? leaving[k + 1].position : row_end) - from;
                shift(values, to, from, count);
                to += count;
            }
            std::fill(values + to, values + row_end, nothing);
        });
    });
    each_source(leaving, [&](std::size_t first, std::size_t last) {
        block.row_end[leaving[first].source] -= static_cast<std::int64_t>(last - first);
    });
    block.unused += std::ssize(leaving);
}

std::vector<RowPart> SynapseStore::append(SynapseBlock& block, std::span<const Grown> grown) {
    std::vector<RowPart> parts;
    if (grown.empty()) return parts;
    begin_gaps(block);
    each_source(grown, [&](std::size_t first, std::size_t last) {
        const std::int64_t end = block.row_end[grown[first].source];
        parts.push_back({grown[first].source, end, end + static_cast<std::int64_t>(last - first)});
    });
    make_room(block, parts);
    for (RowPart& part : parts) {  // rows may have moved
        const std::int64_t count = part.end - part.begin;
        part.begin = block.row_end[part.source];
        part.end = block.row_end[part.source] += count;
    }
    block.unused -= std::ssize(grown);
    each_column(block, [&](auto* values, auto nothing) {
        for (const RowPart& part : parts) std::fill(values + part.begin, values + part.end, nothing);
    });
    const int copy = find(codegen::Name::of(codegen::Role::multiplicity));
    auto next = grown.begin();
    for (const RowPart& part : parts) {
        for (std::int64_t p = part.begin; p < part.end; ++p, ++next) {
            const auto at = static_cast<std::size_t>(p);
            block.target[at] = next->target;
            if (keeps_id) block.id[at] = next->id;
            if (keeps_source) block.source[at] = next->source;
            if (copy >= 0) block.arrays[static_cast<std::size_t>(copy)].set(p, next->multiplicity);
        }
    }
    return parts;
}

void SynapseStore::retract(SynapseBlock& block, std::span<const RowPart> appended) {
    each_column(block, [&](auto* values, auto nothing) {
        for (const RowPart& part : appended) std::fill(values + part.begin, values + part.end, nothing);
    });
    for (const RowPart& part : appended) {
        block.row_end[part.source] = part.begin;
        block.unused += part.end - part.begin;
    }
}

void SynapseStore::settle(SynapseBlock& block, std::span<const RowPart> appended) {
    /// Comes from a position to stand before what was at another.
    struct Insertion {
        std::int64_t from;
        std::int64_t before;
    };
    const std::uint32_t* target = block.target.data();
    const std::uint16_t* steps =
        row_delay >= 0 ? block.delay_steps[static_cast<std::size_t>(row_delay)].data() : nullptr;
    const auto less = [&](std::int64_t x, std::int64_t y) {
        if (steps != nullptr && steps[x] != steps[y]) return steps[x] < steps[y];
        return target[x] < target[y];
    };
    std::vector<Insertion> insertions;
    for (const RowPart& part : appended) {
        const std::size_t first = insertions.size();
        for (std::int64_t p = part.begin; p < part.end; ++p) insertions.push_back({p, 0});
        const auto begin = insertions.begin() + static_cast<std::ptrdiff_t>(first);
        std::stable_sort(begin, insertions.end(),
                         [&](const Insertion& x, const Insertion& y) { return less(x.from, y.from); });
        std::int64_t low = block.row_begin[part.source];
        for (auto it = begin; it != insertions.end(); ++it) {
            std::int64_t high = part.begin;
            while (low < high) {  // the first that is to stand behind
                const std::int64_t middle = low + (high - low) / 2;
                if (less(it->from, middle))
                    high = middle;
                else
                    low = middle + 1;
            }
            it->before = low;
        }
    }
    each_column(block, [&]<class T>(T* values, T) {
        std::vector<T> coming;
        std::size_t first = 0;
        for (const RowPart& part : appended) {
            const auto count = static_cast<std::size_t>(part.end - part.begin);
            coming.resize(count);
            for (std::size_t k = 0; k < count; ++k) coming[k] = values[insertions[first + k].from];
            std::int64_t end = part.begin;
            for (std::size_t k = count; k-- > 0;) {
                const std::int64_t before = insertions[first + k].before;
                const auto by = static_cast<std::int64_t>(k);
                shift(values, before + by + 1, before, end - before);
                values[before + by] = coming[k];
                end = before;
            }
            first += count;
        }
    });
}

// `wanted`: what the rows concerned are to hold beyond their ends.
void SynapseStore::make_room(SynapseBlock& block, const std::vector<RowPart>& wanted) {
    std::vector<RowPart> full;
    std::int64_t left = 0;
    for (const RowPart& part : wanted) {
        if (part.end <= block.row_limit[part.source]) continue;
        full.push_back(part);
        left += block.row_limit[part.source] - block.row_begin[part.source];
    }
    if (full.empty()) return;
    if (4 * (block.abandoned + left) > block.positions())
        rebuild(block, wanted);
    else
        move_rows(block, full);
}

void SynapseStore::move_rows(SynapseBlock& block, const std::vector<RowPart>& rows) {
    const std::int64_t before = block.positions();
    std::int64_t positions = before;
    std::vector<std::int64_t> to;
    for (const RowPart& row : rows) {
        to.push_back(positions);
        positions += room_of(row.end - block.row_begin[row.source]);
    }
    const auto size = static_cast<std::size_t>(positions);
    block.target.resize(size);
    if (keeps_source) block.source.resize(size);
    if (keeps_id) block.id.resize(size);
    for (std::size_t d = 0; d < delays.size(); ++d)
        if (delays[d].per_synapse) block.delay_steps[d].resize(size);
    for (std::size_t v = 0; v < variables.size(); ++v)
        if (variables[v].placement == codegen::Placement::per_synapse) block.arrays[v].lengthen(positions);
    each_column(block, [&](auto* values, auto nothing) {
        std::fill(values + before, values + positions, nothing);
        for (std::size_t k = 0; k < rows.size(); ++k) {
            const std::int64_t begin = block.row_begin[rows[k].source], end = block.row_end[rows[k].source];
            shift(values, to[k], begin, end - begin);
            std::fill(values + begin, values + end, nothing);
        }
    });
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const std::uint32_t i = rows[k].source;
        const std::int64_t count = block.row_end[i] - block.row_begin[i];
        block.abandoned += block.row_limit[i] - block.row_begin[i];
        block.row_begin[i] = to[k];
        block.row_end[i] = to[k] + count;
        block.row_limit[i] = k + 1 < rows.size() ? to[k + 1] : positions;
        if (keeps_source)
            std::fill(block.source.begin() + to[k], block.source.begin() + block.row_limit[i], i);
    }
    block.unused += positions - before;
    block.row_begin.back() = positions;
}

void SynapseStore::close_gaps(SynapseBlock& block) {
    if (!block.has_gaps()) return;
    std::vector<std::int64_t> begin(block.row_begin.size(), 0);
    for (std::size_t i = 0; i + 1 < begin.size(); ++i)
        begin[i + 1] = begin[i] + block.row_end[i] - block.row_begin[i];
    lay_out(block, std::move(begin));
    block.row_end.clear();
    block.row_limit.clear();
}

void SynapseStore::rebuild(SynapseBlock& block, const std::vector<RowPart>& wanted) {
    std::vector<std::int64_t> begin(block.row_begin.size(), 0);
    auto next = wanted.begin();
    for (std::uint32_t i = 0; i + 1 < begin.size(); ++i) {
        std::int64_t count = block.row_end[i] - block.row_begin[i];
        if (next != wanted.end() && next->source == i) count = (next++)->end - block.row_begin[i];
        begin[i + 1] = begin[i] + room_of(count);
    }
    lay_out(block, std::move(begin));
}

// The rows begin at `begin`, and each has the room up to the next one.
void SynapseStore::lay_out(SynapseBlock& block, std::vector<std::int64_t> begin) {
    const std::int64_t synapses = block.size(), positions = begin.back();
    const auto copy_rows = [&](const auto* from, auto* to, auto nothing) {
        for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
            to = std::copy(from + block.row_begin[i], from + block.row_end[i], to);
            const std::int64_t left = begin[i + 1] - begin[i] - (block.row_end[i] - block.row_begin[i]);
            to = std::fill_n(to, left, nothing);
        }
    };
    const auto column = [&]<class T>(Column<T>& values, T nothing) {
        Column<T> laid(static_cast<std::size_t>(positions));
        copy_rows(values.data(), laid.data(), nothing);
        values = std::move(laid);
    };
    column(block.target, block.target_begin);
    if (keeps_id) column(block.id, std::int64_t{-1});
    for (std::size_t d = 0; d < delays.size(); ++d)
        if (delays[d].per_synapse) column(block.delay_steps[d], std::uint16_t{0});
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (variables[v].placement != codegen::Placement::per_synapse) continue;
        StateArray laid = StateArray::unset(variables[v].stored, precision, positions);
        laid.visit([&]<class T>(T* to) {
            copy_rows(static_cast<const T*>(block.arrays[v].data()), to, static_cast<T>(variables[v].fill));
        });
        laid.fill(variables[v].fill, positions, positions);  // the padding
        block.arrays[v] = std::move(laid);
    }
    for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
        block.row_end[i] = begin[i] + block.row_end[i] - block.row_begin[i];
        block.row_limit[i] = begin[i + 1];
    }
    block.row_begin = std::move(begin);
    block.unused = positions - synapses;
    block.abandoned = 0;
    if (!keeps_source) return;
    block.source.resize(static_cast<std::size_t>(positions));
    for (std::size_t i = 0; i < block.row_limit.size(); ++i)
        std::fill(block.source.begin() + block.row_begin[i], block.source.begin() + block.row_limit[i],
                  static_cast<std::uint32_t>(i));
}

}  // namespace bouton::state
