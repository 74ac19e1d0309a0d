// SPDX-License-Identifier: BSD-3-Clause
// What a kernel over rows reads of sources, as it was at each of their events: where a stride runs rows later than the sources
// go on (strides.hpp).
#pragma once

#include "base/cache_line.hpp"
#include "codegen/ir/ir.hpp"
#include "kernel/kernel_abi.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bouton::sim {

class RowKernel;

/// One thread keeps values, others read them.
class alignas(base::kCacheLineBytes) SourceValues {
public:
    SourceValues() = default;
    /// What `kernel`, bound as `rows`, reads; `deferred` is what its kernels see, or null.
    SourceValues(const codegen::Kernel& kernel, RowKernel& rows, codegen::Precision precision,
                 const bn_deferred* deferred);

    /// Whether there is anything to keep.
    bool any() const { return has_events_ || !columns_.empty(); }
    void clear();
    /// Keeps the present values of the sources of further events.
    void keep(std::span<const std::uint32_t> sources);
    /// Lets the kernel read what is kept: bn_segment::at counts the events. To be called before rows run, with all events kept.
    void bind(RowKernel& rows, std::size_t blocks);

private:
    struct Column {
        const std::byte* from;  ///< by source
        std::size_t bytes;      ///< of one value
        std::size_t slot;
        std::vector<std::byte> values{};  ///< those of all events and room for more
        const void* bound = nullptr;      ///< where kernels look for them
    };

    std::vector<Column> columns_;
    Column processed_until_{};
    bn_deferred deferred_{};
    bool has_events_ = false;
    std::size_t count_ = 0;  ///< of events
    std::size_t bound_blocks_ = 0;
};

}  // namespace bouton::sim
