// SPDX-License-Identifier: BSD-3-Clause
// Arrays that a program gives beside the text of a document, which names them by their number:
// `values = { "array in memory" = 0 }` stands wherever a list of numbers may. They never become text.
#pragma once

#include "base/diagnostics.hpp"
#include "document/tree.hpp"

#include <string>
#include <vector>

namespace bouton::document {

/// Puts each array where the document names it. Reports numbers of arrays that were not given.
void place_given_arrays(Table& document, const std::vector<GivenArray>& arrays,
                        base::Diagnostics& diagnostics);

/// How the text names an array.
std::string given_array_text(const Numbers& numbers);

}  // namespace bouton::document
