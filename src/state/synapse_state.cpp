// SPDX-License-Identifier: BSD-3-Clause
#include "state/synapse_state.hpp"

namespace bouton::state {

void SynapseState::archive(base::Archive& archive) {
    auto& [synapses, input, rows, waiting, counted, origin] = *this;  // all there is
    synapses.archive(archive);
    archive.value(rows);
    if (rows > 0) input.archive(archive);
    archive.same(waiting != nullptr, "whether events wait");
    if (waiting) {
        std::vector<std::int64_t> bounds{0};
        for (const SynapseBlock& block : synapses.blocks) bounds.push_back(block.target_end);
        waiting->archive(archive, bounds);
    }
    archive.value(counted);
    archive.value(origin);
}

}  // namespace bouton::state
