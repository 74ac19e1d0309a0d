// SPDX-License-Identifier: BSD-3-Clause
// The progress line of a run or a training: share done, speed, time left. Written on stderr if that is a terminal.
#pragma once

#include <string>

namespace bouton::cli {

/// "3.4 s", "2 min 5 s", "1 h 20 min", "120 ms".
std::string spell_seconds(double seconds);

class Progress {
public:
    Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    /// Simulated time and its share of the whole, and the real time that it took.
    void show(double t_s, double share, double real_s);
    /// The share done, what there is to say, and the time left after so much real time.
    void show(double share, const std::string& text, double real_s);
    /// Takes the line away.
    void clear();

private:
    bool terminal_;
    bool written_ = false;
};

}  // namespace bouton::cli
