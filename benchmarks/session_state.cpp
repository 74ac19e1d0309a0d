// SPDX-License-Identifier: BSD-3-Clause
// What a session costs beside its network: a call of run() on 784 inputs and 400 cells with plastic synapses, storing and going back,
// saving and resuming. Argument of the last three: 10^6 synapses.
#include "session/session.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Session> open(const std::string& text) {
    NetworkSource source;
    source.file = "benchmark.toml";
    source.text = text;
    source.base_folder = fs::temp_directory_path();
    return std::make_unique<Session>(check_network(source, {}), source, Options{});
}

std::unique_ptr<Session> digits() {
    return open(R"toml(
simulation = { duration = "1 s", dt = "0.1 ms", precision = "float" }
[neurons.pixels]
model = "poisson"
size = 784
parameters = { rate = "10 Hz" }
[neurons.cells]
size = 400
equations = "dv/dt = -v/(20*ms) : volt"
threshold = "v > 20*mV"
reset = "v = 0*mV"
[synapses.plastic]
from = "pixels"
to = "cells"
connect = { rule = "all_to_all" }
plasticity = { model = "stdp_pair", parameters = { w_max = "1 mV" } }
target = "v"
delay = "1 ms"
initial = { w = "0.3*mV*rand()" }
)toml");
}

/// Presentations of 350 ms, each in as many calls as the argument says: the difference is the share of the calls.
void presentation(benchmark::State& state) {
    const auto session = digits();
    const std::int64_t calls = state.range(0);
    session->run(3500);
    for (auto _ : state)
        for (std::int64_t k = 0; k < calls; ++k) session->run(3500 / calls);
}
BENCHMARK(presentation)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

void look_at_weights(benchmark::State& state) {
    const auto session = digits();
    session->run(3500);
    for (auto _ : state) benchmark::DoNotOptimize(session->read_synapses("plastic", "w"));
}
BENCHMARK(look_at_weights)->Unit(benchmark::kMillisecond);

std::unique_ptr<Session> large(std::int64_t millions) {
    return open("simulation = { duration = \"1 s\", precision = \"float\" }\n[neurons.cells]\nsize = " +
                std::to_string(millions * 1000) + R"toml(
equations = "dv/dt = (1 - v)/(20*ms) : 1"
threshold = "v > 0.9"
reset = "v = 0"
initial = { v = "rand()" }
[synapses.plastic]
from = "cells"
to = "cells"
connect = { rule = "fixed_indegree", n = 1000, autapses = true }
plasticity = { model = "stdp_pair", parameters = { w_max = 0.001 } }
target = "v"
delay = "1.5 ms"
initial = { w = 0.0005 }
)toml");
}

void store_and_restore(benchmark::State& state) {
    const auto session = large(state.range(0));
    session->run(10);
    for (auto _ : state) {
        session->store("kept");
        session->restore("kept");
    }
}
BENCHMARK(store_and_restore)->Arg(10)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Bytes per second are those of the file.
void save(benchmark::State& state) {
    const auto session = large(state.range(0));
    session->run(10);
    const fs::path file = fs::temp_directory_path() / ("bouton-benchmark-" + std::to_string(::getpid()));
    for (auto _ : state) session->save(file);
    state.SetBytesProcessed(static_cast<std::int64_t>(fs::file_size(file)) * state.iterations());
    fs::remove(file);
}
BENCHMARK(save)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime();

void resume(benchmark::State& state) {
    const auto session = large(state.range(0));
    session->run(10);
    const fs::path file = fs::temp_directory_path() / ("bouton-benchmark-" + std::to_string(::getpid()));
    session->save(file);
    for (auto _ : state) benchmark::DoNotOptimize(Session::resume(file, {}));
    state.SetBytesProcessed(static_cast<std::int64_t>(fs::file_size(file)) * state.iterations());
    fs::remove(file);
}
BENCHMARK(resume)->Arg(10)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace bouton::session
