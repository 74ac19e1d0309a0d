// SPDX-License-Identifier: BSD-3-Clause
// Memory that several threads write to side by side: a line of the cache that belongs to two of them goes to and fro.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace bouton::base {

/// Two lines of the cache, since processors fetch them in pairs.
constexpr std::size_t kCacheLineBytes = 128;

template <class T>
struct LineAllocator {
    using value_type = T;

    LineAllocator() = default;
    template <class Other>
    LineAllocator(const LineAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): allocators convert

    T* allocate(std::size_t count) {
        const std::size_t bytes =
            (count * sizeof(T) + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes;
        return static_cast<T*>(::operator new (bytes, std::align_val_t{kCacheLineBytes}));
    }
    void deallocate(T* data, std::size_t) { ::operator delete (data, std::align_val_t{kCacheLineBytes}); }
    bool operator==(const LineAllocator&) const { return true; }
};

/// A vector whose elements share no line with anything else.
template <class T>
using CacheLineVector = std::vector<T, LineAllocator<T>>;

}  // namespace bouton::base
