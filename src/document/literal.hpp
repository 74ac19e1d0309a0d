// SPDX-License-Identifier: BSD-3-Clause
// Decodes a TOML string literal where it stands in its file and remembers for each byte where it came from.
// The TOML library decodes too, but forgets the places.
#pragma once

#include "base/source.hpp"

#include <string_view>

namespace bouton::document {

/// The literal that begins at `begin` (an offset of `file->text`): any of "...", '...', """...""", '''...'''.
/// `expected` is what the TOML library decoded; should the two ever differ, it wins and every offset is `begin`.
base::SourcePtr decode_literal(const std::shared_ptr<const base::SourceFile>& file, std::uint32_t begin,
                               std::string_view expected);

}  // namespace bouton::document
