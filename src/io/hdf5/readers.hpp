// SPDX-License-Identifier: BSD-3-Clause
// Groups, attributes and datasets read back, with their kinds and shapes checked. A ReadError names the object
// ("/layers/0/weights") and what is wrong with it; who reads adds the file's name.
#pragma once

#include "io/hdf5/handle.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace bouton::io {

/// A file that is not what it should be. Status 2.
class ReadError : public base::Error {
public:
    explicit ReadError(const std::string& message) : base::Error(message, 2) {}
};

/// Refuses what is missing or no ordinary file: a folder, a pipe.
void check_ordinary(const std::filesystem::path& path);
/// Opens an HDF5 file to read it; never changes it.
Handle open_file(const std::filesystem::path& path);
Handle open_group(const Handle& parent, const std::string& name);

bool has_attribute(const Handle& object, const std::string& name);
std::string read_text(const Handle& object, const std::string& name);
double read_number(const Handle& object, const std::string& name);
/// From 0 on.
std::uint64_t read_count(const Handle& object, const std::string& name);

/// A dataset of rank 1 with so many values as there are.
std::vector<double> read_numbers(const Handle& group, const std::string& name);
std::vector<std::uint64_t> read_counts(const Handle& group, const std::string& name);
/// A dataset that must have exactly this shape; nothing is taken from memory before that is known.
std::vector<float> read_floats(const Handle& group, const std::string& name,
                               const std::vector<std::size_t>& shape);

}  // namespace bouton::io
