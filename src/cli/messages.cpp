// SPDX-License-Identifier: BSD-3-Clause
#include "cli/messages.hpp"

#include "cli/standard_streams.hpp"

namespace bouton::cli {

void tell_error(const std::string& message) { print_error_text("bouton: error: " + message + "\n"); }
void tell_warning(const std::string& message) { print_error_text("bouton: warning: " + message + "\n"); }
void tell_note(const std::string& message) { print_error_text(message + "\n"); }

void tell_diagnostics(const std::string& rendered) {
    const bool ended = !rendered.empty() && rendered.back() == '\n';
    print_error_text(ended ? rendered : rendered + "\n");
}

}  // namespace bouton::cli
