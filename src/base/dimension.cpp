// SPDX-License-Identifier: BSD-3-Clause
// Algebra of dimensions and their short names.
#include "base/dimension.hpp"

#include "base/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bouton::base {
namespace {

using Exponents = std::array<int, 7>;  // length, mass, time, current, temperature, amount, luminosity

Dimension make(const Exponents& exponents) {
    Dimension dimension;
    for (int base = 0; base < 7; ++base)
        dimension =
            dimension * Dimension::of(static_cast<Dimension::Base>(base), exponents[base] * Dimension::kOne);
    return dimension;
}

struct Named {
    const char* name;
    Dimension dimension;
};

const std::vector<Named>& named_dimensions() {
    static const std::vector<Named> table = {
        {"m", make({1, 0, 0, 0, 0, 0, 0})},     {"kg", make({0, 1, 0, 0, 0, 0, 0})},
        {"s", make({0, 0, 1, 0, 0, 0, 0})},     {"A", make({0, 0, 0, 1, 0, 0, 0})},
        {"K", make({0, 0, 0, 0, 1, 0, 0})},     {"mol", make({0, 0, 0, 0, 0, 1, 0})},
        {"cd", make({0, 0, 0, 0, 0, 0, 1})},    {"V", make({2, 1, -3, -1, 0, 0, 0})},
        {"S", make({-2, -1, 3, 2, 0, 0, 0})},   {"F", make({-2, -1, 4, 2, 0, 0, 0})},
        {"ohm", make({2, 1, -3, -2, 0, 0, 0})}, {"C", make({0, 0, 1, 1, 0, 0, 0})},
        {"Hz", make({0, 0, -1, 0, 0, 0, 0})},   {"N", make({1, 1, -2, 0, 0, 0, 0})},
        {"J", make({2, 1, -2, 0, 0, 0, 0})},    {"W", make({2, 1, -3, 0, 0, 0, 0})},
        {"Pa", make({-1, 1, -2, 0, 0, 0, 0})},  {"T", make({0, 1, -2, -1, 0, 0, 0})},
        {"Wb", make({2, 1, -2, -1, 0, 0, 0})},  {"H", make({2, 1, -2, -2, 0, 0, 0})},
    };
    return table;
}

std::string name_of(const Dimension& dimension) {
    for (const auto& named : named_dimensions())
        if (named.dimension == dimension) return named.name;
    return {};
}

/// A quotient or power of named ones, as modellers write it: "V/s", "S/m^2", "V^2", "V/s^(1/2)".
std::string compound_name(const Dimension& dimension) {
    using D = Dimension;
    const D second = D::of(D::time);
    struct Divisor {
        const char* text;
        Dimension dimension;
    };
    const Divisor divisors[] = {{"/s", second},
                                {"/m^2", D::of(D::length, 2 * D::kOne)},
                                {"/m^3", D::of(D::length, 3 * D::kOne)},
                                {"/m", D::of(D::length)},
                                {"/s^(1/2)", D::of(D::time, D::kOne / 2)}};
    for (const double exponent : {2.0, 3.0}) {
        if (const auto root = dimension.power(1 / exponent); root)
            if (const auto name = name_of(*root); !name.empty())
                return name + (exponent == 2.0 ? "^2" : "^3");
    }
    for (const auto& divisor : divisors)
        if (const auto name = name_of(dimension * divisor.dimension); !name.empty())
            return name + divisor.text;
    if (const auto name = name_of(D() / dimension); !name.empty()) return "1/" + name;
    return {};
}

std::int16_t saturate(int exponent) {
    using Limits = std::numeric_limits<std::int16_t>;
    return static_cast<std::int16_t>(std::clamp<int>(exponent, Limits::min(), Limits::max()));
}

std::string exponent_text(int sixtieths) {
    if (sixtieths == Dimension::kOne) return "";
    const int divisor = std::gcd(sixtieths, Dimension::kOne);
    const auto above = std::to_string(sixtieths / divisor);
    if (divisor == Dimension::kOne) return '^' + above;
    return "^(" + above + '/' + std::to_string(Dimension::kOne / divisor) + ')';
}

}  // namespace

Dimension Dimension::of(Base base, int exponent_sixtieths) {
    Dimension dimension;
    dimension.exponents_[base] = saturate(exponent_sixtieths);
    return dimension;
}

Dimension operator*(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t k = 0; k < 7; ++k) result.exponents_[k] = saturate(a.exponents_[k] + b.exponents_[k]);
    return result;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
    Dimension result;
    for (std::size_t k = 0; k < 7; ++k) result.exponents_[k] = saturate(a.exponents_[k] - b.exponents_[k]);
    return result;
}

std::optional<Dimension> Dimension::power(double exponent) const {
    Dimension result;
    for (std::size_t k = 0; k < 7; ++k) {
        if (exponents_[k] == 0) continue;
        const double product = exponents_[k] * exponent;
        const double whole = std::round(product);
        // A third is not exact in binary; what is off by more than rounding is no sixtieth.
        if (!(std::abs(product - whole) <= 1e-9 * std::max(1.0, std::abs(whole)))) return std::nullopt;
        if (std::abs(whole) > std::numeric_limits<std::int16_t>::max()) return std::nullopt;
        result.exponents_[k] = static_cast<std::int16_t>(whole);
    }
    return result;
}

std::string Dimension::to_string() const {
    if (is_dimensionless()) return "1";
    if (auto name = name_of(*this); !name.empty()) return name;
    if (auto name = compound_name(*this); !name.empty()) return name;
    static constexpr const char* symbols[] = {"m", "kg", "s", "A", "K", "mol", "cd"};
    static constexpr std::size_t order[] = {mass, length, time, current, temperature, amount, luminosity};
    std::string text;
    for (const std::size_t k : order) {
        if (exponents_[k] == 0) continue;
        if (!text.empty()) text += ' ';
        text += symbols[k] + exponent_text(exponents_[k]);
    }
    return text;
}

std::string in_base_units(double value, const Dimension& dimension) {
    const std::string number = shortest(value);
    return dimension.is_dimensionless() ? number : number + " " + dimension.to_string();
}

std::string Dimension::to_expression() const {
    static constexpr const char* names[] = {"metre",  "kilogram", "second", "amp",
                                            "kelvin", "mole",     "candela"};
    std::string text;
    for (std::size_t k = 0; k < exponents_.size(); ++k) {
        if (exponents_[k] == 0) continue;
        if (!text.empty()) text += '*';
        text += names[k];
        if (exponents_[k] == kOne) continue;
        const bool whole = exponents_[k] % kOne == 0;
        text += "**(" + std::to_string(whole ? exponents_[k] / kOne : exponents_[k]) +
                (whole ? ")" : "/" + std::to_string(kOne) + ")");
    }
    return text.empty() ? "1" : text;
}

}  // namespace bouton::base
