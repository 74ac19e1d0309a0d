// SPDX-License-Identifier: BSD-3-Clause
// --set and --seed: what they change, and where complaints about them point.
#include "model/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton::model {
namespace {

using testing::HasSubstr;

constexpr const char* kNetwork = R"(
[simulation]
duration = "1 s"
[neurons.cells]
size = 10
equations = "v : 1"
[[record]]
variables = ["v"]
of = "cells"
every = "1 ms"
)";

struct Loaded {
    NetworkSpec network;
    std::string messages;
};

Loaded load(std::vector<std::string> sets, std::optional<std::uint64_t> seed = {}) {
    base::Diagnostics diagnostics;
    auto network = load_text("net.toml", kNetwork, {std::move(sets), seed, {}}, diagnostics);
    return {std::move(network), diagnostics.render()};
}

TEST(LoadSet, ReplacesAValue) { EXPECT_EQ(load({"simulation.duration=\"2 s\""}).network.duration, 2.0); }
TEST(LoadSet, ABareStringNeedsNoQuotes) {
    EXPECT_EQ(load({"simulation.duration=2 s"}).network.duration, 2.0);
}
TEST(LoadSet, TheLastOneWins) {
    EXPECT_EQ(load({"simulation.seed=1", "simulation.seed=2"}).network.seed, 2u);
}
TEST(LoadSet, MakesAKey) { EXPECT_EQ(load({"simulation.dt=0.5 ms"}).network.dt, 0.5e-3); }
TEST(LoadSet, MakesATable) {
    const auto loaded = load({"neurons.more={ size = 3, equations = \"x : 1\" }"});
    EXPECT_EQ(loaded.messages, "");
    EXPECT_EQ(loaded.network.neurons.size(), 2u);
}
TEST(LoadSet, EntersAListByNumber) {
    EXPECT_EQ(load({"record.0.every=3 ms"}).network.records.at(0).every, 3 * 1e-3);
}
TEST(LoadSet, MakesAPathOfTables) {
    const auto loaded = load({"neurons.cells.initial.v=0.5"});
    EXPECT_EQ(loaded.messages, "");
    EXPECT_EQ(loaded.network.neurons.at(0).model.initial.at(0).name, "v");
}
TEST(LoadSet, SeedWinsOverAll) { EXPECT_EQ(load({"simulation.seed=1"}, 5).network.seed, 5u); }
TEST(LoadSet, IsPartOfTheResolvedText) {
    EXPECT_THAT(load({"neurons.cells.size=12"}, 5).network.resolved, HasSubstr("size = 12"));
    EXPECT_THAT(load({}, 5).network.resolved, HasSubstr("seed = 5"));
}

struct Refused {
    const char* argument;
    const char* message;
};
class LoadSetRefused : public testing::TestWithParam<Refused> {};

TEST_P(LoadSetRefused, SaysWhere) { EXPECT_EQ(load({GetParam().argument}).messages, GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    All, LoadSetRefused,
    testing::Values(Refused{"simulation.dt",
                            "--set:1:1: error[E314]: --set needs PATH=VALUE\n"
                            "  simulation.dt\n"
                            "  ^~~~~~~~~~~~~  such as simulation.dt=\"0.05 ms\"\n"},
                    Refused{"=5",
                            "--set:1:1: error[E314]: --set needs PATH=VALUE\n"
                            "  =5\n"
                            "  ^~  such as simulation.dt=\"0.05 ms\"\n"},
                    Refused{"simulation..dt=5",
                            "--set:1:12: error[E314]: a part of the path of this --set is empty\n"
                            "  simulation..dt=5\n"
                            "             ^\n"},
                    Refused{"record.1.every=5",
                            "--set:1:8: error[E314]: '1' is not the number of an element\n"
                            "  record.1.every=5\n"
                            "         ^  this list has 1, counted from 0\n"},
                    Refused{"simulation.duration.x=5",
                            "--set:1:21: error[E314]: there is nothing inside a single value to be set\n"
                            "  simulation.duration.x=5\n"
                            "                      ^\n"},
                    Refused{"simulation.sead=5",
                            "--set:1:12: error[E303]: unknown key 'sead' in [simulation]\n"
                            "  simulation.sead=5\n"
                            "             ^~~~  did you mean 'seed'?\n"},
                    Refused{"simulation.dt=5 mV",
                            "--set:1:15: error[E307]: 'dt' must have the unit s, not V\n"
                            "  simulation.dt=5 mV\n"
                            "                ^~~~  such as \"0.1 ms\"\n"},
                    Refused{"simulation.seed=-1",
                            "--set:1:17: error[E306]: 'seed' must be at least 0, not -1\n"
                            "  simulation.seed=-1\n"
                            "                  ^~\n"}));

TEST(LoadSet, ASeedOutOfRangeIsRefused) {
    EXPECT_EQ(load({}, std::uint64_t{1} << 63).messages,
              "--seed:1:1: error[E306]: a seed is a whole number from 0 to 2^63 - 1\n"
              "  9223372036854775808\n"
              "  ^~~~~~~~~~~~~~~~~~~\n");
}

TEST(LoadSet, LineBreaksCannotSmuggleKeysIn) {
    const auto loaded = load({"simulation.seed=1\ndt = 5"});
    EXPECT_THAT(loaded.messages, HasSubstr("error[E305]"));
}

}  // namespace
}  // namespace bouton::model
