// SPDX-License-Identifier: BSD-3-Clause
// Spelling of numbers, names and comments in generated C++.
#include "codegen/emit/spelling.hpp"

#include "kernel/bouton_math.h"

#include <charconv>
#include <cmath>

namespace bouton::codegen {
namespace {

constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestComment = 160;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string in_brackets(std::string text) { return text[0] == '-' ? "(" + text + ")" : text; }

template <class T>
std::string floating(T number, const char* type, const char* suffix) {
    if (std::isnan(number)) return std::string("bn::not_a_number<") + type + ">()";
    if (std::isinf(number))
        return std::string(number < 0 ? "(-" : "") + "bn::infinity<" + type + ">()" + (number < 0 ? ")" : "");
    char buffer[64];
    std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return in_brackets(text + suffix);
}

std::string integer(double number) {
    const std::int64_t value = bn::to_int(number);
    if (value == INT64_MIN) return "INT64_MIN";
    return "int64_t(" + std::to_string(value) + ")";
}

}  // namespace

std::string literal(double number, Type type, Precision precision) {
    switch (type) {
        case Type::real:
            return precision == Precision::f32 ? floating(static_cast<float>(number), "real", "f")
                                               : floating(number, "real", "");
        case Type::f64: return floating(number, "double", "");
        case Type::integer: return integer(number);
        case Type::boolean: return number != 0.0 ? "true" : "false";
    }
    return {};
}

std::string mangle(char kind, std::uint32_t number, std::string_view name) {
    std::string text = kind + std::to_string(number) + "_";
    for (const char c : name.substr(0, kLongestName)) text += is_name_character(c) ? c : '_';
    return text;
}

std::string mangle(char kind, std::uint32_t number, const Name& name) {
    const std::string text = name.to_string();
    const bool is_users = name.role() == Role::user || name.role() == Role::constant;
    if (is_users) return mangle(kind, number, std::string_view(text));
    const std::string own = mangle(kind, number, std::string_view(text).substr(1));
    return own.substr(0, own.find('_')) + "own" + own.substr(own.find('_'));
}

std::string comment(std::string_view text) {
    std::string line;
    for (const char c : text.substr(0, kLongestComment)) {
        const bool plain = c >= ' ' && c <= '~' && c != '\\';
        if (c == '?' && !line.empty() && line.back() == '?') line += ' ';
        if (c == '/' && !line.empty() && line.back() == '*') line += ' ';
        line += c == '\t' ? ' ' : plain ? c : '.';
    }
    return line;
}

const char* cpp_type(Type type) {
    switch (type) {
        case Type::real: return "real";
        case Type::f64: return "double";
        case Type::integer: return "int64_t";
        case Type::boolean: return "bool";
    }
    return "";
}

const char* cpp_type(Stored stored) {
    switch (stored) {
        case Stored::real: return "real";
        case Stored::f64: return "double";
        case Stored::i64: return "int64_t";
        case Stored::i32: return "int32_t";
        case Stored::u32: return "uint32_t";
        case Stored::u16: return "uint16_t";
        case Stored::u8: return "uint8_t";
    }
    return "";
}

}  // namespace bouton::codegen
