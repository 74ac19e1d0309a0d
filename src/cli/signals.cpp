// SPDX-License-Identifier: BSD-3-Clause
#include "cli/signals.hpp"

#include <unistd.h>

namespace bouton::cli {
namespace {

base::Stop g_stop;  // signal handlers can reach nothing else

void on_signal(int signal) {
    if (g_stop.request_again()) _exit(128 + signal);
}

}  // namespace

StopSignals::StopSignals() : scope_(&g_stop) {
    g_stop.clear();
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

}  // namespace bouton::cli
