// SPDX-License-Identifier: BSD-3-Clause
#include "base/stop.hpp"

#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace bouton::base {
namespace {

TEST(Stop, IsHeardWithinItsScopeOnly) {
    Stop stop;
    stop.request();
    EXPECT_NO_THROW(check_stop());
    {
        const StopScope scope(&stop);
        EXPECT_THROW(check_stop(), Stopped);
        const StopScope deaf(nullptr);
        EXPECT_NO_THROW(check_stop());
    }
    EXPECT_EQ(current_stop(), nullptr);
}

TEST(Stop, ForgetsWhenCleared) {
    Stop stop;
    EXPECT_FALSE(stop.request_again());
    EXPECT_TRUE(stop.request_again());
    stop.clear();
    EXPECT_FALSE(stop.is_requested());
}

TEST(Stop, LooksOnTheThreadThatMadeItAndNotEachTime) {
    int looks = 0;
    const auto maker = std::this_thread::get_id();
    Stop stop([&] {
        ++looks;
        EXPECT_EQ(std::this_thread::get_id(), maker);
        stop.request();
    });
    std::thread([&] { EXPECT_FALSE(stop.is_requested()); }).join();
    EXPECT_EQ(looks, 0);
    for (int k = 0; k < 1000; ++k) EXPECT_TRUE(stop.is_requested());
    EXPECT_GE(looks, 1);
    EXPECT_LT(looks, 1000);
}

TEST(Stop, WholeStepsEndWhereTheyAreAsked) {
    Stop stop;
    const StopScope scope(&stop);
    const WholeSteps steps;
    stop.request();
    EXPECT_NO_THROW(check_stop());
    EXPECT_TRUE(steps.stop_requested());
    EXPECT_THROW(steps.check_stop(), Stopped);
}

// Of all tasks only those that others had taken already are done: at most one a thread.
TEST(Stop, NoFurtherTaskBegins) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
        ThreadPool pool(threads);
        Stop stop;
        std::atomic<std::size_t> done = 0;
        const auto task = [&](std::size_t, std::size_t) {
            stop.request();
            ++done;
        };
        {
            const StopScope scope(&stop);
            EXPECT_THROW(pool.run(1000, task), Stopped);
            EXPECT_THROW(run_tasks(nullptr, 10, task), Stopped);
        }
        EXPECT_LE(done, threads);
        done = 0;
        pool.run(1000, task);
        EXPECT_EQ(done, 1000U) << "tasks outside the scope listen";
    }
}

// The caller has no task to do and has to look while the other one works.
TEST(Stop, IsLookedForWhileOthersWork) {
    ThreadPool pool(2);
    std::atomic<bool> asked = false;
    Stop stop([&] {
        if (asked) stop.request();
    });
    const StopScope scope(&stop);
    const auto caller = std::this_thread::get_id();
    std::atomic<int> begun = 0;
    const auto wait = [&](std::size_t, std::size_t) {
        // Both tasks have begun, so one of them is the worker's.
        for (++begun; begun < 2;) std::this_thread::yield();
        if (std::this_thread::get_id() == caller) return;
        for (asked = true;; std::this_thread::yield()) check_stop();
    };
    EXPECT_THROW(pool.run(2, wait), Stopped);
}

}  // namespace
}  // namespace bouton::base
