// SPDX-License-Identifier: BSD-3-Clause
// Ctrl-C and SIGTERM: the first asks the run to stop at the next step, a second one ends the program at once.
#pragma once

#include <atomic>
#include <csignal>

namespace bouton::cli {

/// Handles the signals while it lives; one at a time.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    /// Becomes true with the first signal.
    const std::atomic<bool>& requested() const;

private:
    struct sigaction older_interrupt_ = {};
    struct sigaction older_terminate_ = {};
    struct sigaction older_file_size_ = {};
};

}  // namespace bouton::cli
