// SPDX-License-Identifier: BSD-3-Clause
// A program run with a list of arguments, never through a shell, and watched while it runs: it may print without end,
// hang, or leave processes behind, and the caller may want to stop.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace bouton::runtime {

struct ProgramRun {
    std::vector<std::string> argv;       ///< argv[0] is a path
    std::filesystem::path temporary;     ///< the program's temporary files go here
    double limit_s = 0.0;                ///< real seconds after which it is ended; 0: none
    std::function<bool()> is_cancelled;  ///< asked many times a second, true ends the program; may be empty
};

struct ProgramEnd {
    enum class How {
        exited,       ///< `number` is the exit status
        signalled,    ///< `number` is the signal
        not_started,  ///< `number` is errno
        timed_out,
        cancelled,
        unknown,  ///< it ended, but the process that hosts this library lets the system forget how
    };
    How how = How::not_started;
    int number = 0;
    std::string output;  ///< the last 16 KiB or so of its standard output and error

    bool succeeded() const { return how == How::exited && number == 0; }
};

/// Runs the program and waits for its end. Its input is empty, its messages are in English, no descriptor and no
/// signal setting of ours reaches it. It has a process group of its own, so that a Ctrl-C at the terminal does not
/// reach it; whatever is left of the group when run_program returns is killed. Threads may run programs side by side.
ProgramEnd run_program(const ProgramRun& run);

}  // namespace bouton::runtime
