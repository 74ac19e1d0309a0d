// SPDX-License-Identifier: BSD-3-Clause
// Which statements of an event share a pass over the due synapses. Each statement runs for all of them before
// the next; statements are fused only where nobody can tell.
#include "tests/codegen/planned.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

std::string on_pre(const std::string& code, const std::string& further = "") {
    const auto plan = planned(
        "equations = \"\"\"\nw : 1\nu : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\n\"\"\"\non_pre = \"" +
        code + "\"\non_post = \"w += x; u += w*rand()\"\ninitial = { w = \"rand()\" }\n" + further);
    return passes_of(plan.pathways.front());
}

TEST(Passes, OfOneEvent) {
    const std::pair<const char*, const char*> cases[] = {
        {"w += 1", "synapses"},
        {"w += 1; u = w*2; w = u", "synapses"},  // all within the synapse
        {"v_post += w", "synapses"},
        {"v_post += w; w *= 0.9", "synapses"},
        {"v_post += w; g_post += u", "synapses"},           // different variables of the neuron
        {"v_post += w; w = v_post", "synapses, synapses"},  // the second sees every synapse's share
        {"w = v_post; v_post += w", "synapses, synapses"},
        {"v_post += w; v_post += u", "synapses, synapses"},  // sums in the order of the statements
        {"v_post += w; w = v_pre", "synapses"},              // another group's v
        {"x += 1", "neuron"},
        {"x += 1; x *= 2", "neuron"},
        {"x += 1; w += x", "neuron, synapses"},
        {"w += x; x += 1", "synapses, neuron"},
        {"w += x; x += 1; w -= x", "synapses, neuron, synapses"},
        {"h = 2*r_pre; x += h; w += h", "neuron, synapses"},
        {"h = w + 1; v_post += h; w = h", "synapses"},
        {"v_post = w", "one by one"},  // the last due synapse wins
        {"v_post *= 1 + w", "one by one"},
        {"v_post += w*v_post", "one by one"},  // each sees the one before
        {"v_post += w*g_post", "synapses"},
        {"v_post = w; w *= 2", "one by one, synapses"},
    };
    for (const auto& [code, passes] : cases) EXPECT_EQ(on_pre(code), passes) << code;
}

TEST(Passes, DelaysOfTheirOwnKeepTracesInTheSynapses) {
    EXPECT_EQ(on_pre("x += 1; w += x", "delay = \"rand()*ms\""), "synapses");
    EXPECT_EQ(on_pre("x += 1; w += x", "delay = \"2 ms\""), "neuron, synapses");
}

// Both ends of a recurrent group are the same memory.
TEST(Passes, EndsOfARecurrentGroupAreOne) {
    const std::string s =
        "equations = \"w : 1\"\non_pre = \"v_post += w; w = v_pre\"\ninitial = { w = \"rand()\" }\n";
    EXPECT_EQ(passes_of(planned(s).pathways.front()), "synapses");
    const auto recurrent =
        planned(s, "[synapses.again]\nfrom = \"a\"\nto = \"a\"\nconnect = { rule = \"all_to_all\" }\n" + s);
    EXPECT_EQ(passes_of(recurrent.pathways.front()), "synapses, synapses");
}

}  // namespace
}  // namespace bouton::test
