// SPDX-License-Identifier: BSD-3-Clause
// TOML text to tree: toml++ parses; this file puts the tables back into the order of the file and turns lines and
// columns into offsets.
#include "document/toml_reader.hpp"

#include "document/literal.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace bouton::document {
namespace {

using base::Code;
using FilePtr = std::shared_ptr<const base::SourceFile>;

constexpr int kDeepest = 32;

/// From line and column (in characters) to an offset, at the cost of a binary search: a file may hold a million
/// values in one line.
class Lines {
public:
    explicit Lines(const std::string& text) : size_(text.size()) {
        for (std::size_t k = 0; k < text.size(); ++k) {
            if (text[k] == '\n') begins_.push_back(k + 1);
            if ((static_cast<unsigned char>(text[k]) & 0xC0u) == 0x80u) inner_.push_back(k);
        }
    }

    std::uint32_t offset(const toml::source_position& position) const {
        if (position.line == 0 || position.line > begins_.size()) return static_cast<std::uint32_t>(size_);
        const std::size_t begin = begins_[position.line - 1];
        const std::size_t end = position.line < begins_.size() ? begins_[position.line] - 1 : size_;
        const auto before = std::lower_bound(inner_.begin(), inner_.end(), begin) - inner_.begin();
        const std::size_t character = begin - static_cast<std::size_t>(before) + position.column - 1;
        return static_cast<std::uint32_t>(std::min(character + inner_before(character), end));
    }

private:
    /// How many inner bytes of characters stand before the character of that number.
    std::size_t inner_before(std::size_t character) const {
        std::size_t low = 0;
        for (std::size_t high = inner_.size(); low < high;) {
            const std::size_t middle = (low + high) / 2;
            if (inner_[middle] - middle <= character)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    std::size_t size_;
    std::vector<std::size_t> begins_{0};
    std::vector<std::size_t> inner_;  // offsets of all bytes that continue a UTF-8 character
};

/// Brings a parsed document into the form of the loader.
class Converter {
public:
    Converter(base::SourcePtr whole, base::Diagnostics& diagnostics)
        : whole_(std::move(whole)), lines_(whole_->text), diagnostics_(diagnostics) {}

    base::Span span(const toml::source_region& region) const {
        const auto begin = lines_.offset(region.begin);
        return {whole_, begin, std::max(begin, lines_.offset(region.end))};
    }

    Table table(const toml::table& source, int depth) {
        Table result;
        result.reserve(source.size());
        for (const auto& [key, value] : source)
            result.push_back({std::string(key.str()), span(key.source()), node(value, depth + 1)});
        std::stable_sort(result.begin(), result.end(),
                         [](const Entry& a, const Entry& b) { return a.key_span.begin < b.key_span.begin; });
        return result;
    }

    Node node(const toml::node& source, int depth) {
        Node result{span(source.source()), Date{}};
        if (depth > kDeepest) {
            if (!too_deep_)
                diagnostics_.error(Code::E302, result.span, "tables or lists are nested too deep");
            too_deep_ = true;
            return result;
        }
        if (const auto* value = source.as_boolean()) result.value = value->get();
        if (const auto* value = source.as_integer()) result.value = value->get();
        if (const auto* value = source.as_floating_point()) result.value = value->get();
        if (const auto* value = source.as_string())
            result.value = Text{decode_literal(whole_->file, result.span.begin, value->get())};
        if (const auto* value = source.as_array()) {
            Array items;
            items.reserve(value->size());
            for (const auto& item : *value) items.push_back(node(item, depth + 1));
            result.value = std::move(items);
        }
        if (const auto* value = source.as_table()) {
            result.span = header_span(result.span);
            result.value = table(*value, depth);
        }
        return result;
    }

private:
    /// The region of a table with a header reaches to its last key; the header alone is what to point at.
    base::Span header_span(base::Span region) const {
        const std::string& text = whole_->text;
        if (region.begin < text.size() && text[region.begin] == '{') return region;
        const auto line_end = std::min(text.find_first_of("\r\n", region.begin), text.size());
        region.end = std::min(region.end, static_cast<std::uint32_t>(line_end));
        return region;
    }

    base::SourcePtr whole_;
    Lines lines_;
    base::Diagnostics& diagnostics_;
    bool too_deep_ = false;
};

/// The first place where a dotted key has more than kDeepest parts; the TOML library would build (and later
/// destroy) one table inside the other for each part, as deep as the text is long.
std::optional<std::size_t> find_endless_key(std::string_view text) {
    int dots = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
            dots = 0;
        } else if (c == '"' || c == '\'') {
            const bool multi_line = text.substr(at, 3) == std::string(3, c);
            for (at += multi_line ? 3 : 1; at < text.size(); ++at) {
                if (text[at] == '\\' && c == '"')
                    ++at;
                else if (text[at] == c && (!multi_line || text.substr(at, 3) == std::string(3, c)))
                    break;
                else if (text[at] == '\n' && !multi_line)
                    break;
            }
            if (multi_line) at += 2;
        } else if (c == '.') {
            if (++dots > kDeepest) return at;
        } else if (c == '=' || c == ',' || c == '{' || c == '[' || c == '\n') {
            dots = 0;
        }
    }
    return std::nullopt;
}

std::optional<toml::table> parse(const base::SourcePtr& whole, base::Diagnostics& diagnostics) {
    const std::string& text = whole->text;
    if (const auto at = find_endless_key(text)) {
        const auto offset = static_cast<std::uint32_t>(*at);
        diagnostics.error(Code::E302, {whole, offset, offset + 1}, "a dotted key has too many parts");
        return std::nullopt;
    }
    try {
        return toml::parse(std::string_view(text));
    } catch (const toml::parse_error& error) {
        const auto begin = Lines(text).offset(error.source().begin);
        std::string_view reason = error.description();
        if (reason.starts_with("Error ")) reason.remove_prefix(6);
        diagnostics.error(Code::E302, {whole, begin, begin + 1}, "this is not TOML: " + std::string(reason));
    }
    return std::nullopt;
}

}  // namespace

std::optional<Table> read_toml(std::string name, std::string text, base::Diagnostics& diagnostics) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    const auto whole = base::make_source(std::move(name), std::move(text));
    const auto parsed = parse(whole, diagnostics);
    if (!parsed) return std::nullopt;
    const auto errors = diagnostics.error_count();
    Table result = Converter(whole, diagnostics).table(*parsed, 0);
    if (diagnostics.error_count() > errors) return std::nullopt;
    return result;
}

Node read_set_value(const FilePtr& file, std::uint32_t begin) {
    const std::string_view value = std::string_view(file->text).substr(begin);
    // The same offsets as in the argument: `v =VALUE` with the path blanked out.
    const std::string document = "v" + std::string(begin - 2, ' ') + "=" + std::string(value);
    base::Diagnostics ignored;
    const auto whole = base::make_source(file->name, document);
    if (const auto parsed = parse(whole, ignored); parsed && parsed->size() == 1 && parsed->contains("v")) {
        const auto original = std::make_shared<const base::SourceText>(base::SourceText{file, document, {}});
        Node node = Converter(original, ignored).node(*parsed->get("v"), 0);
        if (!ignored.has_errors()) return node;
    }
    std::vector<std::uint32_t> offsets;
    for (std::uint32_t k = begin; k <= file->text.size(); ++k) offsets.push_back(k);
    auto text = std::make_shared<const base::SourceText>(
        base::SourceText{file, std::string(value), std::move(offsets)});
    const base::Span span{text, 0, static_cast<std::uint32_t>(value.size())};
    return {span, Text{std::move(text)}};
}

}  // namespace bouton::document
