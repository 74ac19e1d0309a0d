// SPDX-License-Identifier: BSD-3-Clause
#include "cli/text_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouton::cli {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        const auto last = line.find_last_not_of(" \t\r");
        lines.push_back(last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    const auto first = std::find_if(lines.begin(), lines.end(), [](auto line) { return !line.empty(); });
    lines.erase(lines.begin(), first);
    return lines;
}

}  // namespace

std::string indent(std::string_view text, std::string_view margin) {
    const auto lines = lines_of(text);
    std::size_t common = std::string_view::npos;
    for (const auto line : lines) {
        if (!line.empty()) common = std::min(common, line.find_first_not_of(" \t"));
    }
    std::string result;
    for (const auto line : lines) {
        if (line.empty()) {
            result += '\n';
        } else {
            result += fmt::format("{}{}\n", margin, line.substr(common));
        }
    }
    return result;
}

std::string columns(const std::vector<std::vector<std::string>>& rows, std::string_view margin) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
    }
    std::string result;
    for (const auto& row : rows) {
        std::string line(margin);
        for (std::size_t k = 0; k < row.size(); ++k) line += fmt::format("{:<{}}  ", row[k], widths[k]);
        line.resize(line.find_last_not_of(' ') + 1);
        result += line + '\n';
    }
    return result;
}

std::string spell_count(double count) {
    std::string digits = fmt::format("{:.0f}", count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

}  // namespace bouton::cli
