// SPDX-License-Identifier: BSD-3-Clause
// Memory that several threads write to side by side: a line of the cache that belongs to two of them goes to and fro.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace bouton::base {

/// Two lines of the cache, since processors fetch them in pairs.
constexpr std::size_t kLines = 128;

template <class T>
struct LineAllocator {
    using value_type = T;

    LineAllocator() = default;
    template <class Other>
    LineAllocator(const LineAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): allocators convert

    T* allocate(std::size_t count) {
        const std::size_t bytes = (count * sizeof(T) + kLines - 1) / kLines * kLines;
        return static_cast<T*>(::operator new (bytes, std::align_val_t{kLines}));
    }
    void deallocate(T* data, std::size_t) { ::operator delete (data, std::align_val_t{kLines}); }
    bool operator==(const LineAllocator&) const { return true; }
};

/// A vector whose elements share no line with anything else.
template <class T>
using OwnLines = std::vector<T, LineAllocator<T>>;

}  // namespace bouton::base
