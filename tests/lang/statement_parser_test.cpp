// SPDX-License-Identifier: BSD-3-Clause
// Statements: separation, recovery, refusals.
#include "tests/lang/parsing.hpp"

#include <gmock/gmock.h>

namespace bouton::lang::testing {
namespace {

using ::testing::HasSubstr;

TEST(Statements, AreReadAndSeparated) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"", ""},
        {"\n ; ;\n# nothing\n", ""},
        {"w = clip(w - apost, 0, w_max)", "w = clip(w - apost, 0, w_max)"},
        {"v = v_r; u += d", "v = v_r | u += d"},
        {"v_post += w # comment ; x = 1\napre -= 1", "v_post += w | apre -= 1"},
        {"a *= 2\r\nb /= 3\r\n", "a *= 2 | b /= 3"},
        {"x = (a\n  + b) # here\ny = 1", "x = a + b | y = 1"},
        {"x = a \\\n  + b", "x = a + b"},
        {"x = f(a, # first\n\n b)", "x = f(a, b)"},
        {"x=-1", "x = -1"},
        {"class = 1; int_ = 2", "class = 1 | int_ = 2"},
    };
    for (const auto& c : cases) EXPECT_EQ(statements(c.text), c.expected) << c.text;
}

TEST(Statements, EveryLineIsComplainedAboutOnce) {
    EXPECT_EQ(statements("a = 1\nb = = 2\nc = $ $ $\nd = 4\ne == 5\nf = (1\ng = 7\n"),
              "a = 1 | d = 4 | g = 7 | E103@2:5 | E101@3:5 | E103@5:3 | E103@6:5");
    EXPECT_EQ(statements("x = f(1,\ny = 2"), "y = 2 | E103@1:6");
    EXPECT_EQ(statements("x = a $\n  + b\ny = 2"), "y = 2 | E101@1:7");
    EXPECT_EQ(statements("x = ; y = 1"), "E103@1:5");
}

TEST(Statements, RefusalsComeWithAWayOut) {
    const struct {
        const char* text;
        const char* place;
        const char* hint;
    } cases[] = {
        {"x == 1", "E103@1:3", "'==' compares; '=' assigns"},
        {"x //= 2", "E103@1:3", "write x = x//..."},
        {"x **= 2", "E103@1:3", "write x = x**..."},
        {"x %= 2", "E103@1:3", "write x = x % ..."},
        {"dv/dt = 1", "E103@1:3", "differential equations belong into 'equations'"},
        {"x : volt", "E103@1:3", "declarations belong into 'equations'"},
        {"x = 1 : volt", "E103@1:7", "a unit is declared in 'equations'"},
        {"x, y = 1", "E103@1:2", "assign one variable at a time"},
        {"f(x)", "E103@1:2", "a statement is NAME = VALUE, or with += -= *= /="},
        {"if a: b", "E103@1:1", "there are no branches; write x = int(c)*a + int(not c)*b"},
        {"x = a\n + b", "E103@2:2", "put the expression in brackets to go on over lines"},
        {"x = 5 mV", "E103@1:7", "write 5*mV"},
        {"x = y = 1", "E103@1:7", "'==' compares"},
    };
    for (const auto& c : cases) {
        EXPECT_THAT(statements(c.text), HasSubstr(c.place)) << c.text;
        EXPECT_EQ(first_statement_hint(c.text), c.hint) << c.text;
    }
    for (const char* text :
         {"1 = x", "= 1", "x", "x +", "x = 1 2", "x = 1)", "x.y = 1", "True = 1", "-x = 1"})
        EXPECT_THAT(statements(text), HasSubstr("E103@")) << text;
}

TEST(Statements, SpansCoverTheirText) {
    base::Diagnostics diagnostics;
    const auto items = parse_statements(base::make_source("test", "a=1;  bc += 2*x  # end"), diagnostics);
    ASSERT_EQ(items.size(), 2u);
    EXPECT_EQ(items[1].span.text(), "bc += 2*x");
    EXPECT_EQ(items[1].target_span.text(), "bc");
    EXPECT_EQ(items[1].value->span.text(), "2*x");
}

}  // namespace
}  // namespace bouton::lang::testing
