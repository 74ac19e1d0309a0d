// SPDX-License-Identifier: BSD-3-Clause
// Equations: the three kinds, units, flags, continued lines, refusals.
#include "tests/lang/parsing.hpp"

#include <gmock/gmock.h>

namespace bouton::lang::testing {
namespace {

using ::testing::HasSubstr;

TEST(Equations, AreRead) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"", ""},
        {"dv/dt = (E_L - v)/tau : volt", "dv/dt = (E_L - v)/tau : volt"},
        {"dv / dt=-v/tau:1", "dv/dt = -v/tau : 1"},
        {"I = g*(E - v) : amp # current", "I = g*(E - v) : amp"},
        {"g : siemens/metre**2 (constant)", "g : siemens/metre**2 (constant)"},
        {"n : integer\nb : boolean\nw : target_unit", "n : integer | b : boolean | w : target_unit"},
        {"x : 1/second", "x : 1/second"},
        {"x : metre**-2", "x : metre**-2"},
        {"x : siemens/(metre**2*second) (shared)", "x : siemens/(metre**2*second) (shared)"},
        {"dapre/dt = -apre/tau : 1 (event-driven)", "dapre/dt = -apre/tau : 1 (event-driven)"},
        {"x = t : second (constant  over\tdt, shared)", "x = t : second (constant over dt, shared)"},
        {"dv/dt = 1*volt/second : volt (unless refractory)",
         "dv/dt = 1*volt/second : volt (unless refractory)"},
        {"g = x : 1 (event - driven)\ny : 1 (summed,clock-driven)",
         "g = x : 1 (event-driven) | y : 1 (summed, clock-driven)"},
        {"dx/dt = xi*tau**-0.5 : 1\r\n\r\nddx/dt = 1/ms : 1\r\n",
         "dx/dt = xi*tau**-0.5 : 1 | ddx/dt = 1/ms : 1"},
        {"d : 1", "d : 1"},
    };
    for (const auto& c : cases) EXPECT_EQ(equations(c.text), c.expected) << c.text;
}

TEST(Equations, GoOnOverLines) {
    const char* whole = "dv/dt = (g*(E - v) + I)/C : volt (unless refractory) | w : 1";
    for (const char* text : {
             "dv/dt = (g*(E - v)\n + I)/C : volt (unless refractory)\nw : 1",
             "dv/dt = (g*(E - v) +   # leak\n\n I)/C : volt (unless refractory)\nw : 1",
             "dv/dt =\n (g*(E - v) + I)\n /C\n : volt\n (unless\n refractory)\nw : 1",
             "dv/dt = (g*(E - v) + I) \\\n /C : volt (unless refractory)\nw : 1",
             "dv/dt\n = (g*(E - v) + I)/C :\n volt (unless refractory)\nw : 1",
         })
        EXPECT_EQ(equations(text), whole) << text;
}

TEST(Equations, EveryLineIsComplainedAboutOnce) {
    EXPECT_EQ(equations("a : 1\nb = 1 +* 2 : 1\nc = $ $\nd = (1 : 1\ne : volt (sharde)\nf : 1"),
              "a : 1 | e : volt (sharde) | f : 1 | E103@2:8 | E101@3:5 | E103@4:8 | E107@5:11");
    EXPECT_EQ(equations("a = (b\nc : 1\n"), "c : 1 | E103@1:5");
    EXPECT_EQ(equations("a : 1 (shared\nc : 1\n"), "c : 1 | E103@1:7");
}

TEST(Equations, RefusalsComeWithAWayOut) {
    const struct {
        const char* text;
        const char* place;
        const char* hint;
    } cases[] = {
        {"dx/dt = 1", "E106@1:1", "end with ': 1', ': volt' and the like; that of dx/dt is the unit of x"},
        {"x", "E106@1:1", "write x : 1, or : volt and the like"},
        {"a, b : 1", "E106@1:2", "write a : unit"},
        {"x += 1", "E106@1:3", "statements belong into reset, on_pre, on_post or run_regularly"},
        {"dx/dT = 1 : 1", "E106@1:1", "as in dx/dt = ..., for the variable x"},
        {"x/dt = 1 : 1", "E106@1:1", "as in dx/dt = ..., for the variable x"},
        {"d/dt = 1 : 1", "E110@1:1", "as in dx/dt = ..., for the variable x"},
        {"d2/dt = 1 : 1", "E110@1:1", "as in dx/dt = ..., for the variable x"},
        {"dx/dt : 1", "E103@1:7", "write dx/dt = ... : unit"},
        {"x : 1; y : 1", "E103@1:6", "write one equation a line"},
        {"x : volt (constnat)", "E107@1:11", "did you mean 'constant'?"},
        {"x : volt (event driven)", "E107@1:11", "did you mean 'event-driven'?"},
        {"x : volt ()", "E103@1:11", "leave the brackets away if there is none"},
        {"x : volt + amp", "E106@1:5", "such as siemens/metre**2"},
        {"x : -volt", "E106@1:5", "such as volt, siemens/metre**2, or 1 for a plain number"},
        {"v' = 1 : 1", "E101@1:2", "texts have no place here; a derivative is written dx/dt"},
        {"x = 20ms : second", "E102@1:5", "write 20*ms"},
    };
    for (const auto& c : cases) {
        EXPECT_THAT(equations(c.text), HasSubstr(c.place)) << c.text;
        EXPECT_EQ(first_equation_hint(c.text), c.hint) << c.text;
    }
    for (const char* text :
         {"x :", "x : volt metre", "x = : 1", "= 1 : 1", "x : volt (", "x : volt (a", "x : volt (3)",
          "x : volt (a,)", "x y : 1", "dx/dt = 1 : volt volt", ": 1", "3 : 1", "x : volt (shared) y"})
        EXPECT_THAT(equations(text), HasSubstr("E103@")) << text;
    EXPECT_EQ(equations("x : volt (mystery)"), "x : volt (mystery) | E107@1:11");
}

TEST(Equations, SpansCoverTheirText) {
    base::Diagnostics diagnostics;
    const auto items = parse_equations(
        base::make_source("test", "\n dvm/dt = a : volt (shared , constant) # x"), diagnostics);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].kind, EquationKind::differential);
    EXPECT_EQ(items[0].name, "vm");
    EXPECT_EQ(items[0].name_span.text(), "vm");
    EXPECT_EQ(items[0].span.text(), "dvm/dt = a : volt (shared , constant)");
    EXPECT_EQ(items[0].unit->span.text(), "volt");
    EXPECT_EQ(items[0].flags.at(1).span.text(), "constant");
}

}  // namespace
}  // namespace bouton::lang::testing
