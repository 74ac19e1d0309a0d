// SPDX-License-Identifier: BSD-3-Clause
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bouton::cli {
namespace {

constexpr int kBarWidth = 30;

std::string bar(double share) {
    const int full = std::clamp(static_cast<int>(share * kBarWidth), 0, kBarWidth);
    std::string text(static_cast<std::size_t>(full), '=');
    if (full < kBarWidth) text += '>';
    text.resize(kBarWidth, ' ');
    return text;
}

}  // namespace

std::string spell_seconds(double seconds) {
    if (seconds <= 0.0) return "0 s";
    if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
    if (seconds < 1.0) return fmt::format("{:.3g} ms", seconds * 1e3);
    if (seconds < 60.0) return fmt::format("{:.3g} s", seconds);
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(double duration_s)
    : shown_(isatty(STDERR_FILENO) != 0), duration_s_(duration_s), start_(Clock::now()), last_(start_) {}

void Progress::update(double t_s) {
    if (!shown_) return;
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const double rate = t_s / elapsed;
    std::string left = "?";
    if (rate > 0.0) left = spell_seconds(std::max(0.0, std::round((duration_s_ - t_s) / rate)));
    const double share = duration_s_ > 0.0 ? t_s / duration_s_ : 1.0;
    fmt::print(stderr, "\r\033[K{:3.0f} % [{}] {} of {}, {:.3g} x real time, {} left", 100.0 * share,
               bar(share), spell_seconds(t_s), spell_seconds(duration_s_), rate, left);
    std::fflush(stderr);
    written_ = true;
}

void Progress::clear() {
    if (!written_) return;
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    written_ = false;
}

}  // namespace bouton::cli
