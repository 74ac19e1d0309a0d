// SPDX-License-Identifier: BSD-3-Clause
// Expressions: precedence, numbers, what is refused and where.
#include "tests/lang/parsing.hpp"

#include <gmock/gmock.h>

#include <clocale>
#include <cmath>
#include <locale>

namespace bouton::lang::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Expression, ValuesAreThoseOfPython) {
    const struct {
        const char* text;
        double value;
    } cases[] = {
        {"-3**2", -9},
        {"(-3)**2", 9},
        {"2**-1", 0.5},
        {"2**3**2", 512},
        {"(2**3)**2", 64},
        {"-2**-2", -0.25},
        {"2**-3**-1", std::pow(2.0, -std::pow(3.0, -1.0))},
        {"7-4+2", 5},
        {"7-(4+2)", 1},
        {"24/4/2", 3},
        {"24/4*2", 12},
        {"24/(4*2)", 3},
        {"7- -2", 9},
        {"7--2", 9},
        {"7+-2", 5},
        {"- - -2", -2},
        {"+2", 2},
        {"-+-2", 2},
        {"7//2", 3},
        {"-7//2", -4},
        {"-7 % 3", 2},
        {"7 % 4 * 2", 6},
        {"2*3 % 4", 2},
        {"2+3*4", 14},
        {"(2+3)*4", 20},
        {"2*-3", -6},
        {"1 < 2", 1},
        {"1+1 == 2", 1},
        {"1 != 1", 0},
        {"not 1 == 2", 1},
        {"not 0 and 0", 0},
        {"not (0 and 0)", 1},
        {"1 or 0 and 0", 1},
        {"(1 or 0) and 0", 0},
        {"not not 1", 1},
        {"1 < 2 and 3 >= 3", 1},
        {"True", 1},
        {"false or true", 1},
        {"(1 < 2) + 1", 2},
        {"((((5))))", 5},
        {"1\n+\n2 # three", 3},
        {"\r\n1 + \\\r\n2\r\n", 3},
        {"\xef\xbb\xbf"
         "7",
         7},
    };
    for (const auto& c : cases) EXPECT_EQ(value_of(c.text), c.value) << c.text;
}

TEST(Expression, Numbers) {
    const struct {
        const char* text;
        double value;
        bool is_integer;
    } cases[] = {
        {"1", 1, true},
        {"1.", 1, false},
        {".5", 0.5, false},
        {"1e-3", 1e-3, false},
        {"1E+3", 1000, false},
        {"1.e2", 100, false},
        {"0.1", 0.1, false},
        {"007", 7, true},
        {"9007199254740991", 9007199254740991.0, true},
        {"9007199254740992", 9007199254740992.0, false},
        {"1e308", 1e308, false},
        {"4.9e-324", 4.9e-324, false},
        {"0.1000000000000000055511151231257827021181583404541015625", 0.1, false},
    };
    for (const auto& c : cases) {
        base::Diagnostics diagnostics;
        const auto expr = parse_expression(base::make_source("test", c.text), diagnostics);
        ASSERT_TRUE(expr) << c.text;
        EXPECT_EQ(std::get<Number>(expr->node).value, c.value) << c.text;
        EXPECT_EQ(std::get<Number>(expr->node).is_integer, c.is_integer) << c.text;
    }
}

TEST(Expression, MalformedNumbers) {
    for (const char* text : {"1e999", "1..2", "1.2.3", "0x10", "1_000", "20ms", "1e", "1.5e+", "3x2"})
        EXPECT_THAT(expression_errors(text), ElementsAre("E102@1:1")) << text;
    EXPECT_EQ(first_expression_hint("20ms"), "write 20*ms");
    EXPECT_EQ(first_expression_hint("1.5mV"), "write 1.5*mV");
}

/// A locale whose numbers have a decimal comma and points between the thousands.
struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

TEST(Expression, TheLocaleDoesNotMatter) {
    const auto before = std::locale::global(std::locale(std::locale::classic(), new Comma));
    const bool has_german = std::setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr;
    EXPECT_EQ(value_of("1234.5 + 0.25"), 1234.75);
    EXPECT_EQ(reprinted("1234567.5"), "1234567.5");
    std::locale::global(before);
    if (has_german) std::setlocale(LC_NUMERIC, "C");
}

TEST(Expression, ChainedComparisonsAreRefused) {
    EXPECT_THAT(expression_errors("a < b < c"), ElementsAre("E105@1:7"));
    EXPECT_THAT(expression_errors("a == b != c"), ElementsAre("E105@1:8"));
    EXPECT_EQ(first_expression_hint("0 < x <= 1"), "join two comparisons with 'and': 0 < x and x <= ...");
    EXPECT_EQ(reprinted("(a < b) < c"), "(a < b) < c");
}

TEST(Expression, OtherLanguagesGetAHint) {
    const struct {
        const char* text;
        const char* code;
        const char* hint;
    } cases[] = {
        {"a & b", "E103@1:3", "write 'and'"},
        {"a && b", "E103@1:3", "write 'and'"},
        {"a | b", "E103@1:3", "write 'or'"},
        {"a || b", "E103@1:3", "write 'or'"},
        {"!a", "E103@1:1", "write 'not'"},
        {"~a", "E103@1:1", "write 'not'"},
        {"a ^ 2", "E103@1:3", "a power is written '**'"},
        {"a <> b", "E103@1:3", "write '!='"},
        {"a = b", "E103@1:3", "'==' compares"},
        {"x if c else y", "E103@1:3", "for 'a if c else b' write int(c)*a + int(not c)*b"},
        {"5 mV", "E103@1:3", "write 5*mV"},
        {"np.exp(x)", "E103@1:3", "names have no dots: write exp(x), not np.exp(x)"},
        {"a \xe2\x88\x92 b", "E101@1:3", "write '-'"},
        {"a \xc2\xb7 b", "E101@1:3", "write '*'"},
        {"\xcf\x84_m", "E110@1:1", "names are made of a-z, A-Z, 0-9 and '_'"},
        {"5*\xc2\xb5m", "E110@1:3", "write 'u' for micro"},
        {"a == not b", "E103@1:6", "put the 'not' in brackets"},
    };
    for (const auto& c : cases) {
        EXPECT_THAT(expression_errors(c.text), ElementsAre(c.code)) << c.text;
        EXPECT_EQ(first_expression_hint(c.text), c.hint) << c.text;
    }
    EXPECT_THAT(first_expression_hint("a[1]"), StartsWith("there is no indexing"));
}

TEST(Expression, WhatIsMissingOrTooMuch) {
    const struct {
        const char* text;
        const char* place;
    } cases[] = {
        {"", "E103@1:1"},         {"  # only a comment", "E103@1:19"},
        {"a +", "E103@1:4"},      {"(a", "E103@1:1"},
        {"a)", "E103@1:2"},       {"()", "E103@1:2"},
        {"f(a,)", "E103@1:5"},    {"f(a b)", "E103@1:5"},
        {"f(a", "E103@1:2"},      {"f(x=1)", "E103@1:4"},
        {"a b", "E103@1:3"},      {"* a", "E103@1:1"},
        {"a ** ", "E103@1:6"},    {"a, b", "E103@1:2"},
        {"a; b", "E103@1:2"},     {"a : volt", "E103@1:3"},
        {"(a\n+ (b", "E103@2:3"}, {"not", "E103@1:4"},
        {"a \\ b", "E101@1:3"},   {"'a'", "E101@1:1"},
        {"$", "E101@1:1"},        {"a\x01", "E101@1:2"},
        {"\xff", "E101@1:1"},     {"a b c d", "E103@1:3"},
    };
    for (const auto& c : cases) EXPECT_THAT(expression_errors(c.text), ElementsAre(c.place)) << c.text;
    EXPECT_THAT(expression_errors(std::string("a\0b", 3)), ElementsAre("E101@1:2"));
}

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int k = 0; k < times; ++k) result += text;
    return result;
}

TEST(Expression, NestingHasALimit) {
    EXPECT_EQ(value_of(repeated("(", 256) + '1' + repeated(")", 256)), 1);
    EXPECT_EQ(value_of(repeated("-", 256) + '1'), 1);
    for (const char* opening : {"(", "-", "+", "not ", "f(", "2**", "(-", "1+("})
        EXPECT_THAT(expression_errors(repeated(opening, 100'000)), ElementsAre(StartsWith("E104@")))
            << opening;
}

TEST(Expression, NumbersTooSmallAreZero) {
    const std::string tiny = "0." + std::string(400, '0') + "1";
    for (const auto& text : {std::string("1e-400"), std::string("4e-99999999999999999999"), tiny})
        EXPECT_EQ(value_of(text), 0.0) << text;
    EXPECT_EQ(value_of("5e-324"), 5e-324);
}

TEST(Expression, LongChainsHaveALimit) {
    EXPECT_EQ(value_of(repeated("1+", 49'999) + '1'), 50'000);
    EXPECT_THAT(expression_errors(repeated("1+", 100'000) + '1'), ElementsAre(StartsWith("E104@")));
    EXPECT_THAT(expression_errors("f(" + repeated("1,", 200'000) + "1)"), ElementsAre(StartsWith("E104@")));
    EXPECT_TRUE(expression_errors("f(" + repeated("1,", 90'000) + "1)").empty());
}

TEST(Expression, TextsHaveALimit) {
    EXPECT_EQ(value_of('1' + std::string(1'000'000, ' ')), 1);
    EXPECT_THAT(expression_errors('1' + std::string(1 << 20, ' ')), ElementsAre("E104@1:1"));
}

TEST(Expression, SpansCoverTheirText) {
    base::Diagnostics diagnostics;
    const auto expr = parse_expression(base::make_source("test", " a + f(b, -c)**2 # end"), diagnostics);
    ASSERT_TRUE(expr);
    EXPECT_EQ(expr->span.text(), "a + f(b, -c)**2");
    const auto& power = *std::get<Binary>(expr->node).right;
    EXPECT_EQ(power.span.text(), "f(b, -c)**2");
    const auto& call = std::get<Call>(std::get<Binary>(power.node).left->node);
    EXPECT_EQ(call.function_span.text(), "f");
    EXPECT_EQ(call.arguments.at(1)->span.text(), "-c");
}

}  // namespace
}  // namespace bouton::lang::testing
