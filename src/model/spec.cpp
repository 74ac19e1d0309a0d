// SPDX-License-Identifier: BSD-3-Clause
// What a declaration says, in words.
#include "model/spec.hpp"

namespace bouton::model {
namespace {

/// As the model's author wrote it, without the quotes.
std::string written(const Value& bound) {
    auto text = std::string(bound.span.text());
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\''))
        text = text.substr(1, text.size() - 2);
    return text;
}

}  // namespace

std::string range_in_words(const Declaration& declaration) {
    const bool whole = declaration.unit_text == "integer";
    const auto& low = declaration.low;
    const auto& high = declaration.high;
    std::string text = whole ? "a whole number" : "";
    if (!low && !high) return text;
    if (whole) text += ", ";
    if (low && high && !declaration.low_excluded)
        return text + "from " + written(*low) + " to " + written(*high);
    if (low) text += (declaration.low_excluded ? "above " : "at least ") + written(*low);
    if (high) text += (low ? std::string(" and ") : std::string()) + "at most " + written(*high);
    return text;
}

}  // namespace bouton::model
