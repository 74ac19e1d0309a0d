// SPDX-License-Identifier: BSD-3-Clause
// Physical dimensions as exponents of the seven SI base units, and the table of units. Exponents are rational
// (sixtieths), so that sqrt(second) and the like are exact.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouton::base {

class Dimension {
public:
    static constexpr int kOne = 60;  ///< the stored value of exponent 1
    enum Base { length, mass, time, current, temperature, amount, luminosity };

    constexpr Dimension() = default;
    static Dimension of(Base base, int exponent_sixtieths = kOne);

    bool is_dimensionless() const { return *this == Dimension(); }
    friend bool operator==(const Dimension&, const Dimension&) = default;
    friend Dimension operator*(const Dimension& a, const Dimension& b);
    friend Dimension operator/(const Dimension& a, const Dimension& b);
    /// The dimension to a power; nothing if the exponents are not sixtieths of whole numbers or overflow.
    std::optional<Dimension> power(double exponent) const;

    /// Short name as the field writes it: "V", "S", "1", "Hz" for 1/s, else a product such as "kg m^2 s^-3".
    std::string to_string() const;
    /// 1 in SI base units of this dimension, as the model language writes it: "kilogram*metre**2*second**-3*amp**-1".
    std::string to_expression() const;

private:
    std::array<std::int16_t, 7> exponents_{};
};

/// A number in SI base units for messages: "0.01 s", "1.5".
std::string in_base_units(double value, const Dimension& dimension);

/// A unit: its dimension and its size in SI base units.
struct Unit {
    Dimension dimension;
    double scale = 1.0;
};

/// Brian2's unit names, as equations and expressions use them: full names with any SI prefix (second, mvolt,
/// usiemens, ...), the customary short ones (ms, mV, nS, pA, Hz, kHz, Mohm, um, cm2, ...), powers 2 and 3 of
/// lengths and of full names (metre2). Bare one-letter symbols are never units here.
std::optional<Unit> find_unit(std::string_view name);

/// As find_unit, and also the bare SI symbols s V A S F W N J K C m g Hz ... for fields that hold one value.
std::optional<Unit> find_unit_in_field(std::string_view name);

/// All names find_unit knows, for hints.
const std::vector<std::string>& unit_names();

}  // namespace bouton::base
