// SPDX-License-Identifier: BSD-3-Clause
// Places in texts: from decoded text to file, from offset to line and column.
#include "base/source.hpp"

#include <algorithm>

namespace bouton::base {

std::uint32_t SourceText::file_offset(std::uint32_t offset) const {
    if (offsets.empty()) return std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(text.size()));
    return offsets[std::min<std::size_t>(offset, offsets.size() - 1)];
}

SourcePtr make_source(std::string name, std::string text) {
    auto file = std::make_shared<const SourceFile>(SourceFile{std::move(name), text});
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

Position position_of(const SourceFile& file, std::uint32_t offset) {
    Position position;
    const auto stop = std::min<std::size_t>(offset, file.text.size());
    for (std::size_t k = 0; k < stop; ++k) {
        const auto byte = static_cast<unsigned char>(file.text[k]);
        if (byte == '\n') {
            ++position.line;
            position.column = 1;
        } else if ((byte & 0xC0u) != 0x80u) {
            ++position.column;
        }
    }
    return position;
}

}  // namespace bouton::base
