// SPDX-License-Identifier: BSD-3-Clause
// Lowered kernels to the text of one C++ translation unit: it spells, it decides nothing. The text depends only
// on the kernels and the precision, so that equal models share one compiled module.
#pragma once

#include "codegen/ir/ir.hpp"

#include <string>
#include <vector>

namespace bouton::codegen {

std::string emit_cpp(const std::vector<Kernel>& kernels, Precision precision);

}  // namespace bouton::codegen
