// SPDX-License-Identifier: BSD-3-Clause
// One diagnostic as text: place and message, the source line cut to a readable width, a caret with the hint.
// What the user wrote is shown as it is, except control characters and broken UTF-8, which are escaped.
#include "base/diagnostics.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace bouton::base {
namespace {

constexpr std::size_t kWidth = 100;  // characters of the source line that are shown at most
constexpr std::size_t kBefore = 40;  // of which so many stand before the caret of a long line
constexpr const char* kIndent = "  ";
constexpr const char* kCut = "...";

std::string hex_bytes(std::string_view bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += "\\x";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

/// A character of the source line: where it begins in the file and how it is shown.
struct Cell {
    std::size_t offset;
    std::string shown;
};

std::vector<Cell> cells_of(std::string_view text, std::size_t begin, std::size_t end) {
    std::vector<Cell> cells;
    while (begin < end) {
        const Utf8 character = decode_utf8(text, begin);
        const auto bytes = text.substr(begin, character.length);
        const bool plain = character.valid && (is_printable(character.code) || character.code == '\t');
        cells.push_back({begin, plain ? std::string(bytes) : hex_bytes(bytes)});
        begin += character.length;
    }
    return cells;
}

std::size_t width(const Cell& cell) { return cell.shown.front() == '\\' ? cell.shown.size() : 1; }

/// The bytes of the line near `at`: whole if it is short, else enough around `at` for the window that is shown.
struct Line {
    std::size_t begin;
    std::size_t end;
    bool cut_before = false;
    bool cut_after = false;
};

Line line_around(std::string_view text, std::size_t at) {
    constexpr std::size_t reach = 4 * kWidth;  // four bytes a character at most
    Line line{at, at};
    while (line.begin > 0 && text[line.begin - 1] != '\n') {
        if (at - line.begin >= reach && (static_cast<unsigned char>(text[line.begin]) & 0xC0u) != 0x80u) {
            line.cut_before = true;
            break;
        }
        --line.begin;
    }
    while (line.end < text.size() && text[line.end] != '\n') {
        if (line.end - at >= reach && (static_cast<unsigned char>(text[line.end]) & 0xC0u) != 0x80u) {
            line.cut_after = true;
            break;
        }
        ++line.end;
    }
    if (line.end > line.begin && line.end > at && text[line.end - 1] == '\r') --line.end;
    return line;
}

/// The source line and the caret line below it.
std::string excerpt(std::string_view text, std::size_t begin, std::size_t end, std::string_view hint) {
    const Line line = line_around(text, begin);
    const auto cells = cells_of(text, line.begin, line.end);
    const auto below = [](const Cell& cell, std::size_t offset) { return cell.offset < offset; };
    const auto caret =
        static_cast<std::size_t>(std::lower_bound(cells.begin(), cells.end(), begin, below) - cells.begin());
    const auto stop = static_cast<std::size_t>(
        std::lower_bound(cells.begin(), cells.end(), std::max(end, begin + 1), below) - cells.begin());

    const bool fits = cells.size() <= kWidth && !line.cut_before && !line.cut_after;
    const std::size_t first = fits || caret <= kBefore ? 0 : caret - kBefore;
    const std::size_t last = fits ? cells.size() : std::min(cells.size(), first + kWidth);

    std::string shown = kIndent;
    std::string marks = kIndent;
    if (first > 0 || line.cut_before) {
        shown += kCut;
        marks += "   ";
    }
    for (std::size_t k = first; k < last; ++k) {
        shown += cells[k].shown;
        if (k < caret)
            marks += cells[k].shown == "\t" ? std::string("\t") : std::string(width(cells[k]), ' ');
        if (k == caret) marks += '^' + std::string(width(cells[k]) - 1, '~');
        if (k > caret && k < stop) marks += std::string(width(cells[k]), '~');
    }
    if (caret >= last) marks += '^';
    if (last < cells.size() || line.cut_after) shown += kCut;
    if (!hint.empty()) marks += "  " + escape(hint);
    return shown + '\n' + marks + '\n';
}

/// A message at a place: `file:line:column: message`, and the excerpt.
std::string at_place(const Span& span, const std::string& message, std::string_view hint) {
    const auto& source = span.source;
    const std::string only_hint = hint.empty() ? "" : kIndent + escape(hint) + '\n';
    if (!source) return message + '\n' + only_hint;

    const SourceFile& file = *source->file;
    const auto begin = std::min<std::size_t>(source->file_offset(span.begin), file.text.size());
    const auto end = std::min<std::size_t>(source->file_offset(span.end), file.text.size());
    const Position place = position_of(file, static_cast<std::uint32_t>(begin));
    const std::string head = escape(file.name) + ':' + std::to_string(place.line) + ':' +
                             std::to_string(place.column) + ": " + message + '\n';
    if (file.text.empty()) return head + only_hint;  // a file that cannot be read has no line to show
    return head + excerpt(file.text, begin, end, hint);
}

}  // namespace

std::string escape(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8 character = decode_utf8(text, at);
        const auto bytes = text.substr(at, character.length);
        if (character.valid && is_printable(character.code)) {
            result += bytes;
        } else {
            result += hex_bytes(bytes);
        }
        at += character.length;
    }
    return result;
}

std::string render(const Diagnostic& diagnostic) {
    const std::string kind = diagnostic.severity == Severity::error ? "error" : "warning";
    std::string text = at_place(diagnostic.span,
                                kind + '[' + code_name(diagnostic.code) + "]: " + escape(diagnostic.message),
                                diagnostic.hint);
    if (diagnostic.used.source) text += at_place(diagnostic.used, "used here", {});
    return text;
}

}  // namespace bouton::base
