// SPDX-License-Identifier: BSD-3-Clause
// The spikes of one neuron group over the last steps, as far back as its longest delay reaches. Delayed events
// look here when they are due, so that a synapse that goes takes its spikes in flight with it, and one that
// comes receives those still under way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace bouton::sim {

class SpikeHistory {
public:
    /// Keeps at least `steps` steps beside the current one, `now`; what is kept already stays.
    void keep(std::int64_t steps, std::int64_t now) {
        back_ = std::max(back_, steps);
        lengthen(now);
    }
    /// So many steps more, which begin before the oldest ones are done with.
    void keep_ahead(std::int64_t steps, std::int64_t now) {
        ahead_ = std::max(ahead_, steps);
        lengthen(now);
    }
    /// Empties and returns the place of a step.
    std::vector<std::uint32_t>& begin(std::int64_t step) {
        auto& slot = slots_[static_cast<std::size_t>(step) % slots_.size()];
        slot.clear();
        return slot;
    }
    /// The spikes of a step that is not too long ago, ascending; none before the start.
    std::span<const std::uint32_t> at(std::int64_t step) const {
        if (step < 0) return {};
        return slots_[static_cast<std::size_t>(step) % slots_.size()];
    }

private:
    void lengthen(std::int64_t now) {
        const auto size = static_cast<std::size_t>(back_ + ahead_) + 1;
        if (size <= slots_.size()) return;
        std::vector<std::vector<std::uint32_t>> longer(size);
        for (std::int64_t step = now; step > now - static_cast<std::int64_t>(slots_.size()) && step >= 0;
             --step) {
            longer[static_cast<std::size_t>(step) % size] =
                std::move(slots_[static_cast<std::size_t>(step) % slots_.size()]);
        }
        slots_ = std::move(longer);
    }

    std::vector<std::vector<std::uint32_t>> slots_{1};
    std::int64_t back_ = 0;
    std::int64_t ahead_ = 0;
};

}  // namespace bouton::sim
