// SPDX-License-Identifier: BSD-3-Clause
#include "ann/matrix.hpp"

#include <algorithm>

namespace bouton::ann {
namespace {

/// Rows whose distance is a multiple of 1 KiB would fall into a few cache sets.
std::size_t stride_of(std::size_t columns) {
    const std::size_t stride = round_up(std::max<std::size_t>(columns, 1), kLanes);
    return stride % 256 == 0 ? stride + kLanes : stride;
}

}  // namespace

Matrix::Matrix(std::size_t rows, std::size_t columns)
    : rows_(rows), columns_(columns), stride_(stride_of(columns)) {
    data_.reset(new (std::align_val_t{64}) float[padded_rows() * stride_]());
}

Matrix::Matrix(const Matrix& other) : Matrix(other.rows_, other.columns_) {
    std::copy_n(other.data_.get(), padded_rows() * stride_, data_.get());
}

Matrix& Matrix::operator=(const Matrix& other) {
    if (this != &other) *this = Matrix(other);
    return *this;
}

}  // namespace bouton::ann
