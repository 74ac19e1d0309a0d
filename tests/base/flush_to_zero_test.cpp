// SPDX-License-Identifier: BSD-3-Clause
#include "base/flush_to_zero.hpp"
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace bouton::base {
namespace {

/// Half of the least normal number, computed when it is asked for.
template <class Real>
Real subnormal() {
    volatile Real least = std::numeric_limits<Real>::min();
    return least * Real(0.5);
}

TEST(FlushToZero, IsInForceWhileItLives) {
    EXPECT_GT(subnormal<double>(), 0.0);
    EXPECT_GT(subnormal<float>(), 0.0F);
    {
        const FlushToZero flush;
        EXPECT_EQ(subnormal<double>(), 0.0);
        EXPECT_EQ(subnormal<float>(), 0.0F);
        { const FlushToZero again; }
        EXPECT_EQ(subnormal<double>(), 0.0);
    }
    EXPECT_GT(subnormal<double>(), 0.0);
}

TEST(FlushToZero, TakesOperandsForZero) {
    volatile double small = std::numeric_limits<double>::denorm_min();
    const FlushToZero flush;
    EXPECT_EQ(small * 0x1p1000, 0.0);
}

TEST(FlushToZero, HoldsInTheTasksOfAllThreads) {
    for (const std::size_t threads : {1U, 3U}) {
        ThreadPool pool(threads);
        std::vector<double> values(50, 1.0);
        pool.run(values.size(), [&](std::size_t task, std::size_t) { values[task] = subnormal<double>(); });
        EXPECT_EQ(values, std::vector<double>(50, 0.0));
        EXPECT_GT(subnormal<double>(), 0.0) << "the caller goes on as before";
    }
}

}  // namespace
}  // namespace bouton::base
