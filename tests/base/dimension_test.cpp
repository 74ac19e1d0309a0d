// SPDX-License-Identifier: BSD-3-Clause
// Algebra of dimensions and how they are named.
#include "base/dimension.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::base {
namespace {

Dimension dim(const char* unit) { return find_unit_in_field(unit).value().dimension; }

TEST(Dimension, LawsOfOhmAndCharge) {
    EXPECT_EQ(dim("V") / dim("A"), dim("ohm"));
    EXPECT_EQ(dim("A") / dim("V"), dim("S"));
    EXPECT_EQ(dim("F") * dim("V"), dim("C"));
    EXPECT_EQ(dim("F") / dim("S"), dim("s"));
    EXPECT_EQ(dim("V") * dim("A"), dim("W"));
    EXPECT_EQ(dim("J") / dim("C"), dim("V"));
    EXPECT_EQ(dim("N") * dim("m"), dim("J"));
    EXPECT_NE(dim("V"), dim("A"));
    EXPECT_TRUE((dim("V") / dim("mV")).is_dimensionless());
}

TEST(Dimension, Powers) {
    EXPECT_EQ(dim("s").power(-1), dim("Hz"));
    EXPECT_EQ(dim("m").power(2), dim("m2"));
    EXPECT_EQ(dim("V").power(0.5)->power(2), dim("V"));
    EXPECT_EQ(dim("V").power(1.0 / 3)->power(3), dim("V"));
    EXPECT_EQ(dim("V").power(0), Dimension());
    EXPECT_FALSE(dim("s").power(0.123).has_value());
    EXPECT_FALSE(dim("s").power(1e9).has_value());
    EXPECT_FALSE(dim("s").power(std::nan("")).has_value());
    EXPECT_EQ(Dimension().power(0.123), Dimension());
}

TEST(Dimension, ExponentsSaturate) {
    Dimension d = dim("s");
    for (int k = 0; k < 20; ++k) d = d * d;
    EXPECT_EQ(d * dim("s"), d);
}

TEST(Dimension, Names) {
    const struct {
        Dimension dimension;
        const char* text;
    } cases[] = {
        {Dimension(), "1"},
        {dim("V"), "V"},
        {dim("A"), "A"},
        {dim("S"), "S"},
        {dim("F"), "F"},
        {dim("ohm"), "ohm"},
        {dim("Hz"), "Hz"},
        {dim("s"), "s"},
        {dim("m"), "m"},
        {dim("kg"), "kg"},
        {dim("m2"), "m^2"},
        {dim("V") * dim("V"), "V^2"},
        {dim("V") / dim("s"), "V/s"},
        {dim("S") / dim("m2"), "S/m^2"},
        {dim("F") / dim("m2"), "F/m^2"},
        {dim("mM"), "mol/m^3"},
        {Dimension() / dim("V"), "1/V"},
        {dim("V") / *dim("s").power(0.5), "V/s^(1/2)"},
        {*dim("s").power(-0.5), "s^(-1/2)"},
        {dim("kg") * dim("m2") * dim("s"), "kg m^2 s"},
        {dim("K") * dim("mol") * dim("cd"), "K mol cd"},
    };
    for (const auto& c : cases) EXPECT_EQ(c.dimension.to_string(), c.text);
}

}  // namespace
}  // namespace bouton::base
