// SPDX-License-Identifier: BSD-3-Clause
// The exceptions' members are here, so that their type information is in the library once, whatever a program is compiled with.
#include "bouton/error.hpp"

#include <utility>

namespace bouton {

Error::Error(const std::string& message, int status, std::vector<Diagnostic> diagnostics)
    : std::runtime_error(message), status_(status), diagnostics_(std::move(diagnostics)) {}
Error::~Error() = default;

UnknownName::UnknownName(const std::string& message) : Error(message, 2) {}
UnknownName::~UnknownName() = default;

InternalError::InternalError(const std::string& message) : std::logic_error(message) {}
InternalError::~InternalError() = default;

}  // namespace bouton
