// SPDX-License-Identifier: BSD-3-Clause
// One lowered kernel as one C++ function.
#pragma once

#include "codegen/ir/ir.hpp"

#include <string>

namespace bouton::codegen {

/// `void NAME(const bn_args* args)`; uses the type `real` and kernel/generated.h.
std::string kernel_text(const Kernel& kernel, Precision precision, const std::string& name);

}  // namespace bouton::codegen
