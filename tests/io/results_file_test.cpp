// SPDX-License-Identifier: BSD-3-Clause
// The results file, fed by hand: what stands in it, and what is left after each way to end.
#include "io/results_file.hpp"

#include "base/diagnostics.hpp"
#include "tests/io/hdf5_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <thread>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;
using base::Dimension;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::Hdf5Reader;

const Dimension kPotential = Dimension::of(Dimension::mass) * Dimension::of(Dimension::length, 120) /
                             (Dimension::of(Dimension::time, 180) * Dimension::of(Dimension::current));

class ResultsFileTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) /
                  ("bouton_io_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        path_ = folder_ / "out.h5";
        run_.network = "[simulation]\nduration = \"1 s\"\n";
        run_.network_file = "net.toml";
        run_.seed = 9223372036854775807u;
        run_.dt = 1e-4;
        run_.duration = 1.0;
        run_.precision = "double";
        run_.backend = "interpreted";
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path partial() const { return path_.string() + ".partial"; }

    sim::Streams one_spike_stream() const {
        sim::Streams streams;
        streams.spikes.push_back({"cells", "cells", 10, {}});
        return streams;
    }

    fs::path folder_;
    fs::path path_;
    sim::RunInfo run_;
};

template <class Number>
std::span<const Number> span_of(const std::vector<Number>& values) {
    return values;
}

TEST_F(ResultsFileTest, KeepsTheHead) {
    ResultsFile file(path_, {}, "1.2.3");
    file.begin(run_, {});
    fs::copy_file(partial(), folder_ / "copy.h5");  // HDF5 opens a file only once in a process
    EXPECT_EQ(Hdf5Reader(folder_ / "copy.h5").text("ended"), "not yet");
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    ASSERT_TRUE(read.opened());
    EXPECT_EQ(read.text("bouton_version"), "1.2.3");
    EXPECT_EQ(read.text("network"), run_.network);
    EXPECT_EQ(read.text("network_file"), "net.toml");
    EXPECT_EQ(read.number("seed"), 9223372036854775807.0);
    EXPECT_EQ(read.number("dt"), 1e-4);
    EXPECT_EQ(read.number("duration"), 1.0);
    EXPECT_EQ(read.text("precision"), "double");
    EXPECT_EQ(read.text("backend"), "interpreted");
    EXPECT_EQ(read.text("ended"), "finished");
    EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(ResultsFileTest, KeepsALongNetwork) {
    run_.network.assign(300000, '#');
    ResultsFile file(path_, {}, "1");
    file.begin(run_, {});
    file.end(std::nullopt);
    EXPECT_EQ(Hdf5Reader(path_).text("network"), run_.network);
}

TEST_F(ResultsFileTest, KeepsSpikes) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, one_spike_stream());
    file.spikes(0, 3, std::vector<std::uint32_t>{2, 7});
    file.spikes(0, 12345, std::vector<std::uint32_t>{0});
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    const auto times = read.numbers("/spikes/cells/timestamps");
    EXPECT_THAT(times.values, ElementsAre(0.3, 0.3, 1234.5));
    EXPECT_EQ(times.units, "ms");
    EXPECT_THAT(read.numbers("/spikes/cells/node_ids").values, ElementsAre(2, 7, 0));
}

TEST_F(ResultsFileTest, KeepsAGroupThatNeverSpiked) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, one_spike_stream());
    file.end(std::nullopt);
    EXPECT_THAT(Hdf5Reader(path_).numbers("/spikes/cells/timestamps").shape, ElementsAre(0));
}

TEST_F(ResultsFileTest, KeepsManySpikesInOrder) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, one_spike_stream());
    std::vector<std::uint32_t> all(1000);
    for (std::uint32_t k = 0; k < all.size(); ++k) all[k] = k;
    for (std::int64_t step = 0; step < 500; ++step) file.spikes(0, step, all);
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    const auto times = read.numbers("/spikes/cells/timestamps").values;
    const auto ids = read.numbers("/spikes/cells/node_ids").values;
    ASSERT_EQ(times.size(), 500000u);
    ASSERT_EQ(ids.size(), 500000u);
    for (std::size_t k = 0; k < times.size(); ++k) {
        ASSERT_EQ(times[k], static_cast<double>(k / 1000) / 10.0);
        ASSERT_EQ(ids[k], static_cast<double>(k % 1000));
    }
}

TEST_F(ResultsFileTest, KeepsRates) {
    sim::Streams streams;
    streams.rates.push_back({"population", "cells", 100, {}});
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    file.rate(0, 0, 100, 12.5);
    file.rate(0, 100, 40, 0.0);
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    EXPECT_THAT(read.numbers("/rates/population/time").values, ElementsAre(0.0, 10.0));
    EXPECT_THAT(read.numbers("/rates/population/rate").values, ElementsAre(12.5, 0.0));
    EXPECT_EQ(read.number("bin", "/rates/population"), 10.0);
    EXPECT_EQ(read.number("last_bin", "/rates/population"), 4.0);
    EXPECT_EQ(read.numbers("/rates/population/rate").units, "Hz");
}

TEST_F(ResultsFileTest, KeepsSamplesWithUnits) {
    sim::Streams streams;
    sim::SampleStream stream;
    stream.name = stream.group = "cells";
    stream.every_steps = 10;
    stream.variables = {{"v", kPotential}, {"n", {}}};
    stream.indices = {4, 9, 1};
    streams.samples = {stream};
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    for (std::int64_t step : {0, 10}) {
        const std::vector<double> v = {-0.07, -0.06, static_cast<double>(step)};
        const std::vector<double> n = {1, 2, 3};
        const std::vector<std::span<const double>> rows = {v, n};
        file.sample(0, step, rows);
    }
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    const auto v = read.numbers("/recordings/cells/v");
    EXPECT_THAT(v.shape, ElementsAre(2, 3));
    EXPECT_THAT(v.values, ElementsAre(-0.07, -0.06, 0.0, -0.07, -0.06, 10.0));
    EXPECT_EQ(v.units, "V");
    EXPECT_EQ(v.element_bytes, 8u);
    EXPECT_EQ(read.numbers("/recordings/cells/n").units, "1");
    EXPECT_THAT(read.numbers("/recordings/cells/indices").values, ElementsAre(4, 9, 1));
    EXPECT_THAT(read.numbers("/recordings/cells/time").values, ElementsAre(0.0, 1.0));
}

TEST_F(ResultsFileTest, KeepsSinglePrecisionWhereAsked) {
    sim::Streams streams;
    sim::SampleStream stream;
    stream.name = stream.group = "cells";
    stream.single = true;
    stream.variables = {{"v", kPotential}};
    stream.indices = {0};
    streams.samples = {stream};
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    const std::vector<double> v = {0.1};
    const std::vector<std::span<const double>> rows = {v};
    file.sample(0, 0, rows);
    file.end(std::nullopt);

    const auto read = Hdf5Reader(path_).numbers("/recordings/cells/v");
    EXPECT_EQ(read.element_bytes, 4u);
    EXPECT_THAT(read.values, ElementsAre(static_cast<double>(0.1f)));
}

TEST_F(ResultsFileTest, KeepsEvents) {
    for (const bool single : {false, true}) {
        sim::Streams streams;
        streams.events.push_back({"spikes", "exc", "pre", single, {{"v", kPotential}, {"n", {}}}});
        ResultsFile file(path_, {}, "1");
        file.begin(run_, streams);
        const std::vector<double> v = {0.1, 0.2}, n = {1, 2};
        file.events(0, 3, std::vector<std::int64_t>{4, 9}, std::vector<std::span<const double>>{v, n});
        file.events(0, 7, std::vector<std::int64_t>{0},
                    std::vector<std::span<const double>>{span_of(v).first(1), span_of(n).last(1)});
        file.end(std::nullopt);

        const Hdf5Reader read(path_);
        const auto stored = [single](double value) { return single ? static_cast<float>(value) : value; };
        EXPECT_THAT(read.numbers("/events/spikes/time").values, ElementsAre(0.3, 0.3, 0.7));
        EXPECT_EQ(read.numbers("/events/spikes/time").units, "ms");
        EXPECT_THAT(read.numbers("/events/spikes/synapse").values, ElementsAre(4, 9, 0));
        EXPECT_THAT(read.numbers("/events/spikes/v").values,
                    ElementsAre(stored(0.1), stored(0.2), stored(0.1)));
        EXPECT_EQ(read.numbers("/events/spikes/v").units, "V");
        EXPECT_EQ(read.numbers("/events/spikes/v").element_bytes, single ? 4U : 8U);
        EXPECT_THAT(read.numbers("/events/spikes/n").values, ElementsAre(1, 2, 2));
    }
}

TEST_F(ResultsFileTest, GrowingRecordsGetColumnsThatWereNotThereBefore) {
    sim::Streams streams;
    sim::SampleStream stream;
    stream.name = stream.group = "exc";
    stream.of_synapses = stream.grows = true;
    stream.variables = {{"w", {}}};
    stream.indices = {0, 1};
    streams.samples = {stream};
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    const double absent = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> first = {1, 2};
    const std::vector<double> second = {absent, 3, 4, 5};
    file.sample(0, 0, std::vector<std::span<const double>>{first});
    file.new_columns(0, std::vector<std::int64_t>{2, 3});
    file.sample(0, 1, std::vector<std::span<const double>>{second});
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    const auto w = read.numbers("/recordings/exc/w");
    EXPECT_THAT(w.shape, ElementsAre(2, 4));
    const auto is_nan = testing::Truly([](double x) { return std::isnan(x); });
    EXPECT_THAT(w.values, ElementsAre(1, 2, is_nan, is_nan, is_nan, 3, 4, 5));
    EXPECT_THAT(read.numbers("/recordings/exc/indices").values, ElementsAre(0, 1, 2, 3));
}

TEST_F(ResultsFileTest, ColumnsThatComeAfterTheLastSampleAreThereToo) {
    sim::Streams streams;
    sim::SampleStream stream;
    stream.name = stream.group = "exc";
    stream.of_synapses = stream.grows = true;
    stream.variables = {{"w", {}}};
    stream.indices = {0};
    streams.samples = {stream};
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    const std::vector<double> row = {1};
    file.sample(0, 0, std::vector<std::span<const double>>{row});
    file.new_columns(0, std::vector<std::int64_t>{1});
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    const auto w = read.numbers("/recordings/exc/w");
    EXPECT_THAT(w.shape, ElementsAre(1, 2));
    EXPECT_THAT(w.values, ElementsAre(1, testing::Truly([](double x) { return std::isnan(x); })));
    EXPECT_THAT(read.numbers("/recordings/exc/indices").values, ElementsAre(0, 1));
}

TEST_F(ResultsFileTest, RecordsOfOneNameShareTheirTimes) {
    sim::SampleStream stream;
    stream.name = stream.group = "cells";
    stream.variables = {{"v", {}}};
    stream.indices = {0};
    sim::SampleStream other = stream;
    other.variables = {{"u", {}}};
    sim::Streams streams;
    streams.samples = {stream, other};
    ResultsFile file(path_, {}, "1");
    file.begin(run_, streams);
    const std::vector<double> one = {1};
    for (std::size_t k : {0, 1}) file.sample(k, 0, std::vector<std::span<const double>>{one});
    file.end(std::nullopt);
    const Hdf5Reader read(path_);
    EXPECT_THAT(read.numbers("/recordings/cells/time").values, ElementsAre(0.0));
    EXPECT_THAT(read.numbers("/recordings/cells/u").values, ElementsAre(1));
}

TEST_F(ResultsFileTest, RefusesRecordsThatCannotShare) {
    sim::SampleStream stream;
    stream.name = stream.group = "cells";
    stream.variables = {{"v", {}}};
    stream.indices = {0};
    const auto refusal = [&](sim::SampleStream other) {
        sim::Streams streams;
        streams.samples = {stream, std::move(other)};
        ResultsFile file(path_, {}, "1");
        try {
            file.begin(run_, streams);
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            return std::string(error.what());
        }
        return std::string("none");
    };
    auto other = stream;
    EXPECT_THAT(refusal(other), HasSubstr("'v' of 'cells' is recorded twice"));
    other.indices = {1};
    EXPECT_THAT(refusal(other), HasSubstr("differ in 'every' or 'indices'"));
    other = stream;
    other.name = "other";
    other.variables = {{"time", {}}};
    EXPECT_THAT(refusal(other), HasSubstr("a variable named 'time' cannot be recorded"));
    EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(ResultsFileTest, KeepsTheFinalState) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, {});
    const std::vector<double> v = {-0.07, -0.06};
    const std::vector<std::int64_t> n = {3, 4};
    const std::vector<float> x = {0.5f, 1.5f};
    file.state("cells", std::vector<sim::FinalArray>{{"v", kPotential, span_of(v)}, {"n", {}, span_of(n)}});
    const std::vector<std::uint32_t> source = {0, 1};
    const std::vector<std::uint32_t> target = {5, 6};
    const std::vector<double> delay = {1e-3, 2e-3};
    const std::vector<std::int64_t> id = {10, 12};
    sim::FinalSynapses group{
        "exc",  2,
        0,      source,
        target, delay,
        id,     {{"w", {}, span_of(x)}, {"source_", {}, span_of(delay)}, {"source", {}, span_of(x)}}};
    file.synapses(group);
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    EXPECT_THAT(read.numbers("/state/cells/v").values, ElementsAre(-0.07, -0.06));
    EXPECT_EQ(read.numbers("/state/cells/v").units, "V");
    EXPECT_THAT(read.numbers("/state/cells/n").values, ElementsAre(3, 4));
    EXPECT_THAT(read.numbers("/synapses/exc/source").values, ElementsAre(0, 1));
    EXPECT_THAT(read.numbers("/synapses/exc/target").values, ElementsAre(5, 6));
    EXPECT_THAT(read.numbers("/synapses/exc/delay").values, ElementsAre(1e-3, 2e-3));
    EXPECT_EQ(read.numbers("/synapses/exc/delay").units, "s");
    EXPECT_THAT(read.numbers("/synapses/exc/id").values, ElementsAre(10, 12));
    EXPECT_THAT(read.numbers("/synapses/exc/w").values, ElementsAre(0.5, 1.5));
    EXPECT_THAT(read.numbers("/synapses/exc/source_").values, ElementsAre(1e-3, 2e-3));
    EXPECT_THAT(read.numbers("/synapses/exc/source__").values, ElementsAre(0.5, 1.5));
}

TEST_F(ResultsFileTest, SynapsesMayComeInParts) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, {});
    const std::vector<std::uint32_t> source = {0, 1, 2, 3, 4};
    const std::vector<double> delay = {1, 2, 3, 4, 5};
    for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, 1}, {3, 2}}) {
        const auto numbers = std::span(source).subspan(first, count);
        const auto values = std::span(delay).subspan(first, count);
        file.synapses({"exc",
                       5,
                       static_cast<std::int64_t>(first),
                       numbers,
                       numbers,
                       values,
                       std::nullopt,
                       {{"w", {}, values}, {"delay", {}, values}}});
    }
    file.synapses({"none", 0, 0, {}, {}, {}, std::nullopt, {{"w", {}, std::span<const double>()}}});
    file.end(std::nullopt);

    const Hdf5Reader read(path_);
    EXPECT_THAT(read.numbers("/synapses/exc/source").values, ElementsAre(0, 1, 2, 3, 4));
    for (const char* name : {"delay", "w", "delay_"})
        EXPECT_THAT(read.numbers(std::string("/synapses/exc/") + name).values, ElementsAre(1, 2, 3, 4, 5))
            << name;
    EXPECT_EQ(read.numbers("/synapses/exc/delay").units, "s");
    EXPECT_TRUE(read.numbers("/synapses/none/w").values.empty());
}

TEST_F(ResultsFileTest, AStoppedRunSaysWhen) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, {});
    file.end(1234);
    EXPECT_EQ(Hdf5Reader(path_).text("ended"), "stopped at t = 123.4 ms");
}

TEST_F(ResultsFileTest, AFailedRunKeepsTheOlderFile) {
    std::ofstream(path_) << "older";
    {
        ResultsFile file(path_, {}, "1");
        file.begin(run_, one_spike_stream());
        file.spikes(0, 10, std::vector<std::uint32_t>{1});
        file.fail("v of cells is not finite");
    }
    std::string kept;
    std::getline(std::ifstream(path_), kept);
    EXPECT_EQ(kept, "older");
    const Hdf5Reader read(partial());
    EXPECT_EQ(read.text("ended"), "failed: v of cells is not finite");
    EXPECT_THAT(read.numbers("/spikes/cells/timestamps").values, ElementsAre(1.0));
}

TEST_F(ResultsFileTest, ARunThatNeverBeganLeavesNothing) {
    { const ResultsFile file(path_, {}, "1"); }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ResultsFileTest, RefusesWhatCannotBeWritten) {
    const auto refusal = [](const fs::path& path) {
        try {
            const ResultsFile file(path, {}, "1");
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            return std::string(error.what());
        }
        return std::string("none");
    };
    EXPECT_THAT(refusal(folder_ / "absent" / "out.h5"), HasSubstr("No such file or directory"));
    EXPECT_THAT(refusal(folder_), HasSubstr("it is a folder"));
    EXPECT_THAT(refusal("/dev/null"), HasSubstr("it is not an ordinary file"));
    EXPECT_THAT(refusal(folder_ / ""), HasSubstr("it names no file"));
    const ResultsFile first(path_, {}, "1");
    EXPECT_THAT(refusal(path_), HasSubstr("another run is writing"));
}

TEST_F(ResultsFileTest, AFinalStateThatIsNotWholeIsLeftOut) {
    ResultsFile file(path_, {}, "1");
    file.begin(run_, one_spike_stream());
    const std::vector<std::uint32_t> some = {1, 2};
    file.spikes(0, 7, some);
    const std::vector<double> v = {0.5};
    const std::vector<sim::FinalArray> variables = {{"v", kPotential, span_of(v)}};
    file.state("cells", variables);
    file.end(10000);
    const Hdf5Reader read(path_);
    EXPECT_THAT(read.numbers("/spikes/cells/timestamps").values, ElementsAre(0.7, 0.7));
    EXPECT_EQ(read.text("ended"), "stopped at t = 1000 ms, before the final state was written");
    EXPECT_EQ(read.text("final_synapses"), "left out");
    EXPECT_FALSE(read.has("/state"));
}

/// Runs `body` in a child process; its exit status, or minus the signal that ended it.
template <class Body>
int in_child(Body body) {
    const pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST_F(ResultsFileTest, AFullDiskIsToldAndLeavesTheOlderFile) {
    std::ofstream(path_) << "older";
    const int status = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        const std::vector<std::uint32_t> all(10000, 1);
        try {
            ResultsFile file(path_, {}, "1");
            file.begin(run_, one_spike_stream());
            for (std::int64_t step = 0; step < 1000; ++step) file.spikes(0, step, all);
            file.end(std::nullopt);
        } catch (const WriteError& error) {
            const std::string_view text = error.what();
            _exit(text.find("out.h5.partial': File too large") == std::string_view::npos ? 4 : 3);
        }
    });
    EXPECT_EQ(status, 3);
    std::string kept;
    std::getline(std::ifstream(path_), kept);
    EXPECT_EQ(kept, "older");
}

TEST_F(ResultsFileTest, AKilledRunLeavesWhatWasFlushed) {
    using std::chrono::steady_clock;
    for (int round = 0; round < 3; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) {
            ResultsFile file(path_, {}, "1");
            file.begin(run_, one_spike_stream());
            const auto begin = steady_clock::now();
            const std::vector<std::uint32_t> some = {1, 2, 3};
            for (std::int64_t step = 0;; ++step) {
                file.spikes(0, step, some);
                // Half a second after the last flush the next pulse brings another one; then the parent may kill.
                const bool flushes =
                    steady_clock::now() - begin > std::chrono::milliseconds(700 + 200 * round);
                file.pulse();
                if (flushes && write(ends[1], "x", 1) == 1) close(ends[1]);
            }
        }
        close(ends[1]);
        char flushed = 0;
        EXPECT_EQ(read(ends[0], &flushed, 1), 1);
        close(ends[0]);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);

        EXPECT_FALSE(fs::exists(path_));
        const Hdf5Reader read(partial());
        ASSERT_TRUE(read.opened());
        EXPECT_EQ(read.text("ended"), "not yet");
        const auto times = read.numbers("/spikes/cells/timestamps").values;
        ASSERT_GT(times.size(), 1000u);
        for (std::size_t k = 0; k < times.size(); ++k) ASSERT_EQ(times[k], static_cast<double>(k / 3) / 10.0);
    }
}

}  // namespace
}  // namespace bouton::io
