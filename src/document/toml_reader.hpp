// SPDX-License-Identifier: BSD-3-Clause
// TOML text to tree. The only file that knows the TOML library.
#pragma once

#include "base/diagnostics.hpp"
#include "document/tree.hpp"

#include <optional>

namespace bouton::document {

/// The whole document. Nothing after a mistake, which is reported. A byte-order mark and CRLF are accepted;
/// tables nested deeper than 32 are refused.
std::optional<Table> read_toml(std::string name, std::string text, base::Diagnostics& diagnostics);

/// The value part of `PATH=VALUE`, the text of `file`, which begins at `begin`: a TOML value, else a bare string.
Node read_set_value(const std::shared_ptr<const base::SourceFile>& file, std::uint32_t begin);

}  // namespace bouton::document
