// SPDX-License-Identifier: BSD-3-Clause
// What `bouton check` says a network takes is what its arrays hold once it is built; and kernels that run in steps are among those
// that are made before a run, or the simulation says so.
#include "sim/build/memory.hpp"

#include "base/diagnostics.hpp"
#include "model/loader.hpp"
#include "sim/bind/callables.hpp"
#include "state/array.hpp"
#include "tests/sim/running.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace bouton::test {
namespace {

struct Network {
    model::NetworkSpec spec;
    codegen::Plan plan;
};

Network planned(model::NetworkSpec spec, base::Diagnostics& diagnostics) {
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    auto plan = codegen::make_plan(spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    return {std::move(spec), std::move(plan)};
}

/// Builds the network and compares what is told with what is there.
void expect_told(const Network& network) {
    sim::Options options;
    options.backend = sim::Backend::interpreted;
    options.blocks = 1;
    Kept kept;
    options.recorder = &kept;
    sim::Simulation simulation(network.plan, options);
    std::size_t told = sim::memory_of_signals(network.plan);
    for (const auto& group : network.plan.neurons) told += sim::memory_of(group, network.plan.precision);
    bool is_least = false;
    for (std::size_t g = 0; g < network.plan.synapses.size(); ++g) {
        const auto& plan = network.plan.synapses[g];
        const sim::SynapseMemory memory(network.plan, plan);
        const auto synapses = static_cast<double>(simulation.synapses(plan.name, "source").size());
        told += static_cast<std::size_t>(memory.bytes(synapses));
        is_least |= memory.is_least();
    }
    if (is_least)
        EXPECT_LE(told, simulation.summary().bytes);
    else
        EXPECT_EQ(told, simulation.summary().bytes);
}

TEST(Memory, OfExamples) {
    int count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("examples")) {
        if (entry.path().extension() != ".toml" || entry.path().stem() == "digits")
            continue;  // a program makes its signal
        SCOPED_TRACE(entry.path().string());
        base::Diagnostics diagnostics;
        expect_told(planned(model::load_file(entry.path(), {}, diagnostics), diagnostics));
        ++count;
    }
    EXPECT_GE(count, 11);
}

/// All that a synapse group may keep, of 4 * 6 synapses.
std::string network(const std::string& synapses) {
    return R"([simulation]
duration = "10 ms"
[neurons.in]
size = 4
model = "spike_times"
times = [["1 ms", "2 ms"], [], ["3 ms"], ["1 ms"]]
[neurons.out]
size = 6
equations = """
dv/dt = -v/(10*ms) : 1
g : 1
"""
threshold = "v > 1"
reset = "v = 0"
[signal.s]
dt = "1 ms"
values = [[1, 2], [3, 4], [5, 6]]
[synapses.s]
from = "in"
to = "out"
connect = { rule = "all_to_all" }
)" + synapses;
}

TEST(Memory, OfWhateverSynapsesKeep) {
    const std::string w = "target = \"v\"\ninitial = { w = \"rand()\" }\n";
    const std::string whole = "equations = \"\"\"\nw : 1\ndx/dt = -x/(5*ms) : 1 (event-driven)\n\"\"\"\n";
    for (const std::string& synapses : {
             w,
             w + "delay = \"1 ms\"\ndendritic_delay = \"2.5 ms\"\n",
             w + "plasticity = { model = \"stdp_pair\", parameters = { w_max = 1 } }\n",
             w + "structure = { prune = \"w < 0\", every = \"1 ms\" }\n",
             whole + "on_pre = \"v_post += w; x += w\"\non_post = \"w += x\"\ninitial = { w = \"rand()\" }\n",
             whole + "on_pre = { a = \"v_post += w*rand()\", b = \"g_post += w\" }\non_post = \"w += x\"\n"
                     "delay = { a = \"i*0.1*ms\", b = \"j*0.1*ms\" }\ninitial = { w = \"rand()\" }\n",
         }) {
        SCOPED_TRACE(synapses);
        base::Diagnostics diagnostics;
        const Network made =
            planned(model::load_text("test.toml", network(synapses), {}, diagnostics), diagnostics);
        expect_told(made);
    }
}

TEST(Memory, TheRingOfDendriticDelaysIsCounted) {
    const auto bytes = [](const std::string& delay) {
        base::Diagnostics diagnostics;
        const Network made =
            planned(model::load_text(
                        "test.toml",
                        network("target = \"v\"\ninitial = { w = 1 }\ndendritic_delay = \"" + delay + "\"\n"),
                        {}, diagnostics),
                    diagnostics);
        return sim::SynapseMemory(made.plan, made.plan.synapses[0]).bytes(24);
    };
    // A row of targets, 8 bytes each in whole lanes, for each step more.
    EXPECT_EQ(bytes("3 ms") - bytes("2 ms"), 10.0 * 8.0 * static_cast<double>(state::padded(6)));
}

TEST(Kernels, OneThatWasNotMadeIsNeverInterpretedInSilence) {
    codegen::Kernel kernel;
    kernel.name = "update";
    sim::Callables callables(codegen::Precision::f64, sim::Backend::interpreted, {});
    callables.build({});
    EXPECT_THROW(callables.of(kernel), base::InternalError);
    EXPECT_NE(callables.once(kernel), nullptr);
}

}  // namespace
}  // namespace bouton::test
