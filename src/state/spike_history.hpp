// SPDX-License-Identifier: BSD-3-Clause
// The spikes of one neuron group over the last steps, as far back as its longest delay reaches. Delayed events
// look here when they are due, so that a synapse that goes takes its spikes in flight with it, and one that
// comes receives those still under way.
#pragma once

#include "base/archive.hpp"
#include "base/cache_line.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bouton::state {

/// The spikes of all steps lie one after the other. One thread adds to them, others read.
class alignas(base::kCacheLineBytes) SpikeHistory {
public:
    /// Before anything else: the step that begins first.
    void start(std::int64_t step) { next_ = step; }
    /// Keeps at least `steps` steps beside the last one; what is kept already stays.
    void keep(std::int64_t steps) {
        back_ = std::max(back_, steps);
        lengthen();
    }
    /// The same between two steps, from now on: of steps longer ago than what was kept until now, nobody hears any more.
    void keep_from_now(std::int64_t steps) {
        if (steps <= back_) return;
        for (Step& slot : slots_)
            if (slot.step < next_ - 1 - back_) slot.step = -1;
        keep(steps);
    }
    /// So many steps more, which begin before the oldest ones are done with.
    void keep_ahead(std::int64_t steps) {
        ahead_ = std::max(ahead_, steps);
        lengthen();
    }

    /// Steps begin in order; spikes that are added are those of the last one that did, ascending.
    void begin(std::int64_t step) {
        last_ = place(step);
        Step& slot = slots_[last_];
        forget(slot.end);
        slot = {step, total(), total()};
        next_ = step + 1;
    }
    void add(std::span<const std::uint32_t> neurons) {
        if (neurons.empty()) return;
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        slots_[last_].end = total();
    }
    /// Several steps at once, from `first` on: the spikes of all of them, and where those of each end.
    void add_steps(std::int64_t first, std::span<const std::uint32_t> neurons,
                   std::span<const std::uint32_t> ends) {
        if (ends.empty()) return;
        next_ = first + static_cast<std::int64_t>(ends.size());
        last_ = place(next_ - 1);
        forget(slots_[last_].end);
        std::size_t begin = total();
        const std::size_t before = begin;
        for (std::int64_t step = first; step < next_; ++step) {
            const std::size_t end = before + ends[static_cast<std::size_t>(step - first)];
            slots_[place(step)] = {step, begin, end};
            begin = end;
        }
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
    }
    /// The step that begins next.
    std::int64_t next() const { return next_; }
    /// Spikes of the run so far.
    std::size_t total() const { return forgotten_ + neurons_.size(); }

    bool any(std::int64_t step) const {
        const Step& slot = slots_[place(step)];
        return slot.step == step && slot.begin < slot.end;
    }
    /// The spikes of a step that is not too long ago; none before the start.
    std::span<const std::uint32_t> at(std::int64_t step) const {
        if (step < 0) return {};
        const Step& slot = slots_[place(step)];
        if (slot.step != step) return {};
        return std::span(neurons_).subspan(slot.begin - forgotten_, slot.end - slot.begin);
    }

    /// Those of several steps, as at() has them, one after the other.
    std::span<const std::uint32_t> between(std::int64_t first, std::int64_t end) const {
        first = std::max<std::int64_t>(first, 0);
        while (first < end && slots_[place(first)].step != first)
            ++first;  // before the start of what is kept
        if (first >= end) return {};
        const std::size_t begin = slots_[place(first)].begin;
        return std::span(neurons_).subspan(begin - forgotten_, slots_[place(end - 1)].end - begin);
    }

    /// Reading keeps at least as many steps as were kept before.
    void archive(base::Archive& archive) {
        auto& [neurons, forgotten, slots, mask, last, next, back, ahead] = *this;  // all there is
        const std::int64_t back_before = back, ahead_before = ahead;
        archive.piece("spike history");
        archive.list(neurons);
        archive.value(forgotten);
        archive.list(slots);
        archive.value(mask);
        archive.value(last);
        archive.value(next);
        archive.value(back);
        archive.value(ahead);
        if (!archive.reads()) return;
        keep(back_before);
        keep_ahead(ahead_before);
    }

private:
    struct Step {
        std::int64_t step = -1;
        std::size_t begin = 0;  ///< these two count from the first spike of the run
        std::size_t end = 0;
    };

    std::size_t place(std::int64_t step) const { return static_cast<std::size_t>(step) & mask_; }

    /// The first `count` spikes of the run are not asked for any more. They go when they are most of what is there.
    void forget(std::size_t count) {
        constexpr std::size_t kWorthMoving = 1024;
        const std::size_t old = count - std::min(count, forgotten_);
        if (old < kWorthMoving || 2 * old < neurons_.size()) return;
        neurons_.erase(neurons_.begin(), neurons_.begin() + static_cast<std::ptrdiff_t>(old));
        forgotten_ += old;
    }

    void lengthen() {
        const std::size_t size = std::bit_ceil(static_cast<std::size_t>(back_ + ahead_) + 1);
        if (size <= slots_.size()) return;
        std::vector<Step> longer(size);
        const std::int64_t last = slots_[last_].step;
        mask_ = size - 1;
        for (const Step& slot : slots_)
            if (slot.step >= 0) longer[place(slot.step)] = slot;
        slots_ = std::move(longer);
        last_ = last < 0 ? 0 : place(last);
    }

    std::vector<std::uint32_t> neurons_;
    std::size_t forgotten_ = 0;   ///< spikes that are there no more
    std::vector<Step> slots_{1};  ///< as many as a power of two
    std::size_t mask_ = 0;        ///< one less
    std::size_t last_ = 0;        ///< the slot of the last step that began
    std::int64_t next_ = 0;
    std::int64_t back_ = 0;
    std::int64_t ahead_ = 0;
};

}  // namespace bouton::state
