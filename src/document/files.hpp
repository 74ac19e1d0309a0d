// SPDX-License-Identifier: BSD-3-Clause
// Reading a file whole, and how a file that another one names is found and shown.
#pragma once

#include "document/context.hpp"
#include "document/tree.hpp"

#include <optional>

namespace bouton::document {

/// The path of a file named in a text: beside that text unless it is absolute.
std::filesystem::path beside(const Context& context, std::string_view name);

/// The whole file, or in `problem` why not. Only regular files below 4 GiB. Notes it in `opened`, if there is that.
std::optional<std::string> read_file(const std::filesystem::path& path, std::string& problem,
                                     base::InputFiles* opened);

}  // namespace bouton::document
