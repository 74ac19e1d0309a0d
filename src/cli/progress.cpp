// SPDX-License-Identifier: BSD-3-Clause
#include "cli/progress.hpp"

#include "cli/standard_streams.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

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
    if (seconds < 1e-5) return fmt::format("{:.3g} us", seconds * 1e6);
    if (seconds < 0.9995) return fmt::format("{:.3g} ms", seconds * 1e3);  // else it would be 1e+03 ms
    if (seconds < 60.0) return fmt::format("{:.3g} s", seconds);
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0) {}

void Progress::show(double t_s, double share, double real_s) {
    const std::string rate = real_s > 0.0 ? fmt::format("{:.3g}", t_s / real_s) : "?";
    show(share, fmt::format("{}, {} x real time", spell_seconds(t_s), rate), real_s);
}

void Progress::show(double share, const std::string& text, double real_s) {
    if (!terminal_) return;
    std::string left = "?";
    if (share > 0.0) left = spell_seconds(std::round(real_s * (1.0 - share) / share));
    print_error_text(
        fmt::format("\r\033[K{:3.0f} % [{}] {}, {} left", 100.0 * share, bar(share), text, left));
    written_ = true;
}

void Progress::clear() {
    if (!written_) return;
    print_error_text("\r\033[K");
    written_ = false;
}

}  // namespace bouton::cli
