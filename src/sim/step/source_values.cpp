// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/source_values.hpp"

#include "sim/bind/segments.hpp"

#include <algorithm>
#include <cstring>

namespace bouton::sim {

SourceValues::SourceValues(const codegen::Kernel& kernel, RowKernel& rows, codegen::Precision precision,
                           const bn_deferred* deferred)
    : has_events_(kernel.event_ops > 0) {
    for (std::size_t slot = 0; slot < kernel.arrays.size(); ++slot) {
        if (kernel.arrays[slot].index != codegen::Index::source) continue;
        columns_.push_back({static_cast<const std::byte*>(rows.bound(0).array(slot)),
                            codegen::size_of(kernel.arrays[slot].stored, precision), slot});
    }
    if (!has_events_) return;
    deferred_ = *deferred;
    processed_until_ = {static_cast<const std::byte*>(deferred->processed_until),
                        codegen::size_of(codegen::Stored::real, precision), 0};
}

void SourceValues::clear() { count_ = 0; }

namespace {

template <class Value>
void append(const std::byte* from, std::span<const std::uint32_t> sources, std::byte* to) {
    for (const std::uint32_t i : sources) {
        std::memcpy(to, from + i * sizeof(Value), sizeof(Value));
        to += sizeof(Value);
    }
}

}  // namespace

void SourceValues::keep(std::span<const std::uint32_t> sources) {
    const auto add = [&](Column& column) {
        const std::size_t needed = (count_ + sources.size()) * column.bytes;
        if (column.values.size() < needed) column.values.resize(2 * needed);
        std::byte* to = column.values.data() + count_ * column.bytes;
        switch (column.bytes) {
            case 1: return append<std::uint8_t>(column.from, sources, to);
            case 2: return append<std::uint16_t>(column.from, sources, to);
            case 4: return append<std::uint32_t>(column.from, sources, to);
            default: return append<std::uint64_t>(column.from, sources, to);
        }
    };
    for (Column& column : columns_) add(column);
    if (has_events_) add(processed_until_);
    count_ += sources.size();
}

void SourceValues::bind(RowKernel& rows, std::size_t blocks) {
    // Kernels are told only of what has moved: threads have them in their caches.
    const bool moved = std::any_of(columns_.begin(), columns_.end(),
                                   [](const Column& column) { return column.bound != column.values.data(); });
    if (!moved && processed_until_.bound == processed_until_.values.data() && bound_blocks_ == blocks) return;
    bound_blocks_ = blocks;
    for (Column& column : columns_) column.bound = column.values.data();
    processed_until_.bound = deferred_.processed_until = processed_until_.values.data();
    for (std::size_t b = 0; b < blocks; ++b) {
        for (Column& column : columns_) rows.bound(b).set_array(column.slot, column.values.data());
        if (has_events_) rows.bound(b).set_deferred(&deferred_);
    }
}

}  // namespace bouton::sim
