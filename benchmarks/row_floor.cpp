// SPDX-License-Identifier: BSD-3-Clause
// What rows of plastic synapses cost before any rule: rows in random order, two of them on their way, each synapse a target and a
// weight that is read and written back; then with an addition to its target; then with the target's record of events and its
// trace, which a rule reads. Arguments: targets, synapses of a row, 10^6 synapses in all.
#include "kernel/deferred.h"
#include "state/column.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace bouton::state {
namespace {

enum class Touches { rows, input, all };

struct Network {
    Column<std::uint32_t> target;
    Column<float> weight;
    std::vector<std::size_t> order;  ///< where the rows begin that are met one after the other
    std::vector<float> v, trace;
    std::vector<std::array<float, 4>> record;
};

Network make(std::size_t targets, std::size_t length, std::size_t synapses) {
    const std::size_t rows = synapses / length;
    Network made{Column<std::uint32_t>(rows * length), Column<float>(rows * length), {}, {}, {}, {}};
    std::mt19937_64 engine(1);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t shift = engine() % targets;
        for (std::size_t k = 0; k < length; ++k) {
            made.target[row * length + k] = static_cast<std::uint32_t>((k * targets + shift) / length);
            made.weight[row * length + k] = 0.5f;
        }
    }
    made.order.resize(std::max<std::size_t>(rows, 2048));
    for (std::size_t& first : made.order) first = engine() % rows * length;
    made.v.resize(targets);
    made.trace.resize(targets);
    made.record.resize(targets);
    return made;
}

template <Touches touches>
void rows(benchmark::State& state) {
    const auto targets = static_cast<std::size_t>(state.range(0));
    const auto length = static_cast<std::size_t>(state.range(1));
    Network on = make(targets, length, static_cast<std::size_t>(state.range(2)) * 1'000'000);
    const std::size_t met = (std::size_t{1} << 20) / length;
    std::size_t next = 0;
    for (auto _ : state) {
        if (next + met + 2 > on.order.size()) next = 0;
        const std::size_t* begin = on.order.data() + next;
        next += met;
        for (std::size_t r = 0; r < met; ++r) {
            bn::fetch(on.target.data() + begin[r + 2], state.range(1));
            bn::fetch(on.weight.data() + begin[r + 2], state.range(1));
            const std::uint32_t* target = on.target.data() + begin[r];
            float* weight = on.weight.data() + begin[r];
            for (std::size_t k = 0; k < length; ++k) {
                const std::uint32_t j = target[k];
                float add = touches == Touches::rows ? static_cast<float>(j) : 0.001f;
                if (touches != Touches::rows) on.v[j] += weight[k];
                if (touches == Touches::all) add = on.trace[j] + on.record[j][0];
                weight[k] = weight[k] * 0.999f + add;
            }
        }
        benchmark::ClobberMemory();
    }
    state.counters["per synapse"] =
        benchmark::Counter(static_cast<double>(met * length),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
    for (const auto& size :
         {std::array{1000, 1000, 1}, {10'000, 1000, 10}, {100'000, 1000, 100}, {250'000, 250, 250}})
        benchmark->Args({size[0], size[1], size[2]});
    benchmark->Unit(benchmark::kMillisecond);
}

BENCHMARK(rows<Touches::rows>)->Apply(sizes);
BENCHMARK(rows<Touches::input>)->Apply(sizes);
BENCHMARK(rows<Touches::all>)->Apply(sizes);

}  // namespace
}  // namespace bouton::state
