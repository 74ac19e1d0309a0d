// SPDX-License-Identifier: BSD-3-Clause
// std::from_chars does not say whether a number out of range is too large or too small; its decimal exponent does.
#include "base/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace bouton::base {
namespace {

/// Whether a number that no double holds is below 1: the place of its first digit other than 0 decides.
bool is_below_one(std::string_view number) {
    const auto exponent_at = std::min(number.find_first_of("eE"), number.size());
    const auto digits = number.substr(0, exponent_at);
    const auto point = std::min(digits.find('.'), digits.size());
    const auto first = std::min(digits.find_first_of("123456789"), digits.size());
    std::string_view exponent = number.substr(std::min(exponent_at + 1, number.size()));
    const bool negative = exponent.starts_with('-');
    if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
    long long power = 0;
    const char* last = exponent.data() + exponent.size();
    if (std::from_chars(exponent.data(), last, power).ec == std::errc::result_out_of_range) return negative;
    const auto place = static_cast<long long>(point) - static_cast<long long>(first);
    return place + (negative ? -power : power) <= 0;
}

}  // namespace

std::string shortest(double number) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

ParsedNumber parse_number(const char* first, const char* last) {
    ParsedNumber parsed;
    const auto [end, failed] = std::from_chars(first, last, parsed.value);
    parsed.end = end;
    if (failed == std::errc::invalid_argument) parsed.end = first;
    if (failed != std::errc::result_out_of_range) return parsed;
    const bool negative = *first == '-';
    const std::string_view digits(first + negative, static_cast<std::size_t>(end - first) - negative);
    parsed.too_large = !is_below_one(digits);
    parsed.value = negative ? -0.0 : 0.0;
    return parsed;
}

}  // namespace bouton::base
