// SPDX-License-Identifier: BSD-3-Clause
// Chunks are written directly, not through HDF5's chunk cache: each block of rows reaches the file once.
#include "io/hdf5/appender.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace bouton::io {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;  // gathered before HDF5 is called
constexpr std::size_t kChunkBytes = std::size_t{1} << 15;  // least unit of the file: small runs stay small
constexpr std::size_t kWideChunkBytes = std::size_t{1} << 18;

std::size_t size_of(Element element) { return element == Element::f32 ? 4 : 8; }

hid_t file_type(Element element) {
    switch (element) {
        case Element::f64: return H5T_IEEE_F64LE;
        case Element::f32: return H5T_IEEE_F32LE;
        case Element::u64: return H5T_STD_U64LE;
    }
    return -1;
}

hid_t memory_type(Element element) {
    switch (element) {
        case Element::f64: return H5T_NATIVE_DOUBLE;
        case Element::f32: return H5T_NATIVE_FLOAT;
        case Element::u64: return H5T_NATIVE_UINT64;
    }
    return -1;
}

std::array<hsize_t, 2> chunk_shape(Element element, const RowShape& shape) {
    const std::size_t cell = size_of(element);
    const std::size_t wide = std::clamp<std::size_t>(shape.columns.value_or(1), 1, kWideChunkBytes / cell);
    std::size_t rows = std::max<std::size_t>(1, kChunkBytes / (wide * cell));
    if (shape.expected_rows > 0) rows = std::min(rows, shape.expected_rows);
    return {rows, wide};
}

Handle creation(Element element, const RowShape& shape) {
    Handle list(checked(H5Pcreate(H5P_DATASET_CREATE), "set up a dataset"), H5Pclose);
    const auto chunk = chunk_shape(element, shape);
    check(H5Pset_chunk(list.get(), shape.columns ? 2 : 1, chunk.data()), "set up a dataset");
    if (shape.widens) {
        const double absent = std::numeric_limits<double>::quiet_NaN();
        check(H5Pset_fill_value(list.get(), H5T_NATIVE_DOUBLE, &absent), "set up a dataset");
    } else {
        check(H5Pset_fill_time(list.get(), H5D_FILL_TIME_NEVER), "set up a dataset");
    }
    return list;
}

}  // namespace

Appender::Appender(const Handle& group, const std::string& name, Element element, RowShape rows)
    : name_(name),
      element_(element),
      two_dimensional_(rows.columns.has_value()),
      columns_(rows.columns.value_or(1)) {
    const std::string what = "make the dataset '" + name + "'";
    const int rank = two_dimensional_ ? 2 : 1;
    const std::array<hsize_t, 2> shape = {0, columns_};
    const std::array<hsize_t, 2> limit = {H5S_UNLIMITED, H5S_UNLIMITED};
    const Handle space(checked(H5Screate_simple(rank, shape.data(), limit.data()), what), H5Sclose);
    const Handle list = creation(element, rows);
    const Handle access(checked(H5Pcreate(H5P_DATASET_ACCESS), what), H5Pclose);
    check(H5Pset_chunk_cache(access.get(), 0, 0, 0.0), what);
    dataset_ = Handle(checked(H5Dcreate2(group.get(), name.c_str(), file_type(element), space.get(),
                                         H5P_DEFAULT, list.get(), access.get()),
                              what),
                      H5Dclose);
}

std::byte* Appender::grow(std::size_t cells, std::size_t cell_bytes) {
    if (pending_.size() >= kBlockBytes) write();
    const std::size_t before = pending_.size();
    pending_.resize(before + cells * cell_bytes);
    rows_pending_ += two_dimensional_ ? 1 : cells;
    return pending_.data() + before;
}

void Appender::widen(std::size_t columns) {
    write();
    columns_ = columns;
    const std::array<hsize_t, 2> shape = {rows_written_, columns_};
    check(H5Dset_extent(dataset_.get(), shape.data()), "write '" + name_ + "'");
}

void Appender::write() {
    if (rows_pending_ == 0) return;
    const std::string what = "write '" + name_ + "'";
    const std::array<hsize_t, 2> start = {rows_written_, 0};
    const std::array<hsize_t, 2> count = {rows_pending_, columns_};
    const std::array<hsize_t, 2> shape = {rows_written_ + rows_pending_, columns_};
    check(H5Dset_extent(dataset_.get(), shape.data()), what);

    if (!pending_.empty()) {
        const Handle file_space(checked(H5Dget_space(dataset_.get()), what), H5Sclose);
        check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                  nullptr),
              what);
        const Handle memory_space(
            checked(H5Screate_simple(two_dimensional_ ? 2 : 1, count.data(), nullptr), what), H5Sclose);
        check(H5Dwrite(dataset_.get(), memory_type(element_), memory_space.get(), file_space.get(),
                       H5P_DEFAULT, pending_.data()),
              what);
    }
    rows_written_ += rows_pending_;
    rows_pending_ = 0;
    pending_.clear();
}

}  // namespace bouton::io
