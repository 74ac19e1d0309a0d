// SPDX-License-Identifier: BSD-3-Clause
// Linearity, values known before the run, and what resolving says of types and dimensions.
#include "tests/analysis/terms.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::test {
namespace {

using namespace analysis;

TEST(Term, LinearForms) {
    struct Case {
        const char* text;
        bool linear;
        double of_x, of_y, rest;  // at x = 3, y = 5
    };
    const Case cases[] = {
        {"3*x + y/2 + two", true, 3, 0.5, 2},
        {"-(x - y)*two", true, -2, 2, 0},
        {"(two - x)/4", true, -0.25, 0, 0.5},
        {"x*sin(two) - 1", true, std::sin(2.0), 0, -1},
        {"n*x + n", true, 2, 0, 2},
        {"x - x + y", true, 0, 1, 0},
        {"0*x + 7", true, 0, 0, 7},
        {"exp(two)", true, 0, 0, std::exp(2.0)},
        {"x*y", false, 0, 0, 0},
        {"x*x - x*x", false, 0, 0, 0},
        {"two/x", false, 0, 0, 0},
        {"sin(x)", false, 0, 0, 0},
        {"x**2", false, 0, 0, 0},
        {"int(x > 1)", false, 0, 0, 0},
        {"abs(y) + x", false, 0, 0, 0},
        {"x % 2", false, 0, 0, 0},
    };
    for (const auto& wanted : cases) {
        const auto form =
            linear_form(resolved(wanted.text), [](const Term& term) -> std::optional<std::string> {
                if (term.kind == TermKind::variable && (term.name == "x" || term.name == "y"))
                    return term.name;
                return std::nullopt;
            });
        ASSERT_EQ(form.has_value(), wanted.linear) << wanted.text;
        if (!form) continue;
        const auto coefficient = [&](const char* key) {
            const auto it = form->coefficients.find(key);
            return it == form->coefficients.end() ? 0.0 : value(it->second).value();
        };
        EXPECT_DOUBLE_EQ(coefficient("x"), wanted.of_x) << wanted.text;
        EXPECT_DOUBLE_EQ(coefficient("y"), wanted.of_y) << wanted.text;
        EXPECT_DOUBLE_EQ(value(form->rest).value(), wanted.rest) << wanted.text;
        EXPECT_EQ(form->coefficients.count("x"), wanted.of_x != 0) << wanted.text;  // no coupling by zeros
    }
}

TEST(Term, Values) {
    struct Case {
        const char* text;
        std::optional<double> value;
    };
    const Case cases[] = {
        {"two**3 - 1", 7},
        {"-7 // 2", -4},
        {"-7 % 3", 2},
        {"7 % -3", -2},
        {"-two**2", -4},
        {"clip(5, 0, 1)", 1},
        {"clip(-5, 0, 1)", 0},
        {"clip(0.5, 0, 1)", 0.5},
        {"min(two, 3)", 2},
        {"max(two, 3)", 3},
        {"2**-1", 0.5},
        {"1/3", 1.0 / 3},
        {"int(-2.7)", -2},
        {"int(two > 1)", 1},
        {"min(3, two, 5)", 2},
        {"max(3, two)", 3},
        {"clip(9, 0, two)", 2},
        {"sign(-two)", -1},
        {"exprel(0)", 1},
        {"floor(-0.5)", -1},
        {"ceil(0.5)", 1},
        {"sqrt(tau*tau)/tau", 1},
        {"tau/(5*ms)", 2},
        {"N + 1", 5},
        {"int(not two > 1 or N == 4)", 1},
        {"2*pi", 2 * M_PI},
        {"e", std::exp(1.0)},
        {"rand()", {}},
        {"two + 0*randn()", {}},
        {"x", {}},
        {"t/tau", {}},
        {"i", {}},
        {"dt/tau", {}},
    };
    for (const auto& wanted : cases) {
        const auto term = resolved(wanted.text);
        ASSERT_NE(term, nullptr) << wanted.text;
        const auto found = evaluate(term);
        ASSERT_EQ(found.has_value(), wanted.value.has_value()) << wanted.text;
        if (found) {
            EXPECT_NEAR(*found, *wanted.value, 1e-14) << wanted.text;
        }
    }
}

TEST(Term, TypesAndDimensions) {
    struct Case {
        const char* text;
        ValueType type;
        const char* unit;  // null: a plain number
    };
    const Case cases[] = {
        {"n + 2", ValueType::integer, nullptr},
        {"n + 2.0", ValueType::real, nullptr},
        {"n/2", ValueType::real, nullptr},
        {"n//2", ValueType::integer, nullptr},
        {"n % 3", ValueType::integer, nullptr},
        {"int(x)", ValueType::integer, nullptr},
        {"n > 1", ValueType::boolean, nullptr},
        {"not b", ValueType::boolean, nullptr},
        {"min(n, 3)", ValueType::integer, nullptr},
        {"min(n, x)", ValueType::real, nullptr},
        {"abs(n)", ValueType::integer, nullptr},
        {"rand()", ValueType::real, nullptr},
        {"i", ValueType::integer, nullptr},
        {"v", ValueType::real, "volt"},
        {"v*x", ValueType::real, "volt"},
        {"sqrt(v*v)", ValueType::real, "volt"},
        {"v**2/v", ValueType::real, "volt"},
        {"max(v, 2*mV)", ValueType::real, "volt"},
        {"sign(v)", ValueType::real, nullptr},
        {"t", ValueType::real, "second"},
        {"tau*(v/volt)", ValueType::real, "second"},
        {"1/tau", ValueType::real, "hertz"},
        {"v > 0", ValueType::boolean, nullptr},
        {"v + 0", ValueType::real, "volt"},
        {"clip(v, 0, 5*mV)", ValueType::real, "volt"},
        {"xi*sqrt(tau)", ValueType::real, nullptr},
    };
    for (const auto& wanted : cases) {
        std::string mistake;
        const auto term = resolved(wanted.text, &mistake);
        ASSERT_NE(term, nullptr) << wanted.text << ": " << mistake;
        EXPECT_EQ(term->type, wanted.type) << wanted.text;
        const auto dimension = wanted.unit ? base::find_unit(wanted.unit)->dimension : base::Dimension{};
        EXPECT_EQ(term->dimension, dimension) << wanted.text;
    }
}

TEST(Term, Mistakes) {
    const std::pair<const char*, const char*> cases[] = {
        {"v + x", "E203"},         {"v > 1", "E203"},   {"exp(v)", "E203"}, {"v + (1 - 1)", "E203"},
        {"min(v, x)", "E203"},     {"v**x", "E203"},    {"2**v", "E203"},   {"b + 1", "E206"},
        {"not x", "E206"},         {"x and b", "E206"}, {"zz + 1", "E201"}, {"sin(b)", "E206"},
        {"clip(x, 0, v)", "E203"},
    };
    for (const auto& [text, code] : cases) {
        std::string mistake;
        EXPECT_EQ(resolved(text, &mistake), nullptr) << text;
        EXPECT_EQ(mistake.substr(0, std::string(code).size()), code) << text << ": " << mistake;
    }
}

}  // namespace
}  // namespace bouton::test
