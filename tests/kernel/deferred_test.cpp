// SPDX-License-Identifier: BSD-3-Clause
// Kept events as vectors against one event at a time.
#include "kernel/deferred.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace {

template <class T, int fields, bool falls>
void check(int64_t count) {
    constexpr int64_t targets = 97, blocks = 3;
    std::mt19937 engine(static_cast<unsigned>(count));
    std::vector<T> values(targets * blocks * fields * BN_EVENTS);
    for (T& value : values) value = static_cast<T>(engine() % 10);
    const T processed_until = 6;
    const bn::Events<T, fields, falls> events({values.data(), &processed_until, targets, blocks});
    std::vector<uint32_t> ends(static_cast<std::size_t>(count));
    for (uint32_t& end : ends) end = engine() % targets;
    static T newest[fields][BN_EVENTS][BN_ROW_CHUNK], older[fields][BN_EVENTS][BN_FEW];
    events.take(ends.data(), count, newest);
    events.take_older(ends.data(), older);
    for (int64_t l = 0; l < count; ++l)
        for (int f = 0; f < fields; ++f)
            for (int age = 0; age < BN_EVENTS; ++age) {
                EXPECT_EQ(newest[f][age][l], events.get(ends[l], age, f));
                if (l < BN_FEW) {
                    EXPECT_EQ(older[f][age][l], events.get(ends[l], BN_EVENTS + age, f));
                }
            }
    std::vector<int32_t> expected;
    for (int64_t l = 0; l < count; ++l)
        if (falls ? newest[0][2][l] <= processed_until : newest[0][2][l] >= processed_until)
            expected.push_back(static_cast<int32_t>(l));
    std::vector<int32_t> found(BN_ROW_CHUNK);
    found.resize(
        static_cast<std::size_t>(events.find_pending(newest[0][2], count, processed_until, found.data())));
    EXPECT_EQ(found, expected);
}

TEST(Deferred, VectorsHoldWhatIsKept) {
    for (const int64_t count : {BN_FEW, 9, 31, 64, 77, 123, BN_ROW_CHUNK}) {
        SCOPED_TRACE(count);
        check<double, 1, false>(count);
        check<double, 3, true>(count);
        check<float, 1, true>(count);
        check<float, 2, false>(count);
    }
}

TEST(Deferred, PendingEventsAreCountedBeyondABlock) {
    const std::vector<double> steps = {9, 8, 7, 6, 5, 4, 3, 2, 1, -1, -1, -1};  // three blocks of one target
    const double processed_until = 0;
    const bn::Events<double, 1, false> events({steps.data(), &processed_until, 1, 3});
    EXPECT_EQ(events.pending(0, 0.0, 0), 9);
    EXPECT_EQ(events.pending(0, 4.0, 2), 6);
    EXPECT_EQ(events.pending(0, -1.0, 8), 12);
}

}  // namespace
