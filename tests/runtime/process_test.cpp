// SPDX-License-Identifier: BSD-3-Clause
// Programs that are run and watched: what reaches them, how they end, what is left of them.
#include "runtime/native/process.hpp"
#include "runtime/native/cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;
using How = ProgramEnd::How;
using ::testing::HasSubstr;

class Process : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "bouton-process-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    ProgramEnd run(const std::string& script, const std::vector<std::string>& arguments = {}) {
        const fs::path file = folder_ / "program";
        write_file(file, "#!/bin/sh\ncd \"$TMPDIR\"\n" + script + "\n");
        fs::permissions(file, fs::perms::owner_all);
        run_.argv = {file.string()};
        run_.argv.insert(run_.argv.end(), arguments.begin(), arguments.end());
        run_.temporary = folder_;
        return run_program(run_);
    }

    /// Whether the process that wrote its number into the file is gone, or a zombie that waits for its parent. What was
    /// killed may take a moment.
    bool goes(const char* file) const {
        const std::string number = read_file(folder_ / file);
        if (number.empty()) return false;
        const fs::path stat = fs::path("/proc") / number.substr(0, number.find('\n')) / "stat";
        for (int round = 0; round < 10'000; ++round) {
            std::ifstream stream(stat);
            const std::string text(std::istreambuf_iterator<char>(stream), {});
            const std::size_t name_end = text.rfind(')');
            if (name_end == std::string::npos || text.compare(name_end, 3, ") Z") == 0) return true;
            usleep(1000);
        }
        return false;
    }

    fs::path folder_;
    ProgramRun run_;
};

TEST_F(Process, RunsWithoutAShell) {
    const ProgramEnd end = run("printf '%s|' \"$@\"; exit 3", {"a b", "$HOME; exit 0", "*"});
    EXPECT_EQ(end.how, How::exited);
    EXPECT_EQ(end.number, 3);
    EXPECT_FALSE(end.succeeded());
    EXPECT_EQ(end.output, "a b|$HOME; exit 0|*|");
    EXPECT_TRUE(run("exit 0").succeeded());
}

TEST_F(Process, DoesNotStart) {
    run_.argv = {(folder_ / "missing").string()};
    EXPECT_EQ(run_program(run_).how, How::not_started);
    EXPECT_EQ(run_program(run_).number, ENOENT);
    const ProgramEnd long_line = run("exit 0", std::vector<std::string>(200, std::string(100'000, 'x')));
    EXPECT_EQ(long_line.how, How::not_started);
    EXPECT_EQ(long_line.number, E2BIG);
}

TEST_F(Process, EndsByASignal) {
    const ProgramEnd end = run("echo before; kill -9 $$");
    EXPECT_EQ(end.how, How::signalled);
    EXPECT_EQ(end.number, SIGKILL);
    EXPECT_EQ(end.output, "before\n");
}

TEST_F(Process, KeepsTheEndOfALongOutput) {
    const ProgramEnd end = run("head -c 50000000 /dev/zero; echo; echo the end; echo of it >&2");
    EXPECT_TRUE(end.succeeded());
    EXPECT_LE(end.output.size(), 16u << 10);
    EXPECT_THAT(end.output, ::testing::EndsWith("the end\nof it\n"));
}

TEST_F(Process, WhatPrintsForEverIsEnded) {
    run_.limit_s = 0.2;
    EXPECT_EQ(run("exec cat /dev/zero").how, How::timed_out);
}

TEST_F(Process, NothingOfItIsLeft) {
    run("sleep 1000 & echo $! > left; exit 0");
    EXPECT_TRUE(goes("left"));
    run_.limit_s = 0.2;
    EXPECT_EQ(run("trap '' TERM INT HUP; echo $$ > first; sleep 1000 & echo $! > second; wait").how,
              How::timed_out);
    EXPECT_TRUE(goes("first"));
    EXPECT_TRUE(goes("second"));
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // no zombie either
}

TEST_F(Process, IsCancelled) {
    run_.is_cancelled = [this] { return fs::exists(folder_ / "begun"); };
    EXPECT_EQ(run("echo $$ > begun; sleep 1000").how, How::cancelled);
    EXPECT_TRUE(goes("begun"));
}

TEST_F(Process, NoDescriptorOfOursReachesIt) {
    const int ours = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as libraries open files
    const ProgramEnd end = run("ls /proc/self/fd; cat");
    close(ours);
    EXPECT_EQ(end.output, "0\n1\n2\n3\n");  // the last one is what ls reads
}

TEST_F(Process, NoSignalSettingOfOursReachesIt) {
    struct sigaction ignored = {}, older = {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignored, &older);
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const ProgramEnd end = run("grep -E 'Sig(Blk|Ign)' /proc/self/status");
    sigprocmask(SIG_SETMASK, &before, nullptr);
    sigaction(SIGPIPE, &older, nullptr);
    const std::size_t blocked = end.output.find("SigBlk:\t"), ignores = end.output.find("SigIgn:\t");
    ASSERT_NE(blocked, std::string::npos);
    ASSERT_NE(ignores, std::string::npos);
    EXPECT_EQ(std::stoull(end.output.substr(blocked + 8), nullptr, 16), 0u);
    // Those above 31 are the C library's own.
    EXPECT_EQ(std::stoull(end.output.substr(ignores + 8), nullptr, 16) & 0x7fffffff, 0u);
}

TEST_F(Process, ItsEnvironmentIsEnglishAndTidy) {
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    setenv("DEPENDENCIES_OUTPUT", "/tmp/elsewhere", 1);
    const ProgramEnd end = run("echo $LC_ALL $TMPDIR; echo ${DEPENDENCIES_OUTPUT-unset}; echo $PATH");
    unsetenv("LC_ALL");
    unsetenv("DEPENDENCIES_OUTPUT");
    EXPECT_EQ(end.output, "C " + folder_.string() + "\nunset\n" + std::getenv("PATH") + "\n");
}

TEST_F(Process, RunsWhereChildrenAreForgotten) {
    struct sigaction ignored = {}, older = {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGCHLD, &ignored, &older);  // the system reaps children, and how they ended is lost
    const ProgramEnd end = run("echo done");
    sigaction(SIGCHLD, &older, nullptr);
    EXPECT_EQ(end.how, How::unknown);
    EXPECT_THAT(end.output, HasSubstr("done"));
}

}  // namespace
}  // namespace bouton::runtime
