// SPDX-License-Identifier: BSD-3-Clause
// What a signal is read at: a time, and where it has several columns one of these.
#pragma once

#include "analysis/resolve.hpp"

#include <vector>

namespace bouton::analysis {

/// `call` is resolved but for the signal that it names; an operand is null where its mistake has been reported. Null after a mistake.
TermPtr read_signal(const base::Span& span, const lang::Call& call, const std::vector<TermPtr>& operands,
                    const TermPtr& signal, const Scope& scope, base::Diagnostics& diagnostics);

}  // namespace bouton::analysis
