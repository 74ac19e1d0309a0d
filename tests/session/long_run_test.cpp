// SPDX-License-Identifier: BSD-3-Clause
// Runs that break off and go on from a checkpoint, with other threads and the other back end: all datasets of the results are
// those of the run that was never stopped, to the bit.
#include "session/long_run.hpp"

#include "io/results_file.hpp"
#include "tests/sim/state_cases.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <span>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;
using test::state_cases;
using test::StateCase;

/// What is recorded of each of state_cases().
const char* const kRecords[] = {
    R"toml(
[[record]]
spikes = "cells"
[[record]]
rate = "cells"
bin = "7 ms"
[[record]]
variables = ["v", "g"]
of = "cells"
indices = [0, 60, 7]
every = "0.3 ms"
[[record]]
variables = ["w"]
of = "plain"
every = "5 ms"
[[record]]
variables = ["k"]
of = "back"
indices = [3, 1]
every = "3 ms"
float32 = true
)toml",
    R"toml(
[[record]]
spikes = "cells"
[[record]]
spikes = "inputs"
[[record]]
rate = "inputs"
bin = "6.3 ms"
[[record]]
rate = "cells"
name = "fine"
bin = "0.1 ms"
[[record]]
variables = ["w"]
of = "drive"
every = "11 ms"
)toml",
    // Synapses come every 5 ms, also between a checkpoint and the next sample.
    R"toml(
[[record]]
spikes = "cells"
[[record]]
variables = ["w", "u"]
of = "s"
every = "7 ms"
[[record]]
variables = ["w"]
of = "s"
name = "two"
indices = [1, 5]
every = "2 ms"
float32 = true
[[record]]
variables = ["w", "u", "release"]
of = "s"
at = "pre"
[[record]]
variables = ["x", "w"]
of = "s"
name = "three"
at = "post"
indices = [1, 5, 200]
float32 = true
)toml"};

class InAFolder : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("bouton-long-run-" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path in(const std::string& name) const { return folder_ / name; }

    struct Broken : std::exception {};
    struct How {
        int threads = 1;
        sim::Backend backend = sim::Backend::interpreted;
        int breaks_at = 0;                  ///< behind so many checkpoints; 0: not
        std::function<void(int)> before{};  ///< called before each, with how many there were
    };

    /// Returns whether it came to its end.
    bool run(const std::string& toml, const std::string& output, const LongRun::Request& request, How how,
             const Warn& warn = {}) const {
        NetworkSource source;
        source.file = "test.toml";
        source.text = toml;
        const CheckedNetwork network = check_network(source, {});
        io::ResultsFile results(in(output), request.files(), "test");
        LongRun run(request, saved_run(source.file, folder_, network.plan, network.files), results, {}, warn);
        sim::Options options;
        options.backend = how.backend;
        options.threads = how.threads;
        run.set_up(options);
        const auto write = options.at_pause;
        int written = 0;
        options.at_pause = [&] {
            if (how.before) how.before(written);
            write();
            if (++written == how.breaks_at) throw Broken();
        };
        sim::Simulation simulation(network.plan, options);
        run.attach(simulation);
        try {
            simulation.run();
            return true;
        } catch (const Broken&) {
            return false;
        }
    }

    std::map<std::string, std::string> datasets(const std::string& name) const {
        std::map<std::string, std::string> all;
        const hid_t file = H5Fopen(in(name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        EXPECT_GE(file, 0) << name;
        H5Ovisit(
            file, H5_INDEX_NAME, H5_ITER_NATIVE,
            [](hid_t group, const char* path, const H5O_info_t* info, void* to) -> herr_t {
                if (info->type != H5O_TYPE_DATASET) return 0;
                const hid_t dataset = H5Dopen2(group, path, H5P_DEFAULT);
                const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
                std::vector<hsize_t> shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
                H5Sget_simple_extent_dims(space, shape.data(), nullptr);
                std::string bytes(
                    static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type), '\0');
                if (!bytes.empty()) H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
                for (const hsize_t n : shape) bytes += " " + std::to_string(n);
                (*static_cast<std::map<std::string, std::string>*>(to))[path] = bytes;
                H5Tclose(type);
                H5Sclose(space);
                H5Dclose(dataset);
                return 0;
            },
            &all);
        H5Fclose(file);
        return all;
    }
    void expect_same(const std::string& one, const std::string& other) const {
        const auto expected = datasets(one), found = datasets(other);
        EXPECT_GT(expected.size(), 10U);
        for (const auto& [name, bytes] : expected) {
            ASSERT_TRUE(found.count(name)) << name;
            EXPECT_TRUE(found.at(name) == bytes) << name;
        }
        EXPECT_EQ(found.size(), expected.size());
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }
    static std::string recorded(std::size_t number) { return state_cases()[number].toml + kRecords[number]; }
    LongRun::Request writing(double every = 4e-3) const { return {{}, in("c"), every}; }
    LongRun::Request both(double every = 4e-3) const { return {in("c"), in("c"), every}; }

    fs::path folder_;
};

class LongRuns : public InAFolder, public testing::WithParamInterface<std::size_t> {
protected:
    static std::string network() { return recorded(GetParam()); }
};

TEST_P(LongRuns, CheckpointsChangeNothing) {
    run(network(), "whole.h5", {}, {});
    EXPECT_TRUE(run(network(), "out.h5", writing(), {2}));
    expect_same("whole.h5", "out.h5");
    EXPECT_EQ(files(), (std::vector<std::string>{"c", "c.previous", "out.h5", "whole.h5"}));
    EXPECT_EQ(StateFile(in("c")).run().step, 600);
    EXPECT_EQ(StateFile(in("c.previous")).run().step, 560);
}

TEST_P(LongRuns, GoOnWhereverTheyBrokeOff) {
    const bool compiler = runtime::compiler_available({});
    const auto other = compiler ? sim::Backend::compiled : sim::Backend::interpreted;
    run(network(), "whole.h5", {}, {});
    for (const int first : {1, 2, 7, 14}) {
        SCOPED_TRACE(first);
        EXPECT_FALSE(run(network(), "out.h5", writing(), {1, sim::Backend::interpreted, first}));
        EXPECT_EQ(StateFile(in("c")).run().step, 40 * first);
        EXPECT_FALSE(run(network(), "out.h5", both(3.1e-3), {3, other, 1}));
        EXPECT_EQ(StateFile(in("c")).run().step, (40 * first / 31 + 1) * 31);
        EXPECT_TRUE(run(network(), "out.h5", {in("c"), {}, 0.0}, {2}));
        expect_same("whole.h5", "out.h5");
        EXPECT_FALSE(fs::exists(in("out.h5.journal")));
    }
}

TEST_P(LongRuns, GoOnFromTheOlderGeneration) {
    run(network(), "whole.h5", {}, {});
    EXPECT_FALSE(run(network(), "out.h5", writing(), {1, sim::Backend::interpreted, 9}));
    EXPECT_TRUE(run(network(), "out.h5", {in("c.previous"), in("c"), 4e-3}, {2}));
    expect_same("whole.h5", "out.h5");
}

TEST_P(LongRuns, OnlyTheEndIsLeft) {
    run(network(), "whole.h5", {}, {});
    EXPECT_FALSE(run(network(), "out.h5", writing(), {1, sim::Backend::interpreted, 15}));
    EXPECT_EQ(StateFile(in("c")).run().step, 600);
    EXPECT_TRUE(run(network(), "out.h5", both(), {2}));
    expect_same("whole.h5", "out.h5");
}

TEST_P(LongRuns, TheDurationMayChange) {
    const auto longer = [](std::string toml) { return toml.replace(toml.find("60 ms"), 5, "83 ms"); };
    run(longer(network()), "whole.h5", {}, {});
    EXPECT_FALSE(run(network(), "out.h5", writing(), {1, sim::Backend::interpreted, 15}));  // at its end
    EXPECT_TRUE(run(longer(network()), "out.h5", both(), {2}));
    expect_same("whole.h5", "out.h5");
}

INSTANTIATE_TEST_SUITE_P(Networks, LongRuns, testing::Range<std::size_t>(0, 3),
                         [](const auto& info) { return std::string(state_cases()[info.param].name); });

class ALongRun : public InAFolder {
protected:
    static std::string network() { return recorded(1); }
    std::string refusal(const std::string& toml, const LongRun::Request& request) const {
        try {
            run(toml, "out.h5", request, {});
            return "";
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            return error.what();
        }
    }
    static void flip(const fs::path& path, std::uintmax_t at) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const char byte = static_cast<char>(file.get() ^ 0x10);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte);
    }
    void break_off() const {
        EXPECT_FALSE(run(network(), "out.h5", writing(), {1, sim::Backend::interpreted, 3}));
    }
};

// A damaged checkpoint is refused wherever the damage is, the older one is told of, and it is not pushed out by the damaged one.
TEST_F(ALongRun, ADamagedCheckpointIsRefused) {
    run(network(), "whole.h5", {}, {});
    break_off();
    const auto size = fs::file_size(in("c"));
    for (const auto at : {std::uintmax_t{3}, std::uintmax_t{300}, std::uintmax_t{600}, size / 2, size - 1}) {
        flip(in("c"), at);
        const std::string why = refusal(network(), both());
        EXPECT_NE(why.find("c': it "), std::string::npos) << why;
        EXPECT_NE(why.find("c.previous', is sound (t = 8 ms)"), std::string::npos) << why;
        flip(in("c"), at);
    }
    flip(in("c"), size / 2);
    // Breaks off behind the first checkpoint, which took the place of the damaged one.
    EXPECT_FALSE(
        run(network(), "out.h5", {in("c.previous"), in("c"), 4e-3}, {1, sim::Backend::interpreted, 1}));
    EXPECT_EQ(StateFile(in("c")).run().step, 120);
    EXPECT_EQ(StateFile(in("c.previous")).run().step, 80);
    EXPECT_TRUE(run(network(), "out.h5", both(), {}));
    expect_same("whole.h5", "out.h5");
}

TEST_F(ALongRun, DamagedRecordsAreRefused) {
    break_off();
    const fs::path journal = in("out.h5.journal");
    const auto marked = StateFile(in("c")).run().journal.bytes;
    for (const auto at : {std::uintmax_t{3}, std::uintmax_t{marked / 2}, std::uintmax_t{marked - 1}}) {
        flip(journal, at);
        EXPECT_NE(refusal(network(), both()).find("are damaged or those of another run"), std::string::npos);
        flip(journal, at);
    }
    std::ofstream(journal, std::ios::app) << "what was recorded behind the checkpoint";
    fs::copy_file(journal, in("copy"));
    fs::resize_file(journal, marked - 1);
    EXPECT_NE(refusal(network(), both()).find("are cut off"), std::string::npos);
    fs::remove(journal);
    EXPECT_NE(refusal(network(), both()).find("are not there"), std::string::npos);
    fs::rename(in("copy"), journal);
    EXPECT_TRUE(run(network(), "out.h5", both(), {}));
}

TEST_F(ALongRun, AnotherNetworkIsRefused) {
    break_off();
    const auto with = [](const std::string& old, const std::string& now) {
        std::string toml = network();
        return toml.replace(toml.find(old), old.size(), now);
    };
    const std::string rate = refusal(with("rate = \"60 Hz\"", "rate = \"61 Hz\""), both());
    EXPECT_NE(rate.find("it was: parameters = { rate = \"60 Hz\" }"), std::string::npos) << rate;
    EXPECT_NE(rate.find("it is:  parameters = { rate = \"61 Hz\" }"), std::string::npos) << rate;
    for (const auto& [old, now] :
         {std::pair("seed = 11\n", "seed = 12\n"), std::pair("seed = 11\n", "dt = \"0.05 ms\"\nseed = 11\n"),
          std::pair("seed = 11\n", "precision = \"float\"\nseed = 11\n")}) {
        const std::string why = refusal(with(old, now), both());
        const std::string line(now, std::string(now).find('\n'));
        EXPECT_NE(why.find("line 3 of the network differs\n  it was: seed = 11\n  it is:  " + line),
                  std::string::npos)
            << why;
    }
    EXPECT_NE(refusal(with("60 ms", "11 ms"), both()).find("beyond the duration of 11 ms"),
              std::string::npos);
    EXPECT_TRUE(fs::exists(in("out.h5.journal")));
    EXPECT_TRUE(run(network(), "out.h5", both(), {}));
}

// Whatever becomes of the file of the next checkpoint, the others stay and the run goes on to write more.
TEST_F(ALongRun, ALostCheckpointIsNotTheLast) {
    std::vector<std::string> warnings;
    const auto warn = [&](const std::string& text) { warnings.push_back(text); };
    How how;
    how.before = [&](int written) {
        if (written == 4) fs::remove(in("c.partial"));
        if (written == 7) std::ofstream(in("c.partial.new")) << "of another program";
        if (written == 7) fs::rename(in("c.partial.new"), in("c.partial"));
        if (written == 9) {
            EXPECT_EQ(fs::file_size(in("c.partial")), 18U);
            fs::remove(in("c.partial"));
        }
    };
    EXPECT_TRUE(run(network(), "out.h5", writing(), how, warn));
    ASSERT_EQ(warnings.size(), 3U);
    EXPECT_NE(warnings[0].find("no checkpoint at t = 20 ms: "), std::string::npos) << warnings[0];
    EXPECT_NE(warnings[0].find("it was removed or replaced"), std::string::npos) << warnings[0];
    EXPECT_NE(warnings[2].find("is a file of another kind"), std::string::npos) << warnings[2];
    EXPECT_EQ(StateFile(in("c")).run().step, 600);
    EXPECT_EQ(StateFile(in("c.previous")).run().step, 560);
}

// A run that begins anew does not take away what an interrupted one recorded.
TEST_F(ALongRun, RecordsToGoOnWithAreNotReplaced) {
    break_off();
    const std::string why = refusal(network(), writing());
    EXPECT_NE(why.find("out.h5.journal' holds what an earlier run"), std::string::npos) << why;
    EXPECT_TRUE(run(network(), "out.h5", both(), {}));
}

}  // namespace
}  // namespace bouton::session
