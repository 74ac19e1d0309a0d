// SPDX-License-Identifier: BSD-3-Clause
// Shows stimuli to a network that learns by STDP and scales its weights after each, as homeostasis does: their mean stays as it
// was at the start. Prints the mean weights of all inputs and of each half.
//     learn stimuli.toml
#include <bouton/error.hpp>
#include <bouton/network.hpp>
#include <bouton/simulation.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <numeric>
#include <span>
#include <vector>

namespace {

using Values = std::vector<double>;

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void learn(const char* file) {
    using namespace std::chrono_literals;
    bouton::Simulation simulation(bouton::Network::from_file(file));
    const Values stimulus = simulation.read("inputs", "rate");  // Hz, one a neuron: the first half is active
    const std::size_t half = stimulus.size() / 2;
    const double target = mean(simulation.read("exc", "w"));

    for (int trial = 0; trial < 10; ++trial) {
        simulation.write("inputs", "rate", stimulus);
        simulation.run(500ms);
        simulation.write("inputs", "rate", 0.0);
        simulation.run(100ms);

        Values w =
            simulation.read("exc", "w");  // A, one a synapse: there is one from each input, in their order
        const double factor = target / mean(w);
        for (double& weight : w) weight *= factor;
        simulation.write("exc", "w", w);
        std::printf("t = %3.1f s  %3zu spikes  mean weight %5.1f pA: %5.1f active, %5.1f silent\n",
                    simulation.t(), simulation.spikes("cell").steps.size(), 1e12 * mean(w),
                    1e12 * mean(std::span(w).first(half)), 1e12 * mean(std::span(w).subspan(half)));
        simulation.clear_records();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: learn NETWORK.toml\n");
        return 2;
    }
    try {
        learn(argv[1]);
    } catch (const bouton::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return error.status();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
