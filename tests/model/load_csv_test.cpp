// SPDX-License-Identifier: BSD-3-Clause
// CSV files: what is accepted, and that long ones are read in seconds.
#include "document/csv.hpp"
#include "model/loader.hpp"

#include "base/stop.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <fstream>

namespace bouton::model {

using document::CsvFile;
using document::Text;

namespace {

namespace fs = std::filesystem;

/// A file in a folder of its own, removed at the end.
class CsvTest : public testing::Test {
protected:
    CsvTest() : folder_(fs::temp_directory_path() / ("bouton_csv_test_" + std::to_string(::getpid()))) {
        fs::create_directories(folder_);
    }
    ~CsvTest() override { fs::remove_all(folder_); }

    std::optional<CsvFile> read(const std::string& content) {
        std::ofstream(folder_ / "x.csv", std::ios::binary) << content;
        diagnostics_ = {};
        const auto name = base::make_source("net.toml", "x.csv");
        return document::read_csv({diagnostics_, folder_}, {{name, 0, 5}, Text{name}});
    }

    fs::path folder_;
    base::Diagnostics diagnostics_;
};

TEST_F(CsvTest, AcceptsWhatSpreadsheetsWrite) {
    const auto file = read("\xEF\xBB\xBF\"a\" , b_mV\r\n\r\n 1 ,+2.5\r\n-3e2,\t.5");
    ASSERT_TRUE(file) << diagnostics_.render();
    EXPECT_EQ(file->header, (std::vector<std::string>{"a", "b_mV"}));
    EXPECT_EQ(file->columns[0], (std::vector<double>{1, -300}));
    EXPECT_EQ(file->columns[1], (std::vector<double>{2.5, 0.5}));
    EXPECT_EQ(file->row_span(1).text(), "-3e2,\t.5");
}

// Rows are samples, and each column of a signal has the unit of its own header.
TEST_F(CsvTest, ColumnsOfASignalKeepTheirUnits) {
    std::ofstream(folder_ / "drive.csv") << "a_mV,b_V,c_uV\n1,2,3\n4,5,6\n";
    const auto network = load_text((folder_ / "net.toml").string(), R"toml(
[simulation]
duration = "1 ms"
[signal.drive]
dt = "1 ms"
file = "drive.csv"
[neurons.cells]
size = 3
equations = "v = drive(t, i) : volt"
)toml",
                                   {{}, {}, folder_}, diagnostics_);
    ASSERT_FALSE(diagnostics_.has_errors()) << diagnostics_.render();
    const auto& signal = network.signals.at(0);
    EXPECT_EQ(signal.columns, 3);
    EXPECT_EQ(*signal.values, (std::vector<double>{1e-3, 2, 3 * 1e-6, 4 * 1e-3, 5, 6 * 1e-6}));
}

TEST_F(CsvTest, OnlyAHeaderIsAnEmptyTable) {
    const auto file = read("a,b\n");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rows(), 0u);
}

TEST_F(CsvTest, EndsOnRequest) {
    base::Stop stop;
    const base::StopScope scope(&stop);
    ASSERT_TRUE(read("a\n1\n"));
    stop.request();
    EXPECT_THROW(read("a\n1\n"), base::Stopped);
}

TEST_F(CsvTest, NotesWhatItOpened) {
    const auto name = base::make_source("net.toml", "x.csv");
    std::ofstream(folder_ / "x.csv") << "a\n1\n";
    fs::create_hard_link(folder_ / "x.csv", folder_ / "twin.csv");
    base::InputFiles opened;
    ASSERT_TRUE(document::read_csv({diagnostics_, folder_, &opened}, {{name, 0, 5}, Text{name}}));
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_EQ(opened[0].path, folder_ / "x.csv");
    EXPECT_EQ(opened[0].identity, base::identity_of(folder_ / "twin.csv"));
}

TEST_F(CsvTest, StopsAfterTenBadRows) {
    std::string content = "a\n";
    for (int k = 0; k < 1000; ++k) content += "x\n";
    EXPECT_FALSE(read(content));
    EXPECT_EQ(diagnostics_.error_count(), 10u);
}

TEST_F(CsvTest, FindsTheColumnOfAVariable) {
    auto file = read("w_max,w_nS,tau_x,w_1\n1,2,3,4\n");
    ASSERT_TRUE(file);
    const auto w = document::find_column(*file, "w");
    ASSERT_TRUE(w);
    EXPECT_EQ(w->index, 1u);
    EXPECT_EQ(document::take_column(*file, *w)->at(0), 2 * 1e-9);
    EXPECT_EQ(document::find_column(*file, "w_max")->index, 0u);
    EXPECT_FALSE(document::find_column(*file, "tau"));
    EXPECT_EQ(document::split_header("w_nS").first, "w");
    EXPECT_EQ(document::split_header("w_max").first, "w_max");
}

TEST_F(CsvTest, ReadsAMillionRowsWithinSeconds) {
    std::string content = "source,target,w_nS\n";
    for (int k = 0; k < 1'000'000; ++k)
        content += std::to_string(k % 5000) + "," + std::to_string(k / 5000) + ",0.125\n";
    const auto begin = std::chrono::steady_clock::now();
    const auto file = read(content);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rows(), 1'000'000u);
    EXPECT_EQ(file->columns[1].back(), 199.0);
    // Ten million rows must be a matter of seconds; sanitizers and a busy machine are slow.
    EXPECT_LT(seconds.count(), 5.0);
}

}  // namespace
}  // namespace bouton::model
