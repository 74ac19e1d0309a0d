// SPDX-License-Identifier: BSD-3-Clause
// The table of units: sizes, dimensions, which names are units and which are not.
#include "base/dimension.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace bouton::base {
namespace {

TEST(Units, ScaleAndDimension) {
    const struct {
        const char* name;
        double scale;
        const char* dimension;
    } cases[] = {
        {"second", 1, "s"},         {"msecond", 1e-3, "s"},    {"ms", 1e-3, "s"},
        {"us", 1e-6, "s"},          {"volt", 1, "V"},          {"mV", 1e-3, "V"},
        {"uvolt", 1e-6, "V"},       {"nA", 1e-9, "A"},         {"pamp", 1e-12, "A"},
        {"ampere", 1, "A"},         {"nS", 1e-9, "S"},         {"usiemens", 1e-6, "S"},
        {"pF", 1e-12, "F"},         {"Mohm", 1e6, "ohm"},      {"kohm", 1e3, "ohm"},
        {"Gohm", 1e9, "ohm"},       {"Hz", 1, "Hz"},           {"kHz", 1e3, "Hz"},
        {"becquerel", 1, "Hz"},     {"metre", 1, "m"},         {"meter", 1, "m"},
        {"cm2", 1e-4, "m^2"},       {"um2", 1e-12, "m^2"},     {"mmetre3", 1e-9, "m^3"},
        {"metre2", 1, "m^2"},       {"umeter2", 1e-12, "m^2"}, {"gram", 1e-3, "kg"},
        {"kgram", 1, "kg"},         {"kilogram", 1, "kg"},     {"mgramme", 1e-6, "kg"},
        {"liter", 1e-3, "m^3"},     {"mlitre", 1e-6, "m^3"},   {"molar", 1e3, "mol/m^3"},
        {"mM", 1, "mol/m^3"},       {"uM", 1e-3, "mol/m^3"},   {"kelvin", 1, "K"},
        {"mole", 1, "mol"},         {"radian", 1, "1"},        {"msteradian", 1e-3, "1"},
        {"coulomb", 1, "C"},        {"dasecond", 10, "s"},     {"Ysecond", 1e24, "s"},
        {"ysecond3", 1e-72, "s^3"}, {"candela", 1, "cd"},      {"lumen", 1, "cd"},
        {"lux", 1, "cd/m^2"},       {"katal", 1, "mol/s"},     {"gray", 1, "m^2 s^-2"},
        {"henry", 1, "H"},          {"tesla", 1, "T"},         {"weber", 1, "Wb"},
        {"hpascal", 100, "Pa"},     {"watt", 1, "W"},          {"kjoule", 1000, "J"},
    };
    for (const auto& c : cases) {
        const auto unit = find_unit(c.name);
        ASSERT_TRUE(unit.has_value()) << c.name;
        EXPECT_EQ(unit->scale, c.scale) << c.name;
        EXPECT_EQ(unit->dimension.to_string(), c.dimension) << c.name;
    }
}

// The 20 prefixes of the SI and none, on names, on symbols of fields, and to the third power.
TEST(Units, EveryPrefix) {
    const struct {
        std::string prefix;
        double scale, cube;
    } prefixes[] = {
        {"", 1, 1},          {"da", 1e1, 1e3},    {"h", 1e2, 1e6},     {"k", 1e3, 1e9},
        {"M", 1e6, 1e18},    {"G", 1e9, 1e27},    {"T", 1e12, 1e36},   {"P", 1e15, 1e45},
        {"E", 1e18, 1e54},   {"Z", 1e21, 1e63},   {"Y", 1e24, 1e72},   {"d", 1e-1, 1e-3},
        {"c", 1e-2, 1e-6},   {"m", 1e-3, 1e-9},   {"u", 1e-6, 1e-18},  {"n", 1e-9, 1e-27},
        {"p", 1e-12, 1e-36}, {"f", 1e-15, 1e-45}, {"a", 1e-18, 1e-54}, {"z", 1e-21, 1e-63},
        {"y", 1e-24, 1e-72},
    };
    for (const auto& [prefix, scale, cube] : prefixes) {
        const auto volt = find_unit(prefix + "volt");
        const auto metre3 = find_unit(prefix + "metre3");
        const auto hertz = find_unit_in_field(prefix + "Hz");
        ASSERT_TRUE(volt && metre3 && hertz) << prefix;
        EXPECT_EQ(volt->scale, scale) << prefix;
        EXPECT_EQ(metre3->scale, cube) << prefix;
        EXPECT_EQ(hertz->scale, scale) << prefix;
    }
    EXPECT_EQ(find_unit("mgram2")->scale, 1e-12);  // the gram is a thousandth of the base unit, squared too
    EXPECT_EQ(find_unit("gram3")->scale, 1e-9);
}

TEST(Units, BareSymbolsAreVariablesInExpressions) {
    for (const char* name : {"s", "V", "A", "S", "F", "W", "N", "J", "K", "C", "m", "g", "h", "T", "H", "M"})
        EXPECT_FALSE(find_unit(name).has_value()) << name;
    for (const char* name : {"km", "kg", "mT", "Pa", "dam", "nm", "fA", "min", "celsius", "mkelvin",
                             "mkilogram", "liter2", "Volt", "mv", "", "mV2", "1"})
        EXPECT_FALSE(find_unit(name).has_value()) << name;
}

TEST(Units, FieldsTakeSymbols) {
    const struct {
        const char* name;
        double scale;
        const char* dimension;
    } cases[] = {
        {"s", 1, "s"},         {"V", 1, "V"},       {"A", 1, "A"},      {"S", 1, "S"},
        {"F", 1, "F"},         {"m", 1, "m"},       {"g", 1e-3, "kg"},  {"kg", 1, "kg"},
        {"K", 1, "K"},         {"Hz", 1, "Hz"},     {"GHz", 1e9, "Hz"}, {"ohm", 1, "ohm"},
        {"nm", 1e-9, "m"},     {"fA", 1e-15, "A"},  {"fF", 1e-15, "F"}, {"pS", 1e-12, "S"},
        {"mS", 1e-3, "S"},     {"ms", 1e-3, "s"},   {"N", 1, "N"},      {"J", 1, "J"},
        {"W", 1, "W"},         {"C", 1, "C"},       {"pC", 1e-12, "C"}, {"m2", 1, "m^2"},
        {"nm2", 1e-18, "m^2"}, {"cd", 1, "cd"},     {"Pa", 1, "Pa"},    {"M", 1e3, "mol/m^3"},
        {"volt", 1, "V"},      {"mL", 1e-6, "m^3"},
    };
    for (const auto& c : cases) {
        const auto unit = find_unit_in_field(c.name);
        ASSERT_TRUE(unit.has_value()) << c.name;
        EXPECT_EQ(unit->scale, c.scale) << c.name;
        EXPECT_EQ(unit->dimension.to_string(), c.dimension) << c.name;
    }
    EXPECT_FALSE(find_unit_in_field("min").has_value());
    EXPECT_FALSE(find_unit_in_field("x").has_value());
}

TEST(Units, ListedNamesAreFoundAndSorted) {
    const auto& names = unit_names();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_GT(names.size(), 2000u);
    for (const auto& name : names) EXPECT_TRUE(find_unit(name).has_value()) << name;
}

}  // namespace
}  // namespace bouton::base
