// SPDX-License-Identifier: BSD-3-Clause
// Runs a network half way, saves it, and goes on twice: in the same simulation and from the file. Both end alike.
//     resume stimuli.toml state.bouton
#include <bouton/error.hpp>
#include <bouton/network.hpp>
#include <bouton/simulation.hpp>
#include <bouton/version.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

namespace {

bool go_on_twice(const std::string& network, const std::string& state) {
    using namespace std::chrono_literals;
    bouton::Simulation simulation(bouton::Network::from_file(network));
    simulation.run(2s);
    simulation.save(state);
    bouton::Simulation resumed = bouton::Simulation::resume(state);
    std::printf("bouton %s, %s: saved and resumed at t = %g s\n", std::string(bouton::version()).c_str(),
                std::string(resumed.backend()).c_str(), resumed.t());

    simulation.run(2s);
    resumed.run(2s);
    const bool same = simulation.read("exc", "w") == resumed.read("exc", "w");
    std::printf("at t = %g s the weights are %s\n", resumed.t(), same ? "the same" : "different");
    return same;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: resume NETWORK.toml STATE\n");
        return 2;
    }
    try {
        return go_on_twice(argv[1], argv[2]) ? 0 : 1;
    } catch (const bouton::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return error.status();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
