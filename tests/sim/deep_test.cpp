// SPDX-License-Identifier: BSD-3-Clause
// Expressions as large and as nested as they may be go all the way from text to result, and are freed, on a stack of 512 kB:
// threads of other programs have no more.
#include "lang/parser.hpp"
#include "lang/printer.hpp"
#include "model/loader.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>

namespace bouton::sim {
namespace {

// Sanitizers make frames several times as large.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStack = std::size_t{4} << 20;
#else
constexpr std::size_t kStack = std::size_t{512} << 10;
#endif

/// Calls `body` in a thread with a small stack.
void on_a_small_stack(std::function<void()> body) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
    pthread_t thread;
    const auto enter = [](void* argument) -> void* {
        try {
            (*static_cast<std::function<void()>*>(argument))();
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, enter, &body), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

std::string repeated(const std::string& part, int count) {
    std::string text;
    for (int k = 0; k < count; ++k) text += part;
    return text;
}

/// Records `y` of one neuron over two steps.
std::string network(const std::string& equations) {
    return "simulation = { duration = \"0.2 ms\" }\n[neurons.n]\nsize = 1\nequations = '''\n" + equations +
           "'''\n[[record]]\nof = \"n\"\nvariables = [\"y\"]\n";
}

/// The values of `y` in the two steps.
std::vector<double> values_of(const std::string& toml) {
    test::Kept kept;
    const auto simulation = test::simulate(toml, 1, &kept);
    simulation->run();
    std::vector<double> values;
    for (const auto& row : kept.rows) values.push_back(row.values.at(0).at(0));
    return values;
}

TEST(Deep, ASumOfAsManyTermsAsThereMayBe) {
    on_a_small_stack([] {
        EXPECT_EQ(values_of(network("x : 1\ny = x" + repeated(" + 1", 49'999) + " : 1\n")),
                  (std::vector<double>{49'999.0, 49'999.0}));
    });
}

TEST(Deep, AProductThatIsIntegrated) {
    // dy/dt = 0*y*1*1.../ms stays where it is: also the forms of a long linear equation are found.
    on_a_small_stack([] {
        EXPECT_EQ(values_of(network("dy/dt = (y" + repeated(" - y", 20'000) + repeated(" + 0*y", 5'000) +
                                    ")*0/ms : 1\n")),
                  (std::vector<double>{0.0, 0.0}));
    });
}

TEST(Deep, TheDeepestNestingThereMayBe) {
    const auto nested = [](const std::string& before, int levels, const std::string& behind) {
        return repeated(before, levels) + "x" + repeated(behind, levels);
    };
    on_a_small_stack([&] {
        for (const auto& text : {nested("(", 256, ")"), nested("-(", 128, ")"), nested("exp(0*", 256, ")"),
                                 nested("1 + 2*3**(", 128, ")*0")})
            EXPECT_EQ(values_of(network("x : 1\ny = 0*" + text + " : 1\n")).at(0), 0.0) << text.substr(0, 20);
        // Every precedence at every level; x is 0.
        const auto all = nested("int(x > 1 or x > 1 and x < 1 + 1*", 256, ")");
        EXPECT_EQ(values_of(network("x : 1\ny = 1.0*" + all + " : 1\n")).at(0), 0.0);
    });
}

TEST(Deep, DefinitionsWithinDefinitions) {
    std::string equations = "x0 : 1\n";
    for (int k = 1; k <= 5000; ++k)
        equations += "x" + std::to_string(k) + " = x" + std::to_string(k - 1) + " + 1 : 1\n";
    equations += "y = x5000 : 1\n";
    on_a_small_stack([&] { EXPECT_EQ(values_of(network(equations)).at(0), 5000.0); });
}

TEST(Deep, ParametersAndInitialValuesThatNeedEachOther) {
    std::string text = network("y : 1\nx0 : 1\n" + [] {
        std::string variables;
        for (int k = 1; k <= 3000; ++k) variables += "x" + std::to_string(k) + " : 1\n";
        return variables;
    }());
    text += "[neurons.n.parameters]\np0 = \"1 + 0*rand()\"\n";
    for (int k = 1; k <= 3000; ++k)
        text += "p" + std::to_string(k) + " = \"p" + std::to_string(k - 1) + " + 1\"\n";
    text += "[neurons.n.initial]\ny = \"x0 + p3000\"\nx3000 = 5\n";
    for (int k = 0; k < 3000; ++k)
        text += "x" + std::to_string(k) + " = \"x" + std::to_string(k + 1) + " + 1\"\n";
    on_a_small_stack([&] { EXPECT_EQ(values_of(text).at(0), 3005.0 + 3001.0); });
}

TEST(Deep, PrintingAndComparing) {
    on_a_small_stack([] {
        base::Diagnostics diagnostics;
        const std::string text = "a" + repeated(" + a*b", 24'999);
        const auto expr = lang::parse_expression(base::make_source("t", text), diagnostics);
        const auto again = lang::parse_expression(base::make_source("t", text), diagnostics);
        ASSERT_TRUE(expr && again) << diagnostics.render();
        EXPECT_EQ(lang::to_string(*expr), text);
        EXPECT_TRUE(lang::equal(*expr, *again));
    });
}

}  // namespace
}  // namespace bouton::sim
