// SPDX-License-Identifier: BSD-3-Clause
// What a network becomes for the back ends, as text.
#pragma once

#include "codegen/plan/plan.hpp"

#include <string>

namespace bouton::cli {

/// After which step of the way to show it.
enum class Stage { lower, emit };

/// The lowered form, or the C++ text, of every group that has kernels. Groups with equal text share it, as they
/// share the compiled module.
std::string describe_kernels(const codegen::Plan& plan, Stage stage);

}  // namespace bouton::cli
