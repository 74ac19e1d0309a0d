// SPDX-License-Identifier: BSD-3-Clause
// CSV files of numbers with a header: source,target,w_nS. Whole columns are read at once, as doubles.
#pragma once

#include "base/dimension.hpp"
#include "document/context.hpp"
#include "document/tree.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouton::document {

class CsvFile {
public:
    std::vector<std::string> header;
    std::vector<std::vector<double>> columns;  ///< as many as in the header, all equally long

    std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
    /// The places of a row (from 0), of the header and of a name in it, for messages. A row costs a walk over the text.
    base::Span row_span(std::size_t row) const;
    base::Span header_span() const { return header_; }
    base::Span column_span(std::size_t column) const;

private:
    friend class CsvParser;
    std::shared_ptr<const base::SourceFile> file_;
    base::Span header_;  ///< one text for the places of all columns
    std::vector<std::pair<std::uint32_t, std::uint32_t>> column_places_;  ///< within that text
};

/// The file that the string `name` names. Reports a file that cannot be read and bad rows (the first ten).
std::optional<CsvFile> read_csv(const Context& context, const Node& name);

/// The column of a variable: NAME or NAME_unit. Without a unit the numbers are SI base units of whatever it is.
struct CsvColumn {
    std::size_t index = 0;
    std::optional<base::Unit> unit;
};
/// None or several such columns are no answer; `found` tells how many.
std::optional<CsvColumn> find_column(const CsvFile& file, std::string_view name, int* found = nullptr);

/// NAME and unit of a column of any name: the unit is what follows the last underscore, if it is one.
std::pair<std::string, std::optional<base::Unit>> split_header(const std::string& header);

/// The values of a column in SI base units.
std::shared_ptr<std::vector<double>> take_column(CsvFile& file, const CsvColumn& column);

}  // namespace bouton::document
