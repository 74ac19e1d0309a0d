// SPDX-License-Identifier: BSD-3-Clause
// What spikes release, as records have it.
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <set>

namespace bouton::test {
namespace {

// What a synapse released last is a variable of its own where a record names it, and nothing elsewhere.
TEST(RecordedRelease, IsKeptWhereItIsRecorded) {
    const std::string network = R"toml(
[simulation]
duration = "200 ms"
seed = 4
[neurons.a]
model = "poisson"
size = 20
parameters = { rate = "100 Hz" }
[neurons.b]
size = 10
equations = "g : 1"
[synapses.s]
from = "a"
to = "b"
connect = { rule = "all_to_all" }
target = "g"
initial = { w = 1 }
release = RELEASE
)toml";
    const auto of = [&](const std::string& release, bool recorded) {
        std::string text = network;
        text.replace(text.find("RELEASE"), 7, release);
        if (recorded) text += "[[record]]\nof = \"s\"\nat = \"pre\"\nvariables = [\"release\"]\n";
        return text;
    };
    struct Model {
        const char* text;
        double most;
        bool whole;
    };
    for (const Model& model :
         {Model{"{ model = \"bernoulli\", parameters = { p = 0.3 } }", 1, true},
          Model{"{ model = \"quantal_binomial\", parameters = { n_sites = 4, p = 0.5 } }", 4, true},
          Model{"{ model = \"stochastic_vesicles\", parameters = { n_sites = 3, U = 0.5 } }", 3, true},
          Model{"{ model = \"tsodyks_markram\" }", 0.5, false}}) {
        Kept kept;
        const auto simulation = simulate(of(model.text, true), 1, &kept);
        simulation->run();
        std::vector<double> released(10);  // by target: all that it got is w*release, w = 1
        std::set<double> seen;
        for (const auto& event : kept.happened) {
            released[static_cast<std::size_t>(event.synapse % 10)] += event.values[0];
            seen.insert(event.values[0]);
        }
        EXPECT_EQ(*seen.rbegin(), model.most) << model.text;
        if (model.whole) {
            EXPECT_EQ(seen.size(), static_cast<std::size_t>(model.most) + 1) << model.text;
            EXPECT_EQ(simulation->neurons("b", "g"), released) << model.text;
        }
        const auto plain = simulate(of(model.text, false));
        plain->run();
        EXPECT_EQ(plain->neurons("b", "g"), simulation->neurons("b", "g")) << model.text;
        EXPECT_THROW(plain->synapses("s", "release"), sim::UnknownName);
        EXPECT_EQ(simulation->synapses("s", "release").size(), 200U);
    }
}

}  // namespace
}  // namespace bouton::test
