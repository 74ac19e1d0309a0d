// SPDX-License-Identifier: BSD-3-Clause
#include "sim/pathway.hpp"

#include <algorithm>

namespace bouton::sim {

void Pathway::collect(std::int64_t step) {
    due_.clear();
    const auto spikes = group->spikes(step);
    for (const std::uint32_t n : spikes) {
        if (n >= begin && n < end) due_.push_back(static_cast<std::uint32_t>(n - begin));
    }
}

bool Pathway::has_rows() const {
    return std::any_of(passes.begin(), passes.end(), [](const Pass& pass) { return pass.is_of_rows(); });
}

std::int64_t Pathway::run(const Clock& clock, const network::SynapseStore& store) {
    std::int64_t met = 0;
    bool any = false;
    for (const std::int64_t steps : delays) {
        if (group->spikes(clock.step - steps).empty()) continue;
        collect(clock.step - steps);
        if (due_.empty()) continue;
        if (!any) segments.clear();
        any = true;
        if (!has_rows()) continue;
        for (const std::uint32_t n : due_) met += segments.add(store, route, n, steps);
    }
    if (!any) return 0;
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run(clock, store, segments);
        if (pass.neurons) pass.neurons.run_listed(clock, due_.data(), static_cast<std::int64_t>(due_.size()));
        if (pass.keep) met += pass.keep(clock, due_);
    }
    return met;
}

}  // namespace bouton::sim
