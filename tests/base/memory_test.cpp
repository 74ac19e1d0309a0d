// SPDX-License-Identifier: BSD-3-Clause
// How much memory is found free, on file systems made up for it, and how sizes are read and spelled.
#include "base/memory.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace bouton::base {
namespace {

namespace fs = std::filesystem;

constexpr double kB = 1024.0;

class FreeMemory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "bouton-memory-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        root_ = name;
        write("proc/meminfo",
              "MemTotal: 9000 kB\nMemFree: 100 kB\nMemAvailable:    4000 kB\nSwapFree: 500 kB\n");
    }
    void TearDown() override { fs::remove_all(root_); }

    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream(root_ / file) << text;
    }
    void mount(const std::string& line) const { write("proc/self/mountinfo", line); }

    fs::path root_;
};

TEST_F(FreeMemory, IsWhatTheMachineHasAvailableAndSwap) {
    const MemoryLimit limit = free_memory(root_);
    EXPECT_EQ(limit.bytes, 4500 * kB);
    EXPECT_EQ(limit.whose, "that the machine has free");
}

TEST_F(FreeMemory, IsUnlimitedWhereNothingIsKnown) {
    EXPECT_EQ(free_memory(root_ / "nothing").bytes, std::numeric_limits<double>::infinity());
    write("proc/meminfo", "MemTotal: 9000 kB\n");
    EXPECT_EQ(free_memory(root_).bytes, std::numeric_limits<double>::infinity());
}

TEST_F(FreeMemory, IsWhatTheTightestControlGroupLeaves) {
    mount("24 23 0:22 / /sys rw - sysfs sysfs rw\n31 24 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    write("proc/self/cgroup", "0::/user/job\n");
    write("sys/fs/cgroup/user/memory.max", "3000000\n");
    write("sys/fs/cgroup/user/memory.current", "1000000\n");
    write("sys/fs/cgroup/user/memory.stat",
          "anon 400000\nfile 600000\ninactive_file 100000\nactive_file 50000\n");
    write("sys/fs/cgroup/user/job/memory.max", "max\n");
    write("sys/fs/cgroup/user/job/memory.current", "900000\n");
    EXPECT_EQ(free_memory(root_).bytes, 2150000);
    EXPECT_EQ(free_memory(root_).whose, "that the control group leaves");
    write("sys/fs/cgroup/user/job/memory.max", "1000000\n");
    EXPECT_EQ(free_memory(root_).bytes, 100000);
    write("sys/fs/cgroup/user/job/memory.current", "1000001\n");
    EXPECT_EQ(free_memory(root_).bytes, 0);
}

TEST_F(FreeMemory, KnowsTheFirstVersionOfControlGroups) {
    mount(
        "31 24 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "32 24 0:29 /docker/a1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    write("proc/self/cgroup", "5:cpu:/\n4:hugetlb,memory:/docker/a1/b2\n0::/\n");
    write("sys/fs/cgroup/memory/b2/memory.limit_in_bytes", "2000000\n");
    write("sys/fs/cgroup/memory/b2/memory.usage_in_bytes", "500000\n");
    write("sys/fs/cgroup/memory/b2/memory.stat",
          "inactive_file 1\ntotal_inactive_file 3000\ntotal_active_file 200\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "600000\n");
    EXPECT_EQ(free_memory(root_).bytes, 1503200);
}

TEST_F(FreeMemory, AGroupOutsideOfWhatIsMountedIsTheRootOfIt) {
    mount("31 24 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    write("proc/self/cgroup", "0::/../elsewhere\n");
    write("sys/fs/cgroup/memory.max", "1000\n");
    write("sys/fs/cgroup/memory.current", "10\n");
    EXPECT_EQ(free_memory(root_).bytes, 990);
}

TEST_F(FreeMemory, IsWhatUlimitLeaves) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_DATA, &before), 0);
    constexpr rlim_t kMuch = rlim_t{1} << 45;
    if (before.rlim_max < kMuch) GTEST_SKIP() << "there is a limit already";
    const rlimit limited{kMuch, before.rlim_max};
    write("proc/meminfo", "MemAvailable: 1000000000000 kB\n");
    write("proc/self/statm", "1000 500 100 10 0 200 0\n");
    ASSERT_EQ(setrlimit(RLIMIT_DATA, &limited), 0);
    const MemoryLimit limit = free_memory(root_);
    ASSERT_EQ(setrlimit(RLIMIT_DATA, &before), 0);
    EXPECT_EQ(limit.bytes, 0x1p45 - 200.0 * static_cast<double>(sysconf(_SC_PAGESIZE)));
    EXPECT_EQ(limit.whose, "that ulimit -d leaves");
}

TEST(Bytes, AreRead) {
    struct {
        const char* text;
        std::optional<double> bytes;
    } const cases[] = {
        {"8GB", 8e9},    {"8 GB", 8e9}, {"8gb", 8e9},     {"1.5GiB", 1.5 * 0x1p30},
        {"500 MB", 5e8}, {"3kB", 3e3},  {"2TB", 2e12},    {"2TiB", 0x1p41},
        {"1000", 1000},  {"1e9", 1e9},  {"12 bytes", 12}, {"", {}},
        {"GB", {}},      {"8G", {}},    {"8GBs", {}},     {"-8GB", {}},
        {"0", {}},       {"0.1", {}},   {"nan", {}},      {"inf GB", {}},
        {"1e400", {}},   {" 8GB", {}},  {"8GB ", {}},     {"0x10", {}},
        {"8,5GB", {}},
    };
    for (const auto& [text, bytes] : cases) EXPECT_EQ(read_bytes(text), bytes) << text;
}

TEST(Bytes, AreSpelled) {
    struct {
        double bytes;
        const char* text;
    } const cases[] = {
        {0, "0 bytes"},    {999, "999 bytes"}, {1000, "1 kB"},       {1500, "1.5 kB"}, {999'400, "999 kB"},
        {999'700, "1 MB"}, {4e11, "400 GB"},   {1.25e12, "1.25 TB"}, {1e20, "100 EB"},
    };
    for (const auto& [bytes, text] : cases) EXPECT_EQ(spell_bytes(bytes), text);
}

}  // namespace
}  // namespace bouton::base
