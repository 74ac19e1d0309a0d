// SPDX-License-Identifier: BSD-3-Clause
// Networks that do not fit into the memory that they may take. Nothing large is allocated here: the limits are small.
#include "codegen/plan/plan.hpp"
#include "model/loader.hpp"
#include "sim/build/least_memory.hpp"
#include "tests/sim/running.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace bouton::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Checked {
    model::NetworkSpec spec;
    codegen::Plan plan;
};

Checked check(const std::string& toml) {
    base::Diagnostics diagnostics;
    Checked checked{model::load_text("net.toml", toml, {}, diagnostics), {}};
    if (!diagnostics.has_errors()) checked.plan = codegen::make_plan(checked.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    return checked;
}

std::unique_ptr<sim::Simulation> simulate_in(const std::string& toml, std::optional<double> memory,
                                             int threads = 1) {
    Checked checked = check(toml);
    sim::Options options;
    options.backend = sim::Backend::interpreted;
    options.memory = memory;
    options.threads = threads;
    return std::make_unique<sim::Simulation>(std::move(checked.plan), std::move(options));
}

/// 1000 cells with a synapse group between them.
std::string network(const std::string& synapses, const std::string& more = "") {
    return R"toml(
[simulation]
duration = "3 ms"
[neurons.cells]
size = 1000
equations = "v : 1"
[synapses.exc]
from = "cells"
to = "cells"
target = "v"
initial = { w = "rand()" }
)toml" + synapses +
           "\n" + more;
}

std::string refusal(const std::string& toml, double memory) {
    try {
        simulate_in(toml, memory);
    } catch (const base::DiagnosticError& error) {
        EXPECT_EQ(error.status(), 2);
        return error.what();
    }
    return "not refused";
}

TEST(OutOfMemory, SizesThatAreKnownAreRefusedBeforeAnythingIsDrawn) {
    // Each would take hours or all memory to draw.
    struct {
        const char* connect;
        const char* needs;
    } const cases[] = {
        {"{ rule = 'fixed_total_number', n = 100_000_000_000, multapses = true }",
         "100,000,000,000 synapses of 14 bytes"},
        {"{ rule = 'fixed_indegree', n = 1_000_000_000, multapses = true }", "1,000,000,000,000 synapses"},
        {"{ rule = 'fixed_outdegree', n = 1_000_000_000, multapses = true }", "1,000,000,000,000 synapses"},
    };
    for (const auto& [connect, needs] : cases) {
        const std::string message = refusal(network("connect = " + std::string(connect)), 1e9);
        EXPECT_THAT(message, HasSubstr("net.toml:7:")) << connect;
        EXPECT_THAT(message, HasSubstr("error[E409]: the network needs at least"));
        EXPECT_THAT(message, HasSubstr("more than the 1 GB that --memory allows"));
        EXPECT_THAT(message, HasSubstr(needs));
        EXPECT_THAT(message, HasSubstr("--memory "));
    }
    EXPECT_THAT(refusal(R"toml(
[simulation]
duration = "1 ms"
[neurons.cells]
size = 2_147_483_647
equations = """
a : 1
b : 1
c : 1
d : 1"""
[[record]]
variables = ["a"]
of = "cells"
)toml",
                        1e9),
                HasSubstr("2,147,483,647 neurons"));
}

TEST(OutOfMemory, MoreConnectionsThanPairsAreToldAsSuch) {
    EXPECT_THAT(refusal(network("connect = { rule = 'fixed_total_number', n = 100_000_000_000 }"), 1e9),
                HasSubstr("E402"));
}

TEST(OutOfMemory, RunningOutWhileDrawingIsAnError) {
    // A million pairs, 12 MB; neither is known before it is drawn.
    for (const char* connect : {"{ condition = 'i != j' }", "{ p = '0.9 + 0.0*i' }"}) {
        for (const int threads : {1, 3}) {
            try {
                simulate_in(network("connect = " + std::string(connect)), 1e6, threads);
                FAIL() << connect;
            } catch (const base::OutOfMemory& error) {
                EXPECT_EQ(error.status(), 1);
                EXPECT_THAT(error.what(), HasSubstr("'exc' has"));
                EXPECT_THAT(error.what(), HasSubstr("that --memory allows"));
            }
        }
        EXPECT_NO_THROW(simulate_in(network("connect = " + std::string(connect)), 20e6));
    }
}

TEST(OutOfMemory, RunningOutWhileGrowingIsAnError) {
    const std::string growing = network(R"toml(
connect = { pairs = [[0, 1]] }
structure = { grow = "0.5", every = "1 ms" }
)toml");
    auto simulation = simulate_in(growing, 2e6);
    EXPECT_THAT(failure_of(*simulation), HasSubstr("out of memory: 'exc' has"));
    auto enough = simulate_in(growing, 100e6);
    finish(*enough);
    EXPECT_GT(enough->summary().synapses, 700'000);
}

TEST(OutOfMemory, GroupsThatAreStillToComeCount) {
    const std::string two = network("connect = { condition = 'i != j' }", R"toml(
[synapses.later]
from = "cells"
to = "cells"
target = "v"
connect = { rule = "all_to_all" }
initial = { w = "rand()" }
)toml");
    EXPECT_THROW(simulate_in(two, 20e6), base::OutOfMemory);
    EXPECT_NO_THROW(simulate_in(two, 26e6));
}

TEST(OutOfMemory, TheLeastOfARandomNumberIsOne) {
    const auto least = [](const std::string& connect) {
        return sim::least_synapses(check(network("connect = " + connect)).plan.synapses.front());
    };
    EXPECT_EQ(least("{ rule = 'all_to_all' }"), 999'000);
    EXPECT_EQ(least("{ rule = 'fixed_probability', p = 0 }"), 0);
    EXPECT_EQ(least("{ rule = 'fixed_probability', p = 1 }"), 999'000);
    const double mean = 0.1 * 999'000, sd = std::sqrt(mean * 0.9);
    EXPECT_LT(least("{ rule = 'fixed_probability', p = 0.1 }"), mean - 7 * sd);
    EXPECT_GT(least("{ rule = 'fixed_probability', p = 0.1 }"), mean - 10 * sd);
    EXPECT_EQ(least("{ rule = 'fixed_probability', p = 0.00001 }"), 0);
    EXPECT_EQ(least("{ condition = 'i < j' }"), 0);
}

/// A network that fits is never refused: what is counted before is at most what a simulation takes.
TEST(OutOfMemory, TheLeastIsAtMostWhatIsTaken) {
    const std::string synapses[] = {
        "connect = { rule = 'all_to_all' }",
        "connect = { rule = 'one_to_one', autapses = true }",
        "connect = { rule = 'fixed_probability', p = 0.1 }",
        "connect = { rule = 'fixed_indegree', n = 10 }\ndelay = '1 ms'",
        "connect = { rule = 'fixed_outdegree', n = 10 }\ndelay = '1*ms + rand()*ms'",
        "connect = { rule = 'fixed_total_number', n = 5000 }\ndendritic_delay = '3 ms'",
        "connect = { rule = 'fixed_total_number', n = 5000, multapses = true }\ndendritic_delay = "
        "'rand()*3*ms'",
        "connect = { condition = 'i < j', p = '0.1' }",
        "connect = { rule = 'fixed_indegree', n = 10 }\nplasticity = { model = 'stdp_pair', parameters = { "
        "w_max = 2 } }",
        "connect = { rule = 'fixed_indegree', n = 10 }\nrelease = { model = 'tsodyks_markram' }",
        "connect = { rule = 'fixed_indegree', n = 10 }\nstructure = { prune = 'w < 0', every = '1 ms' }",
    };
    for (const std::string& text : synapses) {
        for (const char* precision : {"double", "float"}) {
            const std::string toml = network(text + "\n", "") + "\n";
            std::string with = toml;
            with.replace(with.find("duration"), 0, std::string("precision = '") + precision + "'\n");
            const Checked checked = check(with);
            double least = 0.0;
            for (const auto& part : sim::least_memory(checked.plan)) least += part.bytes;
            const auto taken = static_cast<double>(simulate_in(with, {})->summary().bytes);
            EXPECT_LE(least, taken) << text;
            EXPECT_GT(least, text.find("condition") == std::string::npos ? 0.1 * taken : 0.0) << text;
            EXPECT_NO_THROW(simulate_in(with, taken)) << text;
        }
    }
}

}  // namespace
}  // namespace bouton::test
