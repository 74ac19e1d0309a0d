// SPDX-License-Identifier: BSD-3-Clause
// Ctrl-C and SIGTERM: the first asks the work to stop (base/stop.hpp), a second one ends the program at once.
#pragma once

#include "base/stop.hpp"

#include <csignal>

namespace bouton::cli {

/// Handles the signals while it lives, and lets the work of this thread listen to them; one at a time.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

private:
    base::StopScope scope_;
    struct sigaction older_interrupt_ = {};
    struct sigaction older_terminate_ = {};
    struct sigaction older_file_size_ = {};
};

}  // namespace bouton::cli
