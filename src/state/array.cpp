// SPDX-License-Identifier: BSD-3-Clause
#include "state/array.hpp"

#include "base/pages.hpp"
#include "kernel/kernel_abi.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace bouton::state {

std::int64_t padded(std::int64_t n) { return (n + BN_LANES - 1) / BN_LANES * BN_LANES; }

std::vector<std::int64_t> bounds_of_parts(std::int64_t n, int parts) {
    std::vector<std::int64_t> bounds;
    for (int b = 0; b < parts; ++b) bounds.push_back(n * b / parts);
    bounds.push_back(n);
    return bounds;
}

StateArray::StateArray(codegen::Stored stored, codegen::Precision precision, std::int64_t size, double value)
    : StateArray(unset(stored, precision, size)) {
    fill(value);
}

std::size_t StateArray::bytes_of(codegen::Stored stored, codegen::Precision precision, std::int64_t size) {
    return static_cast<std::size_t>(padded(size) + BN_LANES) * codegen::size_of(stored, precision);
}

StateArray StateArray::unset(codegen::Stored stored, codegen::Precision precision, std::int64_t size) {
    StateArray array;
    array.stored_ = stored;
    array.precision_ = precision;
    array.element_ = codegen::size_of(stored, precision);
    array.size_ = size;
    array.capacity_ = padded(size) + BN_LANES;
    constexpr std::size_t kLine = 64;  // whole ones, which may be read to their end
    const std::align_val_t alignment{base::alignment_for(array.bytes())};
    array.data_ = {
        static_cast<std::byte*>(::operator new((array.bytes() + kLine - 1) / kLine * kLine, alignment)),
        AlignedDelete{alignment}};
    base::prefer_huge_pages(array.data_.get(), array.bytes());
    return array;
}

double StateArray::get(std::int64_t index) const {
    return visit([index](auto* p) { return static_cast<double>(p[index]); });
}

void StateArray::set(std::int64_t index, double value) {
    visit([index, value](auto* p) { p[index] = static_cast<std::remove_reference_t<decltype(*p)>>(value); });
}

void StateArray::fill(double value) { fill(value, 0, capacity_); }

void StateArray::fill(double value, std::int64_t first, std::int64_t last) {
    if (last >= size_) last = capacity_;
    visit([first, last, value](auto* p) {
        std::fill(p + std::min(first, last), p + last,
                  static_cast<std::remove_reference_t<decltype(*p)>>(value));
    });
}

void StateArray::clear() { std::memset(data_.get(), 0, bytes()); }

void StateArray::pad() {
    if (size_ == 0) return;
    visit([this](auto* p) { std::fill(p + size_, p + capacity_, p[size_ - 1]); });
}

void StateArray::lengthen(std::int64_t size) {
    if (padded(size) + BN_LANES > capacity_) {
        StateArray longer = unset(stored_, precision_, std::max(size, size_ + size_ / 4));
        std::memcpy(longer.data_.get(), data_.get(), static_cast<std::size_t>(size_) * element_);
        std::memset(longer.at(size_), 0, longer.bytes() - static_cast<std::size_t>(size_) * element_);
        *this = std::move(longer);
    }
    size_ = size;
}

namespace {

// Blocks of 4096: the sum of 0 * x is NaN if and only if one of them is not finite.
template <class Real>
std::int64_t find_non_finite(const Real* values, std::int64_t first, std::int64_t last) {
    constexpr std::int64_t kBlock = 4096;
    for (std::int64_t begin = first; begin < last; begin += kBlock) {
        const std::int64_t end = std::min(begin + kBlock, last);
        Real lanes[8] = {};
        std::int64_t k = begin;
        for (; k + 8 <= end; k += 8) {
            for (int lane = 0; lane < 8; ++lane) lanes[lane] += values[k + lane] * Real(0);
        }
        Real sum = 0;
        for (; k < end; ++k) sum += values[k] * Real(0);
        for (const Real lane : lanes) sum += lane;
        if (sum == Real(0)) continue;
        for (k = begin; k < end; ++k) {
            if (!std::isfinite(values[k])) return k;
        }
    }
    return -1;
}

}  // namespace

std::int64_t StateArray::first_non_finite(std::int64_t first, std::int64_t last) const {
    if (!is_real()) return -1;
    return visit([&](auto* p) -> std::int64_t {
        if constexpr (std::is_floating_point_v<std::remove_reference_t<decltype(*p)>>)
            return find_non_finite(p, first, std::min(last, size_));
        return -1;
    });
}

void StateArray::archive(base::Archive& archive) {
    auto& [stored, precision, element, size, capacity, data] = *this;  // all there is
    archive.same(stored, "the type of a variable");
    archive.same(precision, "the precision");
    archive.same(element, "the type of a variable");
    std::size_t count = static_cast<std::size_t>(size);
    archive.count(count, element);
    if (archive.reads() && static_cast<std::int64_t>(count) != size)
        *this = unset(stored, precision, static_cast<std::int64_t>(count));
    if (capacity > 0) archive.bytes(data.get(), bytes());
}

}  // namespace bouton::state
