// SPDX-License-Identifier: BSD-3-Clause
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bouton::base {
namespace {

TEST(ThreadPool, DoesEachTaskOnce) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
        ThreadPool pool(threads);
        EXPECT_EQ(pool.threads(), threads);
        // Many short rounds one after another: a worker that wakes late meets a later round.
        for (std::size_t round = 0; round < 3000; ++round) {
            const std::size_t tasks = round % 17;
            std::vector<std::atomic<int>> done(tasks);
            pool.run(tasks, [&](std::size_t task, std::size_t thread) {
                ASSERT_LT(thread, threads);
                ++done[task];
            });
            for (const auto& count : done) ASSERT_EQ(count, 1) << "round " << round;
        }
    }
}

TEST(ThreadPool, HandsOnTheFirstException) {
    ThreadPool pool(3);
    const auto fail = [](std::size_t task, std::size_t) {
        if (task == 7) throw std::runtime_error("seven");
    };
    EXPECT_THROW(pool.run(20, fail), std::runtime_error);
    std::atomic<int> sum = 0;
    pool.run(20, [&](std::size_t, std::size_t) { ++sum; });
    EXPECT_EQ(sum, 20);
}

// A process of its own, as its memory is limited to a little more than it has.
TEST(ThreadPool, TakesTheThreadsThatStart) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer needs more address space than the limit of this test";
#endif
    const auto limited = [] {
        std::ifstream sizes("/proc/self/statm");
        std::size_t pages = 0;
        sizes >> pages;
        const rlim_t most =
            pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{96} << 20);
        const rlimit limit{most, most};
        ::setrlimit(RLIMIT_AS, &limit);
        ThreadPool pool(400);
        std::atomic<std::size_t> sum = 0;
        pool.run(1000, [&](std::size_t task, std::size_t) { sum += task; });
        const bool right =
            sum == 499500 && pool.threads() < 400 &&
            pool.shortage().rfind("only " + std::to_string(pool.threads()) + " of 400 threads", 0) == 0;
        std::_Exit(right ? 0 : 1);
    };
    EXPECT_EXIT(limited(), testing::ExitedWithCode(0), "");
}

TEST(ThreadPool, TellsAShortageOnlyIfThereIsOne) { EXPECT_EQ(ThreadPool(3).shortage(), ""); }

TEST(ThreadPool, EndsThoughItNeverWorked) { ThreadPool pool(4); }

}  // namespace
}  // namespace bouton::base
