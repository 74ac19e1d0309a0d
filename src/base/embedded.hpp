// SPDX-License-Identifier: BSD-3-Clause
// Text files that are part of the program: the headers that generated kernels include, and the model library.
// The definitions are written at build time by cmake/write_embedded.cmake.
#pragma once

#include <span>
#include <string_view>

namespace bouton::base {

/// One embedded file. Both views live as long as the program.
struct EmbeddedFile {
    std::string_view name;
    std::string_view text;
};

/// The files of src/kernel, named relative to that folder ("random.h"), sorted by name.
std::span<const EmbeddedFile> embedded_kernel_headers();

/// The model library, named relative to the repository ("models/release/bernoulli.toml"), sorted by name.
std::span<const EmbeddedFile> embedded_models();

}  // namespace bouton::base
