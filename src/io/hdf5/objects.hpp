// SPDX-License-Identifier: BSD-3-Clause
// Files, groups, whole datasets and attributes, in the few forms that bouton writes.
#pragma once

#include "io/hdf5/handle.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace bouton::io {

/// A new, empty file. What lies on disk changes its structure only in flush_file: a process that dies between
/// two flushes leaves the file as it was after the last one. Any HDF5 from 1.8 on reads it. `head_bytes`: what is left
/// free before HDF5's own bytes, 0 or a power of 2 from 512 on. It begins with the attribute bouton_version, by which
/// OutputFile knows partial files.
Handle create_file(const std::filesystem::path& path, const std::string& version, std::size_t head_bytes = 0);
void flush_file(const Handle& file);

/// Takes away what has that name, if there is something.
void remove_object(const Handle& parent, const std::string& name);

/// The group of that name inside `parent`, made if it is not there.
Handle make_group(const Handle& parent, const std::string& name);

void write_attribute(const Handle& object, const std::string& name, std::string_view text);
void write_attribute(const Handle& object, const std::string& name, double value);
void write_attribute(const Handle& object, const std::string& name, std::int64_t value);
void write_attribute(const Handle& object, const std::string& name, std::uint64_t value);

/// A dataset of known length, written at once; the result is open for attributes.
Handle write_dataset(const Handle& group, const std::string& name, std::span<const double> values);
Handle write_dataset(const Handle& group, const std::string& name, std::span<const float> values);
Handle write_dataset(const Handle& group, const std::string& name, std::span<const std::int64_t> values);
Handle write_dataset(const Handle& group, const std::string& name, std::span<const std::uint32_t> values);

/// Values `first` and on of a dataset of `total`, which the first part makes.
struct Part {
    std::int64_t total = 0;
    std::int64_t first = 0;
};
Handle write_part(const Handle& group, const std::string& name, Part part, std::span<const double> values);
Handle write_part(const Handle& group, const std::string& name, Part part, std::span<const float> values);
Handle write_part(const Handle& group, const std::string& name, Part part,
                  std::span<const std::int64_t> values);
Handle write_part(const Handle& group, const std::string& name, Part part,
                  std::span<const std::uint32_t> values);

/// Rows of `columns` values each: [values.size() / columns, columns].
Handle write_rows(const Handle& group, const std::string& name, std::span<const float> values,
                  std::size_t columns);

}  // namespace bouton::io
