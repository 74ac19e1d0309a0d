// SPDX-License-Identifier: BSD-3-Clause
// What is suggested for a misspelt name, and what is not.
#include "base/diagnostics.hpp"

#include <gtest/gtest.h>

namespace bouton::base {
namespace {

TEST(Nearest, SuggestsOrStaysSilent) {
    const struct {
        const char* name;
        std::vector<std::string> candidates;
        const char* expected;
    } cases[] = {
        {"tua", {"tau", "w"}, "tau"},                                // swapped
        {"taum", {"tau_m", "tau"}, "tau_m"},                         // first of equals
        {"sharde", {"shared", "summed"}, "shared"},                  //
        {"constnat", {"constant", "constant over dt"}, "constant"},  //
        {"mVolt", {"volt", "mvolt"}, "mvolt"},                       // case costs half
        {"v", {"V", "w"}, "V"},                                      // one letter: case only
        {"v", {"w", "x"}, ""},                                       //
        {"g_exx", {"g_exc", "g_inh"}, "g_exc"},                      //
        {"apple", {"tau", "w_max"}, ""},                             //
        {"w", {}, ""},                                               //
        {"", {"w"}, ""},                                             //
        {"tau", {"tau"}, ""},                                        // itself is no suggestion
    };
    for (const auto& c : cases) EXPECT_EQ(nearest(c.name, c.candidates), c.expected) << c.name;
}

TEST(Nearest, IgnoresVeryLongNames) {
    EXPECT_EQ(nearest(std::string(100'000, 'a'), {std::string(99'999, 'a')}), "");
}

}  // namespace
}  // namespace bouton::base
