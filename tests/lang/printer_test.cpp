// SPDX-License-Identifier: BSD-3-Clause
// Printing: as few brackets as possible, and parse(print(tree)) is the tree again, for random trees.
#include "tests/lang/parsing.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

namespace bouton::lang::testing {
namespace {

TEST(Printer, FewestBrackets) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"((a))", "a"},
        {"-(x**2)", "-x**2"},
        {"(-x)**2", "(-x)**2"},
        {"x**(-2)", "x**-2"},
        {"(a**b)**c", "(a**b)**c"},
        {"a**(b**c)", "a**b**c"},
        {"a-(b+c)", "a - (b + c)"},
        {"(a-b)+c", "a - b + c"},
        {"a/(b/c)", "a/(b/c)"},
        {"(a/b)/c", "a/b/c"},
        {"a*(b/c)", "a*(b/c)"},
        {"(a+b)*(c-d)", "(a + b)*(c - d)"},
        {"a-(-b)", "a - -b"},
        {"-(-a)", "--a"},
        {"-(a*b)", "-(a*b)"},
        {"(-a)*b", "-a*b"},
        {"not (a and b)", "not (a and b)"},
        {"(not a) and b", "not a and b"},
        {"not (a == b)", "not a == b"},
        {"(not a) == b", "(not a) == b"},
        {"(a and b) or c", "a and b or c"},
        {"a and (b or c)", "a and (b or c)"},
        {"a and (b and c)", "a and (b and c)"},
        {"a == (b < c)", "a == (b < c)"},
        {"f((a+b), (c))", "f(a + b, c)"},
        {"f()", "f()"},
        {"a//b%c", "a//b % c"},
        {"true", "True"},
        {"1.50", "1.5"},
        {"1.0", "1.0"},
        {"1", "1"},
        {"1e30", "1e+30"},
        {"100000000000000000000000000", "1e+26"},
        {"1000000", "1000000"},
        {"0.1", "0.1"},
        {"1e-9", "1e-09"},
    };
    for (const auto& c : cases) EXPECT_EQ(reprinted(c.text), c.expected) << c.text;
}

TEST(Printer, NegativeNumbersOfComputations) {
    const auto negative = make_expr({}, Number{-2.0, true});
    const auto three = make_expr({}, Number{3.0, true});
    EXPECT_EQ(to_string(*make_expr({}, Binary{BinaryOp::power, negative, three})), "(-2)**3");
    EXPECT_EQ(to_string(*make_expr({}, Binary{BinaryOp::power, three, negative})), "3**-2");
    EXPECT_EQ(to_string(*make_expr({}, Binary{BinaryOp::multiply, negative, three})), "-2*3");
}

/// Random trees of every kind of node.
class Grower {
public:
    explicit Grower(unsigned seed) : random_(seed) {}

    ExprPtr grow(int depth) {
        const int kind = depth == 0 ? below(3) : below(8);
        switch (kind) {
            case 0: return make_expr({}, number());
            case 1: return make_expr({}, Boolean{below(2) == 0});
            case 2: return make_expr({}, Name{std::string(1, static_cast<char>('a' + below(26)))});
            case 3: return make_expr({}, Unary{static_cast<UnaryOp>(below(2)), grow(depth - 1)});
            case 4: {
                Call call{"f", {}, {}};
                for (int n = below(4); n > 0; --n) call.arguments.push_back(grow(depth - 1));
                return make_expr({}, std::move(call));
            }
            default: {
                const auto op = static_cast<BinaryOp>(below(15));
                auto left = grow(depth - 1);
                return make_expr({}, Binary{op, std::move(left), grow(depth - 1)});
            }
        }
    }

private:
    int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

    Number number() {
        if (below(2) == 0) return {static_cast<double>(random_() >> 12), true};
        const double any = std::abs(std::bit_cast<double>(random_()));
        return {std::isfinite(any) ? any : 0.5, false};
    }

    std::mt19937_64 random_;
};

TEST(Printer, ParsingThePrintGivesTheTree) {
    for (unsigned seed = 0; seed < 5000; ++seed) {
        const auto tree = Grower(seed).grow(1 + static_cast<int>(seed % 7));
        const auto text = to_string(*tree);
        base::Diagnostics diagnostics;
        const auto parsed = parse_expression(base::make_source("test", text), diagnostics);
        ASSERT_TRUE(parsed) << diagnostics.render();
        ASSERT_TRUE(equal(*tree, *parsed)) << text << "\n" << to_string(*parsed);
        ASSERT_EQ(to_string(*parsed), text);
    }
}

TEST(Printer, NoBracketCanBeLeftAway) {
    // Without any one pair of brackets, the text is another tree or none.
    for (unsigned seed = 0; seed < 400; ++seed) {
        const auto tree = Grower(seed).grow(4);
        const auto text = to_string(*tree);
        for (std::size_t open = 0; open < text.size(); ++open) {
            const bool is_call = open > 0 && text[open - 1] == 'f';
            if (text[open] != '(' || is_call) continue;
            auto less = text;
            int depth = 0;
            for (std::size_t k = open; k < text.size(); ++k) {
                depth += text[k] == '(' ? 1 : text[k] == ')' ? -1 : 0;
                if (depth > 0) continue;
                less[k] = ' ';
                break;
            }
            less[open] = ' ';
            base::Diagnostics diagnostics;
            const auto parsed = parse_expression(base::make_source("test", less), diagnostics);
            EXPECT_TRUE(!parsed || !equal(*parsed, *tree)) << text << " at " << open;
        }
    }
}

TEST(Equal, TellsTreesApart) {
    const char* texts[] = {"a",     "b",     "1",     "1.0",  "True", "-a",      "not a",
                           "a + b", "b + a", "a - b", "f(a)", "g(a)", "f(a, b)", "f()"};
    for (const char* one : texts) {
        for (const char* other : texts) {
            base::Diagnostics diagnostics;
            const auto a = parse_expression(base::make_source("x", one), diagnostics);
            const auto b = parse_expression(base::make_source("y", std::string("  ") + other), diagnostics);
            EXPECT_EQ(equal(*a, *b), std::string(one) == other) << one << ", " << other;
        }
    }
}

}  // namespace
}  // namespace bouton::lang::testing
