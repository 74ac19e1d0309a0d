// SPDX-License-Identifier: BSD-3-Clause
// An array of plain numbers with one entry per synapse. Unlike std::vector it leaves what is new unset, since it
// is filled at once and by several threads, takes no more room than asked for, and moves without a second copy
// where the system can move pages.
#pragma once

#include "base/pages.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace bouton::state {

template <class T>
class Column {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Column() = default;
    explicit Column(std::size_t size) { resize(size); }
    Column(Column&& other) noexcept
        : data_(std::move(other.data_)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    Column& operator=(Column&& other) noexcept {
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    T* begin() { return data(); }
    T* end() { return data() + size_; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + size_; }
    T& operator[](std::size_t k) { return data_.get()[k]; }
    const T& operator[](std::size_t k) const { return data_.get()[k]; }

    /// Room for `size` entries; nothing is touched before it is written.
    void reserve(std::size_t size) {
        if (size > capacity_) reallocate(size);
    }
    /// New entries are unset.
    void resize(std::size_t size) {
        if (size > capacity_) reallocate(capacity_ == 0 ? size : std::max(size, capacity_ + capacity_ / 2));
        size_ = size;
    }
    void push_back(T value) {
        const std::size_t at = size_;
        resize(at + 1);
        data_.get()[at] = value;
    }
    /// Gives back what reserve and growth took too much.
    void fit() {
        if (capacity_ > size_) reallocate(size_);
    }

private:
    struct Release {
        void operator()(T* data) const { std::free(data); }
    };

    void reallocate(std::size_t capacity) {
        if (capacity == 0) {
            data_.reset();
        } else {
            if (capacity > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_alloc();
            void* moved = std::realloc(data_.get(), capacity * sizeof(T));
            if (moved == nullptr) throw std::bad_alloc();
            (void)data_.release();
            data_.reset(static_cast<T*>(moved));
            base::prefer_huge_pages(moved, capacity * sizeof(T));
        }
        capacity_ = capacity;
    }

    std::unique_ptr<T, Release> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace bouton::state
