// SPDX-License-Identifier: BSD-3-Clause
// The table of units: Brian2's names (prefixes times names, powers 2 and 3, the customary short ones), and for
// fields of one value the SI symbols. Scales are powers of ten, rounded once.
#include "base/dimension.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace bouton::base {
namespace {

struct Prefix {
    const char* text;
    int exponent;
};
constexpr Prefix kPrefixes[] = {{"", 0},   {"y", -24}, {"z", -21}, {"a", -18}, {"f", -15}, {"p", -12},
                                {"n", -9}, {"u", -6},  {"m", -3},  {"c", -2},  {"d", -1},  {"da", 1},
                                {"h", 2},  {"k", 3},   {"M", 6},   {"G", 9},   {"T", 12},  {"P", 15},
                                {"E", 18}, {"Z", 21},  {"Y", 24}};

/// A unit by its names: the full ones, separated by blanks, and the symbol; its size as a power of ten.
struct Row {
    const char* names;
    const char* symbol;
    int length, mass, time, current, temperature, amount, luminosity;
    int exponent = 0;
    bool prefixed = true;
    bool powers = true;
};
constexpr Row kRows[] = {
    {"metre meter", "m", 1, 0, 0, 0, 0, 0, 0},
    {"second", "s", 0, 0, 1, 0, 0, 0, 0},
    {"amp ampere", "A", 0, 0, 0, 1, 0, 0, 0},
    {"mole mol", "mol", 0, 0, 0, 0, 0, 1, 0},
    {"candle candela", "cd", 0, 0, 0, 0, 0, 0, 1},
    {"gram gramme", "g", 0, 1, 0, 0, 0, 0, 0, -3},
    {"molar", "M", -3, 0, 0, 0, 0, 1, 0, 3},
    {"radian", "rad", 0, 0, 0, 0, 0, 0, 0},
    {"steradian", "sr", 0, 0, 0, 0, 0, 0, 0},
    {"hertz", "Hz", 0, 0, -1, 0, 0, 0, 0},
    {"newton", "N", 1, 1, -2, 0, 0, 0, 0},
    {"pascal", "Pa", -1, 1, -2, 0, 0, 0, 0},
    {"joule", "J", 2, 1, -2, 0, 0, 0, 0},
    {"watt", "W", 2, 1, -3, 0, 0, 0, 0},
    {"coulomb", "C", 0, 0, 1, 1, 0, 0, 0},
    {"volt", "V", 2, 1, -3, -1, 0, 0, 0},
    {"farad", "F", -2, -1, 4, 2, 0, 0, 0},
    {"ohm", "ohm", 2, 1, -3, -2, 0, 0, 0},
    {"siemens", "S", -2, -1, 3, 2, 0, 0, 0},
    {"weber", "Wb", 2, 1, -2, -1, 0, 0, 0},
    {"tesla", "T", 0, 1, -2, -1, 0, 0, 0},
    {"henry", "H", 2, 1, -2, -2, 0, 0, 0},
    {"lumen", "lm", 0, 0, 0, 0, 0, 0, 1},
    {"lux", "lx", -2, 0, 0, 0, 0, 0, 1},
    {"becquerel", "Bq", 0, 0, -1, 0, 0, 0, 0},
    {"gray", "Gy", 2, 0, -2, 0, 0, 0, 0},
    {"sievert", "Sv", 2, 0, -2, 0, 0, 0, 0},
    {"katal", "kat", 0, 0, -1, 0, 0, 1, 0},
    {"liter litre", "l", 3, 0, 0, 0, 0, 0, 0, -3, true, false},
    {"kelvin", "K", 0, 0, 0, 0, 1, 0, 0, 0, false},
    {"kilogram kilogramme", "", 0, 1, 0, 0, 0, 0, 0, 0, false},
};

/// Brian2's short names: symbols with a prefix that hardly anybody uses for a variable.
constexpr const char* kShortNames =
    "mV mA uA nA pA pF uF nF nS uS mS ms us Hz kHz MHz cm cm2 cm3 mm mm2 mm3 um um2 um3 mM uM nM";

using Table = std::unordered_map<std::string, Unit>;
struct Tables {
    Table names;    // full and short names
    Table symbols;  // SI symbols, for fields
    std::vector<std::string> listed;
};

double power_of_ten(int exponent) {
    const std::string text = "1e" + std::to_string(exponent);
    double value = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

template <class Visit>
void for_each_word(std::string_view words, Visit visit) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        visit(std::string(words.substr(0, end)));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
}

Unit unit_of(const Row& row, int exponent, int power) {
    const int of_base[] = {row.length,      row.mass,   row.time,      row.current,
                           row.temperature, row.amount, row.luminosity};
    Unit unit;
    for (int base = 0; base < 7; ++base)
        unit.dimension = unit.dimension * Dimension::of(static_cast<Dimension::Base>(base),
                                                        of_base[base] * power * Dimension::kOne);
    unit.scale = power_of_ten((row.exponent + exponent) * power);
    return unit;
}

/// `name` with every prefix and power that `row` allows.
void add(Table& table, const Row& row, const std::string& name, int highest_power) {
    for (const auto& prefix : kPrefixes) {
        if (prefix.exponent != 0 && !row.prefixed) continue;
        for (int power = 1; power <= highest_power; ++power) {
            std::string whole = prefix.text;
            whole += name;
            if (power > 1) whole += std::to_string(power);
            table.emplace(std::move(whole), unit_of(row, prefix.exponent, power));
        }
    }
}

Tables make_tables() {
    Tables tables;
    for (const auto& row : kRows) {
        for_each_word(row.names,
                      [&](const std::string& name) { add(tables.names, row, name, row.powers ? 3 : 1); });
        const std::string symbol = row.symbol;
        if (!symbol.empty()) add(tables.symbols, row, symbol, symbol == "m" ? 3 : 1);
        if (symbol == "l") add(tables.symbols, row, "L", 1);
    }
    for_each_word(kShortNames,
                  [&](const std::string& name) { tables.names.emplace(name, tables.symbols.at(name)); });
    for (const auto& [name, unit] : tables.names) tables.listed.push_back(name);
    std::sort(tables.listed.begin(), tables.listed.end());
    return tables;
}

const Tables& tables() {
    static const Tables instance = make_tables();
    return instance;
}

std::optional<Unit> find_in(const Table& table, std::string_view name) {
    const auto found = table.find(std::string(name));
    if (found == table.end()) return std::nullopt;
    return found->second;
}

}  // namespace

std::optional<Unit> find_unit(std::string_view name) { return find_in(tables().names, name); }

std::optional<Unit> find_unit_in_field(std::string_view name) {
    if (auto unit = find_unit(name)) return unit;
    return find_in(tables().symbols, name);
}

const std::vector<std::string>& unit_names() { return tables().listed; }

}  // namespace bouton::base
