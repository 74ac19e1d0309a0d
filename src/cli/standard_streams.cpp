// SPDX-License-Identifier: BSD-3-Clause
#include "cli/standard_streams.hpp"

#include "cli/messages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace bouton::cli {
namespace {

int g_output_failure =
    0;  // errno of the first write to standard output that failed, as stdout's own flag does not say

void note_failure() {
    if (g_output_failure == 0) g_output_failure = errno == 0 ? EIO : errno;
}

}  // namespace

void prepare_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free descriptor is this one. Its mode is the wrong one on purpose.
        const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (::open("/dev/null", mode) < 0) return;
    }
    std::signal(SIGPIPE, SIG_IGN);
}

void print_text(std::string_view text) {
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size()) note_failure();
}

void flush_output() {
    errno = 0;
    if (std::fflush(stdout) != 0) note_failure();
}

void print_error_text(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

int end_output(Product product, int status) {
    flush_output();
    if (g_output_failure == 0) return status;
    if (product == Product::files) return status;
    if (g_output_failure == EPIPE) {
        std::signal(SIGPIPE, SIG_DFL);
        std::raise(SIGPIPE);
    }
    tell_error("cannot write to standard output: " + std::generic_category().message(g_output_failure));
    return status == 0 ? 1 : status;
}

}  // namespace bouton::cli
