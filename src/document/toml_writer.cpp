// SPDX-License-Identifier: BSD-3-Clause
// Tree to TOML text: plain values first, then tables with their headers, in the order of the file.
#include "document/toml_writer.hpp"

#include "document/given_arrays.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bouton::document {
namespace {

bool is_bare(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

std::string quoted(std::string_view text, bool multi_line) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result = multi_line ? "\"\"\"\n" : "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if ((byte < 0x20u && !(c == '\n' && multi_line) && c != '\t') || byte == 0x7Fu) {
            result += "\\u00";
            result += digits[byte >> 4];
            result += digits[byte & 15u];
        } else {
            result += c;
        }
    }
    return result + (multi_line ? "\"\"\"" : "\"");
}

std::string key_text(const std::string& key) { return is_bare(key) ? key : quoted(key, false); }

std::string number_text(double value) {
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    // TOML takes a number without point and exponent for an integer.
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string inline_value(const Node& node);

std::string inline_table(const Table& table) {
    std::string text = "{";
    for (const Entry& entry : table)
        text += (text.size() > 1 ? ", " : " ") + key_text(entry.key) + " = " + inline_value(entry.node);
    return text + (table.empty() ? "}" : " }");
}

std::string inline_array(const Array& array) {
    std::string text = "[";
    for (const Node& item : array) text += (text.size() > 1 ? ", " : "") + inline_value(item);
    return text + "]";
}

std::string inline_value(const Node& node) {
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return std::to_string(*integer);
    if (const auto* number = std::get_if<double>(&node.value)) return number_text(*number);
    if (const auto* text = std::get_if<Text>(&node.value)) return quoted(text->source->text, false);
    if (const auto* array = std::get_if<Array>(&node.value)) return inline_array(*array);
    if (const auto* table = std::get_if<Table>(&node.value)) return inline_table(*table);
    if (const auto* numbers = std::get_if<Numbers>(&node.value)) return given_array_text(*numbers);
    return quoted(node.span.text(), false);  // a date, which no field accepts
}

bool is_table_list(const Node& node) {
    const auto* array = std::get_if<Array>(&node.value);
    return array && !array->empty() && std::all_of(array->begin(), array->end(), [](const Node& item) {
               return std::holds_alternative<Table>(item.value);
           });
}

void write_table(const Table& table, const std::string& path, int depth, std::string& text) {
    const auto is_section = [&](const Node& node) {
        return (depth < 2 && std::holds_alternative<Table>(node.value)) ||
               (depth == 0 && is_table_list(node));
    };
    for (const Entry& entry : table) {
        if (is_section(entry.node)) continue;
        const auto* string = std::get_if<Text>(&entry.node.value);
        const bool multi_line = string && string->source->text.find('\n') != std::string::npos;
        text += key_text(entry.key) + " = ";
        text += (multi_line ? quoted(string->source->text, true) : inline_value(entry.node)) + "\n";
    }
    for (const Entry& entry : table) {
        if (!is_section(entry.node)) continue;
        const std::string name = path + key_text(entry.key);
        if (const auto* inner = std::get_if<Table>(&entry.node.value)) {
            const bool only_sections = !inner->empty() && depth == 0 &&
                                       std::all_of(inner->begin(), inner->end(), [](const Entry& e) {
                                           return std::holds_alternative<Table>(e.node.value);
                                       });
            if (!only_sections) text += "\n[" + name + "]\n";
            write_table(*inner, name + ".", depth + 1, text);
        } else {
            for (const Node& item : std::get<Array>(entry.node.value)) {
                text += "\n[[" + name + "]]\n";
                write_table(std::get<Table>(item.value), name + ".", 2, text);
            }
        }
    }
}

}  // namespace

std::string write_toml(const Table& document) {
    std::string text;
    write_table(document, "", 0, text);
    if (text.starts_with('\n')) text.erase(0, 1);
    return text;
}

}  // namespace bouton::document
