// SPDX-License-Identifier: BSD-3-Clause
// Files with very many mistakes of one kind: the number that is kept and the work for suggestions are bounded, whatever the size
// of the file. Where the work is not counted the sizes are such that a quadratic program would run for minutes.
#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace bouton::model {
namespace {

using base::Diagnostics;
using base::Suggestions;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kMany = 20'000;

/// Loads and checks; returns what would be shown.
std::string told(const std::string& toml, Diagnostics& diagnostics, const LoadOptions& options = {}) {
    const auto network = load_text("n.toml", toml, options, diagnostics);
    codegen::make_plan(network, diagnostics);
    EXPECT_LE(diagnostics.all().size(), 2 * Diagnostics::kMostKept);
    EXPECT_LE(diagnostics.suggestions().compared(), Suggestions::kMostCompared);
    return diagnostics.render();
}

template <class Item>
std::string repeat(Item item, int count = kMany) {
    std::string text;
    for (int k = 0; k < count; ++k) text += item(std::to_string(k));
    return text;
}

const std::string kHead = "simulation = { duration = \"1 ms\" }\n";
const std::string kCell = "[neurons.cell]\nsize = 1\nequations = \"v : 1\"\n";
const std::string kSynapse =
    "[synapses.s]\nfrom = \"cell\"\nto = \"cell\"\nconnect = { rule = \"all_to_all\" }\n";

TEST(BoundedWork, OfVeryManyMistakesOfOneKind) {
    const struct {
        const char* what;
        std::string text;
    } cases[] = {
        {"keys", kHead + kCell + repeat([](const auto& k) { return "key_" + k + " = 1\n"; })},
        {"parameters that nothing uses", kHead + kCell + "[neurons.cell.parameters]\n" +
                                             repeat([](const auto& k) { return "par_" + k + " = 1\n"; })},
        {"unknown names in equations",
         kHead + "[neurons.cell]\nsize = 1\nequations = '''\n" +
             repeat([](const auto& k) { return "x" + k + " = unknown" + k + " : 1\n"; }) + "'''\n"},
        {"unused beside unknown", kHead + "[neurons.cell]\nsize = 1\nequations = '''\n" +
                                      repeat([](const auto& k) { return "x" + k + " = a_" + k + " : 1\n"; }) +
                                      "'''\n[neurons.cell.parameters]\n" +
                                      repeat([](const auto& k) { return "b_" + k + " = 1\n"; })},
        {"initial values of nothing", kHead + kCell + "[neurons.cell.initial]\n" +
                                          repeat([](const auto& k) { return "x" + k + " = 1\n"; })},
        {"unread locals", kHead + kCell + "threshold = \"v > 1\"\nreset = '''\n" +
                              repeat([](const auto& k) { return "local_" + k + " = 1\n"; }) + "'''\n"},
        {"records of no group",
         kHead + kCell + repeat([](const auto& k) { return "[[record]]\nspikes = \"cel" + k + "\"\n"; })},
        {"records of one name",
         kHead + kCell + repeat([](const auto&) { return "[[record]]\nspikes = \"cell\"\n"; })},
        {"variables that no group has", kHead + kCell + "[[record]]\nof = \"cell\"\nvariables = [" +
                                            repeat([](const auto& k) { return "\"v" + k + "\", "; }) + "]\n"},
        {"pairs", kHead + kCell + "[synapses.s]\nfrom = \"cell\"\nto = \"cell\"\ntarget = \"v\"\n" +
                      "initial = { w = 1 }\nconnect = { pairs = [" +
                      repeat([](const auto& k) { return "[7, " + k + "], [1], "; }) + "] }\n"},
        {"delays of no pathway", kHead + kCell + kSynapse + "on_pre = \"v += 1\"\n[synapses.s.delay]\n" +
                                     repeat([](const auto& k) { return "way_" + k + " = \"1 ms\"\n"; })},
        {"lines that are no statements",
         kHead + kCell + kSynapse + "on_pre = '''\n" + repeat([](const auto&) { return "a\n"; }) + "'''\n"},
        {"units", kHead + kCell + "[neurons.cell.parameters]\n" +
                      repeat([](const auto& k) { return "p" + k + " = \"1 mVV" + k + "\"\n"; })},
        {"flags", kHead + "[neurons.cell]\nsize = 1\nequations = '''\n" +
                      repeat([](const auto& k) { return "x" + k + " : 1 (shraed)\n"; }) + "'''\n"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.what);
        Diagnostics diagnostics;
        EXPECT_THAT(told(c.text, diagnostics), HasSubstr(" more\n"));
    }
}

TEST(BoundedWork, OfManyGroupsThatNameEachOther) {
    const auto groups = repeat(
        [](const auto& k) {
            return "[neurons.n" + k + "]\nsize = 1\nequations = \"v : 1\"\n[synapses.s" + k +
                   "]\nfrom = \"n" + k +
                   "\"\nto = \"n0\"\nconnect = { rule = \"all_to_all\" }\ntarget = \"u\"\ninitial = { w = 1 "
                   "}\n";
        },
        4000);
    Diagnostics diagnostics;
    EXPECT_THAT(told(kHead + groups, diagnostics), HasSubstr(" more\n"));
    EXPECT_EQ(diagnostics.error_count(), 4000u);
}

TEST(BoundedWork, OfManyOptions) {
    LoadOptions options;
    for (int k = 0; k < 3000; ++k)
        options.sets.push_back("neurons.cell.parameters.p" + std::to_string(k) + "=1");
    Diagnostics diagnostics;
    EXPECT_THAT(told(kHead + kCell, diagnostics, options), HasSubstr(" more\n"));
}

/// A few pairs in no order between neurons of high numbers take no memory for all that lie below: 16 GB here.
TEST(BoundedWork, OfPairsBetweenNeuronsOfHighNumbers) {
    const auto told_of = [](const std::string& pairs) {
        struct rlimit before {};
        getrlimit(RLIMIT_AS, &before);
        struct rlimit little = before;
        little.rlim_cur = std::min(before.rlim_max, rlim_t{4} << 30);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they take more themselves
        setrlimit(RLIMIT_AS, &little);
#endif
        Diagnostics diagnostics;
        const auto text = told(kHead + kCell +
                                   "[synapses.s]\nfrom = \"cel\"\nto = \"cell\"\ntarget = \"v\"\ninitial = { "
                                   "w = 1 }\nconnect = " +
                                   pairs + "\n",
                               diagnostics);
        setrlimit(RLIMIT_AS, &before);
        return text;
    };
    EXPECT_THAT(told_of("{ pairs = [[2147483646, 0], [1, 0]] }"),
                AllOf(HasSubstr("'cel'"), Not(HasSubstr("stands here again"))));
    EXPECT_THAT(told_of("{ pairs = [[2147483646, 0], [1, 0], [2147483646, 0]] }"),
                HasSubstr("pair [2147483646, 0] stands here again"));
    EXPECT_THAT(told_of("{ sources = [2147483646, 1, 2147483646], targets = [0, 0, 0] }"),
                HasSubstr("pair [2147483646, 0] stands here again"));
}

/// One header with very many columns, each wrong: its text is kept once, not once for each.
TEST(BoundedWork, OfAFileOfConnectionsWithManyColumns) {
    const auto folder = std::filesystem::temp_directory_path() / "bouton_bounded_work";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "c.csv") << "source,target"
                                    << repeat([](const auto& k) { return ",x" + k; }, 100'000) << "\n0,0"
                                    << repeat([](const auto&) { return ",1"; }, 100'000) << "\n";
    LoadOptions options;
    options.base_directory = folder;
    Diagnostics diagnostics;
    const auto text =
        told(kHead + kCell +
                 "[synapses.s]\nfrom = \"cell\"\nto = \"cell\"\ntarget = \"v\"\ninitial = { w = 1 }\n"
                 "connect = { file = \"c.csv\", autapses = true }\n",
             diagnostics, options);
    EXPECT_THAT(text, HasSubstr("c.csv:1:15: error[E201]: 'x0' is no variable of this group\n"));
    EXPECT_THAT(text, HasSubstr("and 99900 more\n"));
    EXPECT_EQ(diagnostics.all().front().span.source, diagnostics.all().back().span.source);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bouton::model
