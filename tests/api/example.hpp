// SPDX-License-Identifier: BSD-3-Clause
// A small network with a bit of everything, and a folder of its own for a test's files.
#pragma once

#include "bouton/network.hpp"
#include "bouton/simulation.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace bouton {

inline const char* const kExample = R"toml(
[simulation]
duration = "50 ms"
seed = 3
[neurons.given]
model = "spike_times"
size = 2
times = [["1 ms", "30 ms"], []]
[neurons.cells]
size = 20
equations = "dv/dt = (E - v)/(10*ms) : volt"
parameters = { E = "15 mV" }
threshold = "v > 10*mV"
reset = "v = 0*mV"
initial = { v = "rand()*10*mV" }
[synapses.s]
from = "given"
to = "cells"
connect = { rule = "all_to_all" }
delay = "2 ms"
release = { model = "bernoulli", parameters = { p = 0.5 } }
plasticity = { model = "stdp_pair", parameters = { w_max = "1 mV" } }
target = "v"
initial = { w = "rand()*mV" }
[[record]]
spikes = "cells"
[[record]]
variables = ["v"]
of = "cells"
every = "1 ms"
indices = [0, 7]
[[record]]
rate = "cells"
bin = "5 ms"
[[record]]
variables = ["w", "release"]
of = "s"
at = "pre"
indices = [3]
)toml";

inline Simulation example(int threads = 1) {
    SimulationOptions options;
    options.backend = Backend::interpreted;
    options.threads = threads;
    return Simulation(Network::from_text(kExample), options);
}

class Folder : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("bouton-api-" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

}  // namespace bouton
