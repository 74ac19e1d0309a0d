// SPDX-License-Identifier: BSD-3-Clause
// What the program says on stderr. The library prints nothing; only this folder does.
#pragma once

#include <string>

namespace bouton::cli {

void tell_error(const std::string& message);
void tell_warning(const std::string& message);
void tell_note(const std::string& message);

/// Rendered diagnostics as they are, with a line end.
void tell_diagnostics(const std::string& rendered);

}  // namespace bouton::cli
