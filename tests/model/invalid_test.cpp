// SPDX-License-Identifier: BSD-3-Clause
// Every tests/models/invalid/NAME.toml is refused with exactly the text of NAME.expected, and with the code that
// its first line names; every code of models, network files and connections has such a file.
#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace bouton::model {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = "tests/models/invalid";

std::string content(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(fs::path(BOUTON_SOURCE_DIR) / kFolder))
        if (entry.path().extension() == ".toml") found.push_back(entry.path().stem().string());
    std::sort(found.begin(), found.end());
    return found;
}

/// "# E303" in the first line, perhaps after a byte-order mark.
std::string named_code(const std::string& text) {
    const auto hash = text.find("# ");
    return hash > 3 ? std::string() : text.substr(hash + 2, 4);
}

class Invalid : public testing::TestWithParam<std::string> {};

TEST_P(Invalid, IsRefusedAsExpected) {
    base::Diagnostics diagnostics;
    const auto network = load_file(kFolder / (GetParam() + ".toml"), {}, diagnostics);
    codegen::make_plan(network, diagnostics);  // also after mistakes: nothing may follow from them alone
    EXPECT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics.render(), content(kFolder / (GetParam() + ".expected")));
    const auto code = named_code(content(kFolder / (GetParam() + ".toml")));
    EXPECT_NE(diagnostics.render().find("error[" + code + "]"), std::string::npos)
        << "the first line names " << code;
}

INSTANTIATE_TEST_SUITE_P(Files, Invalid, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

TEST(InvalidFiles, EveryCodeOfModelsFilesAndConnectionsHasOne) {
    std::set<std::string> named;
    for (const auto& name : names()) named.insert(named_code(content(kFolder / (name + ".toml"))));
    // Wrong only with --set (load_set_test.cpp), or found when the network is built (tests/sim).
    // E216 is a warning (tests/analysis).
    const std::set<std::string> elsewhere = {"E216", "E314", "E408", "E409", "E410"};
#define BOUTON_CODE_NAME(code, summary) #code,
    for (const std::string code : {BOUTON_CODES(BOUTON_CODE_NAME)}) {
        if (code < "E201" || code > "E449" || elsewhere.count(code)) continue;
        EXPECT_EQ(named.count(code), 1u) << code;
    }
#undef BOUTON_CODE_NAME
}

}  // namespace
}  // namespace bouton::model
