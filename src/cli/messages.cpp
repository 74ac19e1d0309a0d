// SPDX-License-Identifier: BSD-3-Clause
#include "cli/messages.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace bouton::cli {

void tell_error(const std::string& message) { fmt::print(stderr, "bouton: error: {}\n", message); }
void tell_warning(const std::string& message) { fmt::print(stderr, "bouton: warning: {}\n", message); }
void tell_note(const std::string& message) { fmt::print(stderr, "{}\n", message); }

void tell_diagnostics(const std::string& rendered) {
    const bool ended = !rendered.empty() && rendered.back() == '\n';
    fmt::print(stderr, "{}{}", rendered, ended ? "" : "\n");
}

}  // namespace bouton::cli
