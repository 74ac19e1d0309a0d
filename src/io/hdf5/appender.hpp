// SPDX-License-Identifier: BSD-3-Clause
// A dataset that grows row by row while the simulation runs: rows are gathered in memory and written in blocks.
#pragma once

#include "io/hdf5/handle.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace bouton::io {

/// What a column may hold.
enum class Element { f64, f32, u64 };

/// One value per row; or a row of so many columns, which may become more while it grows.
struct RowShape {
    std::optional<std::size_t> columns;
    bool widens = false;
    std::size_t expected_rows = 0;  ///< how many will come, if known: a short dataset then takes little space
};

class Appender {
public:
    /// An empty dataset `name` in `group`: [rows] without columns, [rows, columns] with.
    Appender(const Handle& group, const std::string& name, Element element, RowShape shape = {});

    /// Adds one row, or without columns any number of cells, of the dataset's element type.
    template <class Number>
    void append(std::span<const Number> row) {
        static_assert(std::is_trivially_copyable_v<Number>);
        std::byte* to = grow(row.size(), sizeof(Number));
        if (!row.empty()) std::memcpy(to, row.data(), row.size_bytes());
    }

    /// Adds cells, without columns, for the caller to fill before the next call.
    template <class Number>
    std::span<Number> more(std::size_t cells) {
        static_assert(std::is_trivially_copyable_v<Number>);
        return {reinterpret_cast<Number*>(grow(cells, sizeof(Number))), cells};
    }

    /// From now on there are this many columns; earlier rows read as NaN in the new ones. Only where the shape
    /// says that it widens.
    void widen(std::size_t columns);

    /// Hands what was gathered to HDF5. Throws WriteError.
    void write();

    const Handle& dataset() const { return dataset_; }
    std::size_t columns() const { return columns_; }

private:
    /// Room for one row, or for so many cells.
    std::byte* grow(std::size_t cells, std::size_t cell_bytes);

    std::string name_;
    Element element_;
    bool two_dimensional_;
    std::size_t columns_;
    hsize_t rows_written_ = 0;
    hsize_t rows_pending_ = 0;
    std::vector<std::byte> pending_;
    Handle dataset_;
};

}  // namespace bouton::io
