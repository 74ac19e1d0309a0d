// SPDX-License-Identifier: BSD-3-Clause
// Texts and places in them. A model text often stands inside a TOML string: SourceText keeps the way back
// from an offset in the decoded text to the offset in the file, so that a diagnostic points into the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouton::base {

/// A file as the user knows it: the name to show and the whole text. Neither changes later, since places are looked up
/// in an index over the text that the constructor makes.
struct SourceFile {
    SourceFile(std::string shown_name, std::string whole_text);

    std::string name;
    std::string text;
    std::vector<std::uint32_t> breaks_before;  ///< line breaks before each kBlock bytes of the text
    static constexpr std::size_t kBlock = 4096;
};

/// A text to parse. `offsets` maps each offset of `text` (and its end) to an offset of `file->text`; empty means
/// that the two are the same text. Immutable and shared by every span into it.
struct SourceText {
    std::shared_ptr<const SourceFile> file;
    std::string text;
    std::vector<std::uint32_t> offsets;

    /// Offset in the file of an offset in `text`; past the end gives the end.
    std::uint32_t file_offset(std::uint32_t offset) const;
};
using SourcePtr = std::shared_ptr<const SourceText>;

/// A text that is a file of its own, as tests and command-line values use it.
SourcePtr make_source(std::string name, std::string text);

/// Half-open range of bytes in a source; `source` may be null where a thing has no text (defaults).
struct Span {
    SourcePtr source;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    std::string_view text() const;
};

/// Smallest span that covers both; they must lie in the same source.
Span join(const Span& first, const Span& last);

/// Line and column, both from 1, columns in UTF-8 characters.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};
/// Costs the length of the line, whatever the length of the file.
Position position_of(const SourceFile& file, std::uint32_t offset);
/// The line alone, at the cost of a few thousand bytes.
std::uint32_t line_of(const SourceFile& file, std::uint32_t offset);

}  // namespace bouton::base
