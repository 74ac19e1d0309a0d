// SPDX-License-Identifier: BSD-3-Clause
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
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

TEST(ThreadPool, EndsThoughItNeverWorked) { ThreadPool pool(4); }

}  // namespace
}  // namespace bouton::base
