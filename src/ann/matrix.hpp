// SPDX-License-Identifier: BSD-3-Clause
// A dense matrix of float, row-major, aligned and padded with zeros so that kernels need no tail: rows begin on
// 64-byte boundaries, their stride is a multiple of 16 floats, and the number of rows in memory is one of 8.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace bouton::ann {

inline constexpr std::size_t kLanes = 16;  ///< floats that a kernel treats together, in every instruction set
inline constexpr std::size_t kRowGroup = 8;  ///< rows (inputs or examples) that it treats together

constexpr std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

class Matrix {
public:
    Matrix() = default;
    /// Zeros. Throws std::bad_alloc.
    Matrix(std::size_t rows, std::size_t columns);
    Matrix(const Matrix& other);
    Matrix& operator=(const Matrix& other);
    Matrix(Matrix&&) noexcept = default;
    Matrix& operator=(Matrix&&) noexcept = default;

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t stride() const { return stride_; }
    std::size_t padded_rows() const { return round_up(rows_, kRowGroup); }
    std::size_t bytes() const { return padded_rows() * stride_ * sizeof(float); }

    float* row(std::size_t i) { return data_.get() + i * stride_; }
    const float* row(std::size_t i) const { return data_.get() + i * stride_; }
    std::span<float> values(std::size_t i) { return {row(i), columns_}; }
    std::span<const float> values(std::size_t i) const { return {row(i), columns_}; }
    float& operator()(std::size_t i, std::size_t j) { return row(i)[j]; }
    float operator()(std::size_t i, std::size_t j) const { return row(i)[j]; }

private:
    struct Free {
        void operator()(float* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
    std::unique_ptr<float[], Free> data_;
};

}  // namespace bouton::ann
