// SPDX-License-Identifier: BSD-3-Clause
// The progress line of a run: share done, speed, time left. Written on stderr if that is a terminal.
#pragma once

#include <chrono>
#include <string>

namespace bouton::cli {

/// "3.4 s", "2 min 5 s", "1 h 20 min", "120 ms".
std::string spell_seconds(double seconds);

class Progress {
public:
    explicit Progress(double duration_s);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    /// Simulated time reached. Cheap: writes at most ten times a second.
    void update(double t_s);
    /// Takes the line away.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    bool shown_;
    double duration_s_;
    Clock::time_point start_;
    Clock::time_point last_;
    bool written_ = false;
};

}  // namespace bouton::cli
