// SPDX-License-Identifier: BSD-3-Clause
// A checkpoint or a saved session as text.
#pragma once

#include "session/state_file.hpp"

#include <string>

namespace bouton::cli {

std::string describe_state(const session::SavedRun& run);

}  // namespace bouton::cli
