// SPDX-License-Identifier: BSD-3-Clause
// What a value may look like: when a string is a quantity and when an expression.
#include "model/loader.hpp"

#include "lang/printer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton::model {
namespace {

NetworkSpec load(const std::string& value, std::string& messages) {
    base::Diagnostics diagnostics;
    auto network = load_text("net.toml",
                             "[simulation]\nduration = \"1 s\"\n[neurons.cells]\nsize = 2\n"
                             "equations = \"x : 1\"\nparameters = { p = " +
                                 value + " }\n",
                             {}, diagnostics);
    messages = diagnostics.render();
    return network;
}

/// A value as "number dimension", "[numbers] dimension" or the expression.
std::string shown(const std::string& text) {
    std::string messages;
    const auto network = load(text, messages);
    if (!messages.empty()) return messages;
    const auto& value = network.neurons.at(0).model.parameters.at(0).value.value;
    if (const auto* expr = std::get_if<lang::ExprPtr>(&value)) return lang::to_string(**expr);
    char buffer[64];
    if (const auto* scalar = std::get_if<ScalarValue>(&value)) {
        std::snprintf(buffer, sizeof buffer, "%g ", scalar->value);
        return buffer + scalar->dimension.to_string();
    }
    const auto& array = std::get<ArrayValue>(value);
    std::string list = "[";
    for (const double number : *array.values) {
        std::snprintf(buffer, sizeof buffer, "%s%g", list.size() > 1 ? ", " : "", number);
        list += buffer;
    }
    return list + "] " + array.dimension.to_string();
}

struct Case {
    const char* text;
    const char* shown;
};
class LoadValues : public testing::TestWithParam<Case> {};

TEST_P(LoadValues, AreReadAs) { EXPECT_EQ(shown(GetParam().text), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    All, LoadValues,
    testing::Values(Case{"5", "5 1"}, Case{"-0.5", "-0.5 1"}, Case{"0x10", "16 1"}, Case{"\"5\"", "5 1"},
                    Case{"\"20 ms\"", "0.02 s"}, Case{"\"20*ms\"", "0.02 s"}, Case{"\"-70 mV\"", "-0.07 V"},
                    Case{"\"5 V\"", "5 V"}, Case{"\"1 s\"", "1 s"}, Case{"'2 mV/ms'", "2 V/s"},
                    // With a sign of multiplication a single letter is a name, as in every expression.
                    Case{"\"2*m\"", "2*m"}, Case{"\"1/s\"", "1/s"}, Case{"\"2*h*ms\"", "2*h*ms"},
                    Case{"\"V_th - 1*mV\"", "V_th - 1*mV"}, Case{"\"rand()\"", "rand()"},
                    Case{"\"3-x\"", "3 - x"}, Case{"\"1+rand()\"", "1 + rand()"},
                    Case{"\"1e-3 V\"", "0.001 V"}, Case{"\"1 and x\"", "1 and x"}, Case{"true", "True"},
                    Case{"{ values = [1, 2.5] }", "[1, 2.5] 1"},
                    Case{"{ values = [1, 2], unit = \"mV\" }", "[0.001, 0.002] V"},
                    Case{"{ values = [1, 2], unit = \"1\" }", "[1, 2] 1"}));

TEST(LoadValues, AMisspeltUnitIsAnUnknownUnit) {
    EXPECT_THAT(shown("\"20 msec\""), testing::HasSubstr("error[E109]"));
}

TEST(LoadValues, APlaceInAnEscapedStringIsThatOfTheFile) {
    EXPECT_THAT(shown("\"\\u0041 +\\t* 2\""), testing::HasSubstr("net.toml:6:31: error[E103]"));
}

TEST(LoadValues, APlaceBehindCarriageReturnsIsThatOfTheFile) {
    EXPECT_THAT(shown("\"\"\"\r\n1 + \\\r\n  2 + * 3\r\n\"\"\""),
                testing::HasSubstr("net.toml:8:7: error[E103]"));
}

TEST(LoadValues, ZeroNeedsNoUnit) {
    base::Diagnostics diagnostics;
    const auto network = load_text(
        "net.toml",
        "[simulation]\nduration = \"1 s\"\n[neurons.cells]\nsize = 2\nequations = \"x : 1\"\n"
        "[synapses.s]\nfrom = \"cells\"\nto = \"cells\"\nconnect = { p = 0 }\ntarget = \"x\"\ndelay = 0\n",
        {}, diagnostics);
    EXPECT_EQ(diagnostics.render(), "");
    EXPECT_EQ(std::get<ScalarValue>(network.synapses.at(0).delays.at(0).value.value).dimension.to_string(),
              "s");
}

}  // namespace
}  // namespace bouton::model
