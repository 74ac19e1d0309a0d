// SPDX-License-Identifier: BSD-3-Clause
#include "state/neuron_state.hpp"

namespace bouton::state {

void NeuronState::archive(base::Archive& archive, std::span<const std::int64_t> bounds) {
    auto& [values, spikes, to_come, next, hits] = *this;  // all there is
    values.archive(archive, bounds);
    spikes.archive(archive);
    archive.list(to_come);
    archive.value(next);
    archive.same(hits.has_value(), "the kind of a neuron group");
    if (hits) hits->archive(archive);
}

}  // namespace bouton::state
