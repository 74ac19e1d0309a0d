// SPDX-License-Identifier: BSD-3-Clause
// Quantities: values, dimensions, refusals.
#include "tests/lang/parsing.hpp"

#include <gmock/gmock.h>

namespace bouton::lang::testing {
namespace {

std::optional<Quantity> quantity(const std::string& text) {
    return try_quantity(base::make_source("test", text));
}

TEST(Quantity, ValueAndDimension) {
    const struct {
        const char* text;
        double value;
        const char* dimension;
    } cases[] = {
        {"20 ms", 20 * 1e-3, "s"},
        {"20*ms", 20 * 1e-3, "s"},
        {" 20  *  ms ", 20 * 1e-3, "s"},
        {"5", 5, "1"},
        {"-70 mV", -70 * 1e-3, "V"},
        {"+.5", 0.5, "1"},
        {"1e-3 s", 1e-3, "s"},
        {"2 nS/ms", 2 * 1e-9 / 1e-3, "S/s"},
        {"5 V", 5, "V"},
        {"1 m", 1, "m"},
        {"10 mS/cm2", 10 * 1e-3 / 1e-4, "S/m^2"},
        {"10 siemens/metre**2", 10, "S/m^2"},
        {"3/s", 3, "Hz"},
        {"3 1/s", 3, "Hz"},
        {"15 Hz", 15, "Hz"},
        {"2 V*s**-1", 2, "V/s"},
        {"2 V/(s*m**2)", 2, "kg s^-4 A^-1"},
        {"2 ms**-1", 2000, "Hz"},
        {"4 S*cm**-2", 40000, "S/m^2"},
        {"1 mV/s**0.5", 1e-3, "V/s^(1/2)"},
        {"0.3 mM", 0.3, "mol/m^3"},
        {"1 Mohm", 1e6, "ohm"},
        {"0 kg", 0, "kg"},
    };
    for (const auto& c : cases) {
        const auto result = quantity(c.text);
        ASSERT_TRUE(result.has_value()) << c.text;
        EXPECT_EQ(result->value, c.value) << c.text;
        EXPECT_EQ(result->dimension.to_string(), c.dimension) << c.text;
    }
}

TEST(Quantity, Refusals) {
    const struct {
        const char* text;
        base::Code code;
        const char* hint;
    } cases[] = {
        {"", base::Code::E108, "as in 20 ms, -70 mV, 0.5"},
        {"ms", base::Code::E108, "write 1 ms"},
        {"inf", base::Code::E108, "as in 20 ms, -70 mV, 0.5"},
        {"nan", base::Code::E108, "as in 20 ms, -70 mV, 0.5"},
        {"rand()*mV", base::Code::E108, "as in 20 ms, -70 mV, 0.5"},
        {"20ms", base::Code::E102, "write 20*ms"},
        {"1e999 s", base::Code::E102, "numbers reach to 1.7976931348623157e308"},
        {"1e308 km", base::Code::E108, ""},
        {"5 mm V", base::Code::E108, "join units with '*' or '/'"},
        {"5 5", base::Code::E108, ""},
        {"5 mvolts", base::Code::E109, "did you mean 'mvolt'?"},
        {"5 parsec", base::Code::E109, ""},
        {"5 x", base::Code::E109, ""},
        {"5 V**0.123", base::Code::E108, ""},
        {"5 V**s", base::Code::E103, ""},
        {"5 V^2", base::Code::E103, "a power is written '**'"},
        {"5 (V", base::Code::E103, ""},
        {"5 V)", base::Code::E108, ""},
        {"5 V/", base::Code::E108, ""},
        {"--5", base::Code::E108, "as in 20 ms, -70 mV, 0.5"},
        {"5 + 5", base::Code::E108, ""},
    };
    for (const auto& c : cases) {
        base::Diagnostics diagnostics;
        EXPECT_FALSE(parse_quantity(base::make_source("test", c.text), diagnostics).has_value()) << c.text;
        ASSERT_EQ(diagnostics.all().size(), 1u) << c.text;
        EXPECT_EQ(diagnostics.all()[0].code, c.code) << c.text << diagnostics.render();
        EXPECT_EQ(diagnostics.all()[0].hint, c.hint) << c.text;
        EXPECT_FALSE(quantity(c.text).has_value()) << c.text;
    }
    EXPECT_FALSE(quantity("5 " + std::string(100'000, '(')).has_value());
}

}  // namespace
}  // namespace bouton::lang::testing
