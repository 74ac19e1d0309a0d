// SPDX-License-Identifier: BSD-3-Clause
// Laying out text for a terminal.
#pragma once

#include "base/memory.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouton::cli {

/// Every line of `text` behind `margin`; blank lines at both ends and common indentation are left out.
std::string indent(std::string_view text, std::string_view margin);

/// Rows as columns of equal width, two blanks apart, each row behind `margin`.
std::string columns(const std::vector<std::vector<std::string>>& rows, std::string_view margin);

/// 1234567 as "1,234,567".
std::string spell_count(double count);

using base::spell_bytes;

}  // namespace bouton::cli
