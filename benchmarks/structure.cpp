// SPDX-License-Identifier: BSD-3-Clause
// Synapses that come and go, on one core: a group of 10^7 synapses that prunes and grows at every step, and what a group that
// may grow pays for its plasticity between its edits.
#include "session/session.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <random>

namespace bouton::session {
namespace {

std::unique_ptr<Session> open(const std::string& text) {
    NetworkSource source;
    source.file = "benchmark.toml";
    source.text = text;
    source.base_folder = std::filesystem::temp_directory_path();
    return std::make_unique<Session>(check_network(source, {}), source, Options{});
}

/// 10^4 silent neurons with 1000 synapses each, which wait for postsynaptic spikes that never come.
std::unique_ptr<Session> silent(const std::string& structure) {
    return open(R"toml(
simulation = { duration = "1 s", precision = "float" }
[neurons.cells]
size = 10000
equations = "dv/dt = -v/(20*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
[synapses.s]
from = "cells"
to = "cells"
connect = { rule = "fixed_probability", p = 0.1 }
plasticity = { model = "stdp_pair", parameters = { w_max = 1 } }
target = "v"
delay = "1 ms"
initial = { w = "rand()" }
)toml" + structure);
}

/// Argument: so many of 10^6 synapses go at every step, and as many come.
void prune_and_grow(benchmark::State& state) {
    const double share = 1e-6 * static_cast<double>(state.range(0));
    const auto session = silent("structure = { every = \"0.1 ms\", prune = \"rand() < " +
                                std::to_string(share) + "\", grow = " + std::to_string(share / 9) + " }\n");
    session->run(20);
    for (auto _ : state) session->run(1);
    state.SetItemsProcessed(static_cast<std::int64_t>(2e7 * share) * state.iterations());
}
BENCHMARK(prune_and_grow)
    ->Arg(1)
    ->Arg(100)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond);

/// The same without any that go: what it costs to look whether some do.
void look_at_all(benchmark::State& state) {
    const auto session = silent("structure = { every = \"0.1 ms\", prune = \"w < 0\" }\n");
    session->run(5);
    for (auto _ : state) session->run(1);
}
BENCHMARK(look_at_all)->Unit(benchmark::kMillisecond);

/// So many synapses are removed by a call from outside, and the same pairs get new ones by another.
void remove_and_add(benchmark::State& state) {
    const auto session = silent("");
    session->run(5);
    const auto source = session->read_synapses("s", "source"), target = session->read_synapses("s", "target");
    std::vector<std::int64_t> id(source.size());
    std::iota(id.begin(), id.end(), std::int64_t{0});
    std::mt19937_64 random(1);
    const auto count = static_cast<std::size_t>(state.range(0));
    const auto once = [&](bool timed) {
        if (timed) state.PauseTiming();
        std::vector<std::size_t> chosen(count);
        for (std::size_t k = 0; k < count; ++k)  // one of each stretch
            chosen[k] = k * (id.size() / count) + random() % (id.size() / count);
        std::vector<std::int64_t> ids, sources, targets;
        for (const std::size_t k : chosen) {
            ids.push_back(id[k]);
            sources.push_back(std::llround(source[k]));
            targets.push_back(std::llround(target[k]));
        }
        if (timed) state.ResumeTiming();
        session->remove_synapses("s", ids);
        const auto added = session->add_synapses("s", {sources, targets, {}});
        if (timed) state.PauseTiming();
        for (std::size_t k = 0; k < count; ++k) id[chosen[k]] = added[k];
        if (timed) state.ResumeTiming();
    };
    for (int k = 0; k < 10; ++k) once(false);
    for (auto _ : state) once(true);
    state.SetItemsProcessed(2 * state.range(0) * state.iterations());
}
BENCHMARK(remove_and_add)->Arg(1)->Arg(10000)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);

/// 100 ms of STDP of 4 10^6 synapses. Argument: 0, the group cannot grow; 1, it might at every 10 ms; 2, it does, by a
/// hundredth at every 100 ms, and prunes as many.
void plasticity(benchmark::State& state) {
    const std::string structures[] = {
        "", "structure = { every = \"10 ms\", grow = 1e-9 }\n",
        "structure = { every = \"100 ms\", grow = 0.0025, prune = \"rand() < 0.01\" }\n"};
    const auto session = open(R"toml(
simulation = { duration = "1 s", precision = "float" }
[neurons.input]
model = "poisson"
size = 5000
parameters = { rate = "20 Hz" }
[neurons.cells]
size = 4000
equations = "dv/dt = (1.2 - v)/(20*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.s]
from = "input"
to = "cells"
connect = { rule = "fixed_probability", p = 0.2 }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.0001 } }
target = "v"
delay = "1 ms"
initial = { w = "0.00005" }
)toml" + structures[state.range(0)]);
    session->run(1000);
    for (auto _ : state) session->run(1000);
}
BENCHMARK(plasticity)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bouton::session
