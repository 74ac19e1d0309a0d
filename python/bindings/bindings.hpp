// SPDX-License-Identifier: BSD-3-Clause
// What the bound areas share: each has a file and a function that adds it to bouton._core.
#pragma once

#include "cli/run_network.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouton::bindings {

void bind_errors(nanobind::module_& core);
void bind_run(nanobind::module_& core);
void bind_inspect(nanobind::module_& core);
void bind_ann(nanobind::module_& core);
void bind_session(nanobind::module_& core);

/// Arrays of float64 or int32 that the text of a network names by their number (document/given_arrays.hpp); each is copied once.
using GivenArrays = std::vector<nanobind::ndarray<nanobind::ro, nanobind::c_contig, nanobind::device::cpu>>;

/// The arguments by which every function names a network.
cli::NetworkSource network_source(const std::optional<std::filesystem::path>& path,
                                  const std::optional<std::string>& text, const std::string& name,
                                  const std::optional<std::filesystem::path>& folder,
                                  const std::vector<std::string>& sets, std::optional<std::int64_t> seed,
                                  const GivenArrays& arrays = {});

/// "auto", "compiled" or "interpreted". Throws base::Error (status 2) for others.
sim::Backend backend_of(const std::string& name);

/// A number of bytes or a text such as "8GB"; nothing for None.
std::optional<double> bytes_of(const nanobind::object& memory);

/// Hands a warning to Python's `warnings`; takes the GIL.
void warn(const std::string& message);

}  // namespace bouton::bindings
