// SPDX-License-Identifier: BSD-3-Clause
// Which integrator a set of equations gets, and why; what a method that is asked for cannot do.
#include "tests/analysis/terms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton::test {
namespace {

using namespace analysis;
using testing::HasSubstr;

/// Equations of x and, if given, y; n and v are other variables: n never changes, v does.
std::string chosen(const std::string& x, const std::string& y, const std::string& asked) {
    base::Diagnostics diagnostics;
    const auto source = base::make_source("test", "equations");
    const base::Span span{source, 0, 1};
    std::vector<StateEquation> equations{{"x", span, resolved(x), false}};
    if (!y.empty()) equations.push_back({"y", span, resolved(y), false});
    const auto is_constant = [](const Term& leaf) { return leaf.name == "n"; };
    const auto choice = choose_method(equations, is_constant, asked, span, diagnostics);
    if (!choice) {
        const auto& first = diagnostics.all().front();
        return std::string(base::code_name(first.code)) + ": " + first.message;
    }
    return std::string(method_name(choice->method)) + ": " + choice->reason;
}

TEST(Integrators, TheBestThatFitsIsChosen) {
    struct Case {
        const char* x;
        const char* y;
        const char* choice;
    };
    const Case cases[] = {
        {"-x/tau", "", "exact: linear with constant coefficients"},
        {"(y - x)/tau", "(two*x - y)/tau", "exact: linear with constant coefficients"},
        {"(n*y - x)/tau", "-y/tau", "exact: linear with constant coefficients"},
        {"(v/volt - x)/tau", "",
         "exact: linear with constant coefficients"},  // the rest may change between steps
        {"-x*(v/volt)/tau", "", "exponential_euler: each equation is linear in its own variable"},
        {"-x*y/tau", "-y/tau", "exponential_euler: each equation is linear in its own variable"},
        {"(sin(t/tau) - x)/tau", "", "exponential_euler: each equation is linear in its own variable"},
        {"(rand() - x)/tau", "", "exponential_euler: each equation is linear in its own variable"},
        {"(x - x**3 - y)/tau", "(x - y)/tau", "rk4: not linear"},
        {"exp(-x)/tau", "", "rk4: not linear"},
        {"-x/tau + two*xi*tau**-0.5", "", "euler: additive noise"},
        {"-x/tau + n*xi*tau**-0.5", "-y/tau", "euler: additive noise"},
        {"-x/tau + sin(t/tau)*xi*tau**-0.5", "", "heun: multiplicative noise (Stratonovich)"},
        {"-x/tau + x*xi*tau**-0.5", "", "heun: multiplicative noise (Stratonovich)"},
        {"-x/tau + xi_a*tau**-0.5", "-y/tau + x*xi_b*tau**-0.5", "heun: multiplicative noise (Stratonovich)"},
    };
    for (const auto& wanted : cases) EXPECT_EQ(chosen(wanted.x, wanted.y, ""), wanted.choice) << wanted.x;
}

TEST(Integrators, WhatIsAskedForMustFit) {
    struct Case {
        const char* x;
        const char* y;
        const char* asked;
        const char* answer;
    };
    const Case cases[] = {
        {"-x/tau", "", "rk2", "rk2: asked for"},
        {"-x/tau", "", "linear", "exact: asked for"},
        {"-x**2/tau", "", "euler", "euler: asked for"},
        {"-x**2/tau", "", "exact",
         "E209: the method 'exact' cannot integrate these equations: they are not linear"},
        {"-x**2/tau", "", "exponential_euler", "'x' is not linear in itself"},
        {"-x/tau", "", "runge_kutta", "E210: unknown method 'runge_kutta'"},
        {"xi*tau**-0.5", "", "exact", "there is noise"},
        {"xi*tau**-0.5", "", "rk4", "there is noise"},
        {"x*xi*tau**-0.5", "", "euler", "euler: asked for"},
        {"x*xi*tau**-0.5", "", "milstein", "milstein: asked for"},
        {"xi_a*tau**-0.5", "y*xi_a*tau**-0.5", "milstein", "shares its noise"},
        {"xi*tau**-0.5", "xi*tau**-0.5", "", "E211: 'xi' stands in two equations"},
        {"sin(xi*tau**0.5)/tau", "", "", "E211: the noise in the equation of 'x' is not a factor"},
    };
    for (const auto& wanted : cases)
        EXPECT_THAT(chosen(wanted.x, wanted.y, wanted.asked), HasSubstr(wanted.answer))
            << wanted.x << " by " << wanted.asked;
}

}  // namespace
}  // namespace bouton::test
