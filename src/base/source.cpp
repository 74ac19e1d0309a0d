// SPDX-License-Identifier: BSD-3-Clause
// Places in texts: from decoded text to file, from offset to line and column.
#include "base/source.hpp"

#include <algorithm>

namespace bouton::base {

SourceFile::SourceFile(std::string shown_name, std::string whole_text)
    : name(std::move(shown_name)), text(std::move(whole_text)) {
    std::uint32_t breaks = 0;
    for (std::size_t begin = 0; begin <= text.size(); begin += kBlock) {
        breaks_before.push_back(breaks);
        const auto block = std::string_view(text).substr(begin, kBlock);
        breaks += static_cast<std::uint32_t>(std::count(block.begin(), block.end(), '\n'));
    }
}

std::uint32_t SourceText::file_offset(std::uint32_t offset) const {
    if (offsets.empty()) return std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(text.size()));
    return offsets[std::min<std::size_t>(offset, offsets.size() - 1)];
}

SourcePtr make_source(std::string name, std::string text) {
    auto file = std::make_shared<const SourceFile>(std::move(name), text);
    return std::make_shared<const SourceText>(SourceText{std::move(file), std::move(text), {}});
}

std::string_view Span::text() const {
    if (!source) return {};
    const auto size = static_cast<std::uint32_t>(source->text.size());
    const auto first = std::min(begin, size);
    return std::string_view(source->text).substr(first, std::min(end, size) - std::min(first, end));
}

Span join(const Span& first, const Span& last) {
    if (!first.source) return last;
    if (!last.source) return first;
    return {first.source, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

std::uint32_t line_of(const SourceFile& file, std::uint32_t offset) {
    const std::string_view text = file.text;
    const auto stop = std::min<std::size_t>(offset, text.size());
    const std::size_t block = stop / SourceFile::kBlock;
    const auto rest = text.substr(block * SourceFile::kBlock, stop % SourceFile::kBlock);
    return 1 + file.breaks_before[block] +
           static_cast<std::uint32_t>(std::count(rest.begin(), rest.end(), '\n'));
}

Position position_of(const SourceFile& file, std::uint32_t offset) {
    const std::string_view before = std::string_view(file.text).substr(0, offset);
    const auto line_break = before.rfind('\n');
    const auto line = before.substr(line_break == std::string_view::npos ? 0 : line_break + 1);
    const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;  // not a later byte of a character
    });
    return {line_of(file, offset), 1 + static_cast<std::uint32_t>(characters)};
}

}  // namespace bouton::base
