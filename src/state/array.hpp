// SPDX-License-Identifier: BSD-3-Clause
// One array of state: typed as kernels store it, aligned to 64 bytes or more and padded to BN_LANES elements (and one
// vector more, so that kernels over a slice may read past its end). Values go in and out as double.
#pragma once

#include "base/archive.hpp"
#include "codegen/ir/ir.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace bouton::state {

/// `n` rounded up to a multiple of BN_LANES.
std::int64_t padded(std::int64_t n);

/// Bounds of `parts` ranges of about as many of `n` elements.
std::vector<std::int64_t> bounds_of_parts(std::int64_t n, int parts);

/// Gives back memory that was asked for at a multiple of `alignment`.
struct AlignedDelete {
    std::align_val_t alignment{64};
    void operator()(std::byte* data) const { ::operator delete(data, alignment); }
};

class StateArray {
public:
    StateArray() = default;
    StateArray(codegen::Stored stored, codegen::Precision precision, std::int64_t size, double value = 0.0);
    /// Without values: all are to be filled before they are read.
    static StateArray unset(codegen::Stored stored, codegen::Precision precision, std::int64_t size);

    /// What an array of so many elements takes.
    static std::size_t bytes_of(codegen::Stored stored, codegen::Precision precision, std::int64_t size);

    std::int64_t size() const { return size_; }
    std::size_t bytes() const { return static_cast<std::size_t>(capacity_) * element_; }
    std::size_t element_bytes() const { return element_; }
    codegen::Stored stored() const { return stored_; }
    bool is_real() const { return stored_ == codegen::Stored::real || stored_ == codegen::Stored::f64; }

    void* data() { return data_.get(); }
    const void* data() const { return data_.get(); }
    /// Address of an element; a slice of a group begins there.
    void* at(std::int64_t index) { return data_.get() + static_cast<std::size_t>(index) * element_; }

    double get(std::int64_t index) const;
    void set(std::int64_t index, double value);
    void fill(double value);
    /// Elements first to last, as far as they are; the padding too where last reaches it.
    void fill(double value, std::int64_t first, std::int64_t last);
    /// Sets every bit to zero, which is 0 in all types.
    void clear();
    /// Copies the last element into the padding, so that the lanes there hold something sensible.
    void pad();
    /// Makes room for more elements, which are to be set; all may move. An array that is lengthened again and again moves
    /// seldom.
    void lengthen(std::int64_t size);
    /// The first element that is not finite, or -1: among all, or among `first` to `last`, as far as they are.
    std::int64_t first_non_finite() const { return first_non_finite(0, size_); }
    std::int64_t first_non_finite(std::int64_t first, std::int64_t last) const;

    /// All elements and the padding. Reading keeps the type, which must be that of what was written, and takes its size.
    void archive(base::Archive& archive);

    /// Calls `function` with a typed pointer to the first element.
    template <class Function>
    decltype(auto) visit(Function&& function) const {
        using codegen::Stored;
        std::byte* p = data_.get();
        switch (stored_) {
            case Stored::real:
                if (element_ == 4) return function(reinterpret_cast<float*>(p));
                return function(reinterpret_cast<double*>(p));
            case Stored::i64: return function(reinterpret_cast<std::int64_t*>(p));
            case Stored::i32: return function(reinterpret_cast<std::int32_t*>(p));
            case Stored::u32: return function(reinterpret_cast<std::uint32_t*>(p));
            case Stored::u16: return function(reinterpret_cast<std::uint16_t*>(p));
            case Stored::u8: return function(reinterpret_cast<std::uint8_t*>(p));
            case Stored::f64: break;
        }
        return function(reinterpret_cast<double*>(p));
    }

private:
    codegen::Stored stored_ = codegen::Stored::f64;
    codegen::Precision precision_ = codegen::Precision::f64;
    std::size_t element_ = 8;
    std::int64_t size_ = 0;
    std::int64_t capacity_ = 0;
    std::unique_ptr<std::byte[], AlignedDelete> data_;
};

}  // namespace bouton::state
