// SPDX-License-Identifier: BSD-3-Clause
// Spikes that are remembered, against a list of all.
#include "state/spike_history.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace bouton::test {
namespace {

using Spikes = std::vector<std::uint32_t>;

/// Steps 0 and on of up to four spikes each, many enough for old ones to be forgotten.
std::vector<Spikes> draw(std::size_t steps) {
    std::mt19937 engine(5);
    std::vector<Spikes> all(steps);
    std::uint32_t next = 0;
    for (Spikes& spikes : all)
        for (auto left = engine() % 5; left > 0; --left) spikes.push_back(next++);
    return all;
}

void begin(state::SpikeHistory& history, std::int64_t step, const Spikes& spikes) {
    history.begin(step);
    history.add(spikes);
}

void expect_kept(const state::SpikeHistory& history, const std::vector<Spikes>& all, std::int64_t from,
                 std::int64_t end) {
    Spikes together;
    for (std::int64_t step = from; step < end; ++step) {
        const Spikes expected = step < 0 ? Spikes{} : all[static_cast<std::size_t>(step)];
        const auto kept = history.at(step);
        ASSERT_EQ(Spikes(kept.begin(), kept.end()), expected) << step;
        if (step >= 0) {
            EXPECT_EQ(history.any(step), !expected.empty());
        }
        together.insert(together.end(), expected.begin(), expected.end());
    }
    const auto kept = history.between(from, end);
    ASSERT_EQ(Spikes(kept.begin(), kept.end()), together) << from << " to " << end;
}

TEST(SpikeHistory, StepsOneByOneAndSeveralAtOnce) {
    constexpr std::int64_t kSteps = 3000, kBack = 20, kAhead = 8;
    const auto all = draw(kSteps);
    state::SpikeHistory one, several;
    for (state::SpikeHistory* history : {&one, &several}) {
        history->keep(kBack);
        history->keep_ahead(kAhead);
    }
    std::size_t total = 0;
    for (std::int64_t step = 0; step < kSteps;) {
        const std::int64_t count = std::min(1 + step % kAhead, kSteps - step);
        Spikes spikes;
        std::vector<std::uint32_t> ends;
        for (std::int64_t k = step; k < step + count; ++k) {
            const Spikes& now = all[static_cast<std::size_t>(k)];
            begin(one, k, now);
            spikes.insert(spikes.end(), now.begin(), now.end());
            ends.push_back(static_cast<std::uint32_t>(spikes.size()));
        }
        several.add_steps(step, spikes, ends);
        step += count;
        total += spikes.size();
        for (const state::SpikeHistory* history : {&one, &several}) {
            EXPECT_EQ(history->next(), step);
            EXPECT_EQ(history->total(), total);
            expect_kept(*history, all, step - kBack, step);
            expect_kept(*history, all, step - kBack, step - kBack / 2);
        }
    }
}

TEST(SpikeHistory, KeepsLongerFromAStepOn) {
    const auto all = draw(300);
    state::SpikeHistory history;
    history.keep(5);
    for (std::int64_t step = 0; step < 100; ++step) begin(history, step, all[static_cast<std::size_t>(step)]);
    history.keep(60);
    const auto kept = history.between(45, 100);  // what was not kept is not there
    const auto last = history.at(99);
    EXPECT_TRUE(history.at(50).empty());
    EXPECT_TRUE(kept.size() < 5 * 9);
    EXPECT_TRUE(kept.data() + kept.size() == last.data() + last.size());
    for (std::int64_t step = 100; step < 300; ++step) {
        begin(history, step, all[static_cast<std::size_t>(step)]);
        expect_kept(history, all, std::max<std::int64_t>(step - 60, 96), step + 1);
    }
}

}  // namespace
}  // namespace bouton::test
