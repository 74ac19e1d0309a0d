// SPDX-License-Identifier: BSD-3-Clause
// Which integers of a kernel may leave their 64 bits.
#pragma once

#include "codegen/ir/ir.hpp"

namespace bouton::codegen {

/// Marks the ops whose results do not fit for all values that their arguments may have (Op::checked). What is known of steps,
/// numbers of neurons, truth values and short stored numbers spares loops over them the check. Ops of deferred events are never
/// marked: they run for events that are none as well, and what could leave the range does not wait.
void check_integers(Kernel& kernel);

}  // namespace bouton::codegen
