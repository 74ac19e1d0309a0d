// SPDX-License-Identifier: BSD-3-Clause
#include "cli/signals.hpp"

#include <unistd.h>

namespace bouton::cli {
namespace {

std::atomic<bool> g_requested{false};  // signal handlers can reach nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
    if (g_requested.exchange(true)) _exit(128 + signal);
}

}  // namespace

StopSignals::StopSignals() {
    g_requested = false;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;  // a write in progress goes on
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &older_interrupt_);
    sigaction(SIGTERM, &action, &older_terminate_);
    // A file beyond the limit of its size is then a failed write with a message, not a sudden end.
    action.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &action, &older_file_size_);
}

StopSignals::~StopSignals() {
    sigaction(SIGINT, &older_interrupt_, nullptr);
    sigaction(SIGTERM, &older_terminate_, nullptr);
    sigaction(SIGXFSZ, &older_file_size_, nullptr);
}

const std::atomic<bool>& StopSignals::requested() const { return g_requested; }

}  // namespace bouton::cli
