// SPDX-License-Identifier: BSD-3-Clause
// A TOML document as the loader sees it: values with their place in the file, tables in the order of the file,
// strings as texts from which every offset leads back to the file.
#pragma once

#include "base/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bouton::document {

struct Node;
struct Entry;

/// A date or a time: TOML has them, bouton has no use for them.
struct Date {};
/// The decoded text of a string; its offsets point behind the quotes in the file.
struct Text {
    base::SourcePtr source;
};
/// Numbers as they lie in memory, which no text holds: whole ones, or any with one axis or two.
struct GivenArray {
    std::shared_ptr<const std::vector<double>> values;
    std::shared_ptr<const std::vector<std::int32_t>> whole;  ///< instead of `values`
    std::size_t columns = 0;                                 ///< 0: one axis
};
struct Numbers {
    GivenArray array;
    std::size_t number = 0;  ///< among the arrays that the document was given
};
using Array = std::vector<Node>;
using Table = std::vector<Entry>;  // in the order of the file; keys are unique

struct Node {
    base::Span span;  ///< of the value; of a table with a header, the header
    std::variant<Date, bool, std::int64_t, double, Text, Array, Table, Numbers> value;
};

struct Entry {
    std::string key;
    base::Span key_span;
    Node node;
};

/// Null where there is none; constant where the table is.
template <class Entries>
auto find_entry(Entries& table, std::string_view key) -> decltype(table.data()) {
    for (auto& entry : table)
        if (entry.key == key) return &entry;
    return nullptr;
}

/// Where a text begins and ends, as a span into the text itself, so that a slip inside it can be pointed at.
inline base::Span content_span(const Text& text) {
    return {text.source, 0, static_cast<std::uint32_t>(text.source->text.size())};
}

}  // namespace bouton::document
