// SPDX-License-Identifier: BSD-3-Clause
// CSV: one pass over the text with from_chars, no stream and no string per cell. Blanks around cells, quotes
// around header names, CRLF, empty lines and a byte-order mark are accepted.
#include "document/csv.hpp"

#include "base/numbers.hpp"
#include "base/stop.hpp"
#include "document/fields.hpp"
#include "document/files.hpp"

#include <cmath>
#include <unordered_set>

namespace bouton::document {

using base::Code;

namespace {

constexpr int kMostReported = 10;  // bad rows of one file

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The line that begins at `at`, without its line break; `at` moves on to the next.
std::string_view next_line(std::string_view text, std::size_t& at) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    return line;
}

/// A span over one line, with a text of its own: the whole file is not copied for a message.
base::Span line_span(const std::shared_ptr<const base::SourceFile>& file, std::string_view line) {
    const auto begin = static_cast<std::uint32_t>(line.data() - file->text.data());
    const auto size =
        static_cast<std::uint32_t>(trim(line).empty() ? line.size() : line.find_last_not_of(" \t\r") + 1);
    std::vector<std::uint32_t> offsets;
    for (std::uint32_t k = 0; k <= size; ++k) offsets.push_back(begin + k);
    auto text = std::make_shared<const base::SourceText>(
        base::SourceText{file, std::string(line.substr(0, size)), std::move(offsets)});
    return {std::move(text), 0, size};
}

}  // namespace

class CsvParser {
public:
    CsvParser(const Context& context, std::shared_ptr<const base::SourceFile> file) : context_(context) {
        result_.file_ = std::move(file);
    }

    std::optional<CsvFile> run(const base::Span& named) {
        const std::string_view text = result_.file_->text;
        std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
        while (at < text.size() && result_.header.empty()) {
            const auto line = next_line(text, at);
            if (!trim(line).empty()) read_header(line);
        }
        if (result_.header.empty()) {
            context_.error(Code::E404, named,
                           in_quotes(result_.file_->name) + " is empty; a header is needed");
            return std::nullopt;
        }
        base::StopCheck stop(1 << 6);
        while (at < text.size() && bad_ < kMostReported) {
            stop.turn();
            const auto line = next_line(text, at);
            if (!trim(line).empty()) read_row(line);
        }
        if (bad_ > 0) return std::nullopt;
        return std::move(result_);
    }

private:
    void complain(std::string_view line, std::string_view part, Code code, std::string message) {
        ++bad_;
        base::Span span = line_span(result_.file_, line);
        if (!part.empty()) {
            span.begin = static_cast<std::uint32_t>(part.data() - line.data());
            span.end = span.begin + static_cast<std::uint32_t>(part.size());
        }
        context_.error(code, std::move(span), std::move(message));
    }

    void complain_of_column(std::string message) {
        ++bad_;
        context_.error(Code::E404, result_.column_span(result_.column_places_.size() - 1),
                       std::move(message));
    }

    void read_header(std::string_view line) {
        result_.header_ = line_span(result_.file_, line);
        std::unordered_set<std::string_view> names;
        for (std::size_t at = 0; at <= line.size();) {
            const auto end = std::min(line.find(',', at), line.size());
            auto name = trim(line.substr(at, end - at));
            if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
                name = name.substr(1, name.size() - 2);
            const auto place = name.empty() ? at : static_cast<std::size_t>(name.data() - line.data());
            result_.column_places_.emplace_back(place, place + name.size());
            if (name.empty())
                complain_of_column("a column of the header has no name");
            else if (!names.insert(name).second)
                complain_of_column("two columns are called " + in_quotes(name));
            result_.header.emplace_back(name);
            at = end + 1;
        }
        result_.columns.resize(result_.header.size());
    }

    void read_row(std::string_view line) {
        const std::size_t wanted = result_.header.size();
        std::size_t column = 0;
        for (std::size_t at = 0; at <= line.size(); ++column) {
            const auto end = std::min(line.find(',', at), line.size());
            if (column < wanted && !read_cell(line, trim(line.substr(at, end - at)), column)) return;
            at = end + 1;
        }
        if (column != wanted)
            complain(
                line, {}, Code::E404,
                "this row has " + std::to_string(column) + " cells, the header " + std::to_string(wanted));
    }

    bool read_cell(std::string_view line, std::string_view cell, std::size_t column) {
        const char* first = cell.data();
        const char* last = first + cell.size();
        if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') ++first;
        const auto [value, end, too_large] = base::parse_number(first, last);
        if (end != last || first == last) {
            complain(
                line, cell, Code::E404,
                cell.empty() ? "an empty cell; a number is needed" : in_quotes(cell) + " is not a number");
            return false;
        }
        if (too_large || !std::isfinite(value)) {
            complain(
                line, cell, Code::E407,
                in_quotes(cell) + (too_large ? " is too large for a number" : " is not a finite number"));
            return false;
        }
        result_.columns[column].push_back(value);
        return true;
    }

    const Context& context_;
    CsvFile result_;
    int bad_ = 0;
};

base::Span CsvFile::column_span(std::size_t column) const {
    const auto [begin, end] = column_places_[column];
    return {header_.source, begin, end};
}

base::Span CsvFile::row_span(std::size_t row) const {
    std::size_t at = 0;
    std::string_view line;
    for (std::size_t left = row + 2;
         left > 0 && at < file_->text.size();) {  // the header and `row` rows before it
        line = next_line(file_->text, at);
        if (!trim(line).empty()) --left;
    }
    return line_span(file_, line);
}

std::optional<CsvFile> read_csv(const Context& context, const Node& name) {
    const Text* text = as_text(context, name, "file");
    if (!text) return std::nullopt;
    const auto path = beside(context, text->source->text);
    std::string problem;
    auto content = read_file(path, problem, context.opened);
    if (!content) {
        context.error(Code::E301, name.span, "cannot read " + in_quotes(path.string()) + ": " + problem);
        return std::nullopt;
    }
    auto file = std::make_shared<const base::SourceFile>(path.string(), std::move(*content));
    return CsvParser(context, std::move(file)).run(name.span);
}

std::optional<CsvColumn> find_column(const CsvFile& file, std::string_view name, int* found) {
    std::optional<CsvColumn> column;
    int count = 0;
    for (std::size_t k = 0; k < file.header.size(); ++k) {
        const std::string_view header = file.header[k];
        if (header == name) {
            column = CsvColumn{k, std::nullopt};
            ++count;
        } else if (header.size() > name.size() + 1 && header.starts_with(name) &&
                   header[name.size()] == '_') {
            const auto unit = base::find_unit_in_field(header.substr(name.size() + 1));
            if (!unit) continue;
            column = CsvColumn{k, unit};
            ++count;
        }
    }
    if (found) *found = count;
    return count == 1 ? column : std::nullopt;
}

std::pair<std::string, std::optional<base::Unit>> split_header(const std::string& header) {
    const auto underscore = header.rfind('_');
    if (underscore == std::string::npos || underscore == 0) return {header, std::nullopt};
    const auto unit = base::find_unit_in_field(std::string_view(header).substr(underscore + 1));
    if (!unit) return {header, std::nullopt};
    return {header.substr(0, underscore), unit};
}

std::shared_ptr<std::vector<double>> take_column(CsvFile& file, const CsvColumn& column) {
    auto values = std::make_shared<std::vector<double>>(std::move(file.columns[column.index]));
    if (column.unit && column.unit->scale != 1.0)
        for (double& value : *values) value *= column.unit->scale;
    return values;
}

}  // namespace bouton::document
