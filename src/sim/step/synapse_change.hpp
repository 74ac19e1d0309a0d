// SPDX-License-Identifier: BSD-3-Clause
// Synapses that are added and removed from outside, between two steps.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bouton::sim {

/// Values of a variable of synapses to come, or their delays (s) by the name that results give them: one for all of them, or one for
/// each. They must outlive the call.
struct NewValues {
    std::string name;
    std::span<const double> values;
};

/// Synapses to come: the numbers of their neurons in the whole groups. What is not given begins as the network says.
struct NewSynapses {
    std::span<const std::int64_t> sources, targets;
    std::vector<NewValues> given;
};

}  // namespace bouton::sim
