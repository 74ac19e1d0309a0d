// SPDX-License-Identifier: BSD-3-Clause
// The keys of one table, each asked for by name. What is asked for is what is known: finish() refuses the rest,
// so a reader asks for every key it understands, whether it needs it or not.
#pragma once

#include "document/context.hpp"
#include "document/tree.hpp"

#include <optional>

namespace bouton::document {

class Fields {
public:
    /// `where` is what a missing key is complained at; `what` names the table ("[neurons.cells]").
    Fields(const Context& context, const Table& table, base::Span where, std::string what)
        : context_(context), table_(table), where_(std::move(where)), what_(std::move(what)) {}

    /// Null where the key is not there.
    const Node* find(std::string_view key);
    /// As find, but complains; `example` is a line the user may copy.
    const Node* need(std::string_view key, const std::string& example);
    /// The entries that nobody asked for so far; they count as known then.
    std::vector<const Entry*> rest();
    /// Reports every key nobody asked for, and says whether there was none.
    bool finish() const;

    base::Span key_span(std::string_view key) const;
    const base::Span& where() const { return where_; }
    const std::string& what() const { return what_; }

private:
    const Context& context_;
    const Table& table_;
    base::Span where_;
    std::string what_;
    std::vector<std::string> known_;
};

/// The value, if it is of that kind; else a complaint that `key` is of the wrong kind.
const Table* as_table(const Context& context, const Node& node, std::string_view key,
                      const std::string& example = {});
const Array* as_array(const Context& context, const Node& node, std::string_view key,
                      const std::string& example = {});
const Text* as_text(const Context& context, const Node& node, std::string_view key);
std::optional<bool> as_bool(const Context& context, const Node& node, std::string_view key);
/// A whole number within the bounds, both allowed.
std::optional<std::int64_t> as_integer(const Context& context, const Node& node, std::string_view key,
                                       std::int64_t low, std::int64_t high);

/// A whole or decimal number as it stands; nothing for any other kind. Complains about nothing.
std::optional<double> plain_number(const Node& node);

/// "a string", "a list", ... for messages.
const char* kind_of(const Node& node);
/// [A-Za-z_][A-Za-z0-9_]*
bool is_identifier(std::string_view name);

}  // namespace bouton::document
