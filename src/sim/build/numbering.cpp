// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/numbering.hpp"

#include "connect/connect.hpp"
#include "sim/build/least_memory.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

std::int64_t fewest_blocks(double synapses, std::int64_t targets, std::int64_t neurons) {
    if (targets < 1 || synapses <= 0.0) return 1;
    // The other half is for targets that have more synapses than others.
    const double each = synapses / static_cast<double>(targets);
    const double width = std::max(1.0, std::floor(0.5 * static_cast<double>(kMostNumbered) / each));
    return std::max<std::int64_t>(1, std::llround(std::ceil(static_cast<double>(neurons) / width)));
}

std::int64_t fewest_blocks(const codegen::Plan& plan) {
    std::int64_t most = 1;
    for (const auto& synapses : plan.synapses) {
        const auto group = std::find_if(plan.neurons.begin(), plan.neurons.end(),
                                        [&](const auto& found) { return found.group == synapses.to.group; });
        if (group != plan.neurons.end())
            most = std::max(most, fewest_blocks(least_synapses(synapses), synapses.to.size(), group->size));
    }
    return most;
}

std::string beyond_numbers(std::int64_t block, std::int64_t longest_row, bool is_indexed) {
    const std::string most = "; 2^32 - 1 can be numbered";
    if (longest_row > kMostNumbered)
        return std::to_string(longest_row) + " synapses from one neuron to the targets of one block" + most;
    if (is_indexed && block > kMostNumbered)
        return std::to_string(block) + " synapses in one block of targets" + most;
    return {};
}

void refuse_uncountable(const codegen::Plan& plan) {
    for (const auto& synapses : plan.synapses) {
        const double each = least_synapses(synapses) / static_cast<double>(synapses.to.size());
        if (!(each > static_cast<double>(kMostNumbered))) continue;
        connect::refuse(base::Code::E410, synapses.connect.span,
                        "on a neuron of '" + base::escape(synapses.to.group) + "' end " + spell_whole(each) +
                            " synapses of '" + base::escape(synapses.name) +
                            "'; 4,294,967,295 can be numbered",
                        "give fewer connections, or divide them among several synapse groups");
    }
}

}  // namespace bouton::sim
