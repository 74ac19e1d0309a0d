// SPDX-License-Identifier: BSD-3-Clause
// Records of a slice are what the record of the whole group says of its neurons; the last bin of a rate is as long as it is.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bouton::test {
namespace {

const std::string kNetwork = R"toml(
[simulation]
duration = "23 ms"
seed = 2
[neurons.cells]
size = 90
equations = "dv/dt = (1.5 - v + 0.01*i)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
)toml";

struct Rates : Kept {
    std::vector<std::int64_t> begins, lengths;
    void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double value) override {
        begins.push_back(step);
        lengths.push_back(steps);
        Kept::rate(stream, step, steps, value);
    }
};

TEST(RecordSlices, SpikesAndVariablesAreThoseOfTheGroup) {
    for (const int blocks : {1, 3}) {
        Kept all, some;
        simulate(
            kNetwork + "[[record]]\nspikes = \"cells\"\n[[record]]\nvariables = [\"v\"]\nof = \"cells\"\n",
            blocks, &all)
            ->run();
        simulate(kNetwork +
                     "[[record]]\nspikes = \"cells[30:71]\"\n"
                     "[[record]]\nvariables = [\"v\"]\nof = \"cells[30:71]\"\n",
                 blocks, &some)
            ->run();
        std::erase_if(all.spiked, [](const Spike& spike) { return spike.neuron < 30 || spike.neuron >= 71; });
        EXPECT_GT(all.spiked.size(), 50U);
        EXPECT_EQ(some.spiked, all.spiked);
        EXPECT_EQ(some.streams.spikes[0].size, 90);
        EXPECT_EQ(some.streams.spikes[0].slice, (sim::Slice{30, 71}));
        ASSERT_EQ(some.streams.samples[0].indices.size(), 41U);
        EXPECT_EQ(some.streams.samples[0].indices.front(), 30);
        EXPECT_EQ(some.streams.samples[0].indices.back(), 70);
        ASSERT_EQ(some.rows.size(), all.rows.size());
        for (std::size_t k = 0; k < some.rows.size(); ++k) {
            const auto& whole = all.rows[k].values[0];
            EXPECT_EQ(some.rows[k].values[0], std::vector<double>(whole.begin() + 30, whole.begin() + 71));
        }
    }
}

TEST(RecordSlices, RatesCountTheirNeuronsInBinsOfTheirLength) {
    const std::string rates =
        "[[record]]\nrate = \"cells[30:71]\"\nbin = \"5 ms\"\n[[record]]\nspikes = \"cells[30:71]\"\n";
    for (const int blocks : {1, 3}) {
        Rates kept;
        simulate(kNetwork + rates, blocks, &kept)->run();
        EXPECT_EQ(kept.begins, (std::vector<std::int64_t>{0, 50, 100, 150, 200}));
        EXPECT_EQ(kept.lengths, (std::vector<std::int64_t>{50, 50, 50, 50, 30}));
        for (std::size_t k = 0; k < kept.begins.size(); ++k) {
            const std::int64_t first = kept.begins[k], end = first + kept.lengths[k];
            const auto count = std::count_if(kept.spiked.begin(), kept.spiked.end(), [&](const Spike& spike) {
                return spike.step >= first && spike.step < end;
            });
            EXPECT_GT(count, 0);
            EXPECT_DOUBLE_EQ(kept.rates[k] * 41 * static_cast<double>(kept.lengths[k]) * 1e-4,
                             static_cast<double>(count));
        }
    }
}

// Whoever goes on from a state has counted on.
TEST(RecordSlices, ARunThatIsNotAtItsEndHasWholeBinsOnly) {
    Rates kept;
    const auto simulation = simulate(kNetwork + "[[record]]\nrate = \"cells\"\nbin = \"5 ms\"\n", 1, &kept);
    simulation->go(130);
    EXPECT_EQ(kept.lengths, (std::vector<std::int64_t>{50, 50}));
    simulation->go(100);
    EXPECT_EQ(kept.begins, (std::vector<std::int64_t>{0, 50, 100, 150}));
}

}  // namespace
}  // namespace bouton::test
