// SPDX-License-Identifier: BSD-3-Clause
// The neurons of a group that are refractory, where refractoriness lasts the same for all: first to spike, first to wake.
#pragma once

#include "base/archive.hpp"
#include "base/lines.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace bouton::state {

/// Those of several threads lie side by side: none shares a line of the cache.
class alignas(base::kLines) RestingNeurons {
public:
    /// `until` may not fall from call to call.
    void add(std::span<const std::uint32_t> neurons, std::int64_t until) {
        if (neurons.empty()) return;
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        if (!ends_.empty() && ends_.back().until == until)
            ends_.back().count += neurons.size();
        else
            ends_.push_back({until, neurons.size()});
    }

    /// Calls `function` with each neuron that rests until this step or an earlier one, and forgets it.
    template <class Function>
    void wake(std::int64_t step, Function&& function) {
        for (; !ends_.empty() && ends_.front().until <= step; ends_.pop_front()) {
            for (const std::uint32_t k : all().first(ends_.front().count)) function(k);
            awake_ += ends_.front().count;
        }
        if (awake_ <= neurons_.size() / 2) return;
        neurons_.erase(neurons_.begin(), neurons_.begin() + static_cast<std::ptrdiff_t>(awake_));
        awake_ = 0;
    }

    /// A neuron and the step at which it wakes.
    struct Rest {
        std::int64_t until;
        std::uint32_t neuron;
    };
    /// Appends what there is, in the order in which it wakes.
    void add_to(std::vector<Rest>& list) const {
        auto& [neurons, awake, ends] = *this;  // all there is
        auto next = neurons.begin() + static_cast<std::ptrdiff_t>(awake);
        for (const End& end : ends)
            for (std::size_t k = 0; k < end.count; ++k) list.push_back({end.until, *next++});
    }
    /// Forgets what there is and takes those of a list, in the order in which they wake, whose neurons are from `begin` on
    /// and before `end`.
    void take(std::span<const Rest> list, std::int64_t begin, std::int64_t end) {
        *this = {};
        for (const Rest& rest : list)
            if (rest.neuron >= begin && rest.neuron < end) add({&rest.neuron, 1}, rest.until);
    }

    /// All that rest, in the order in which they began to.
    std::span<const std::uint32_t> all() const { return std::span(neurons_).subspan(awake_); }

private:
    struct End {
        std::int64_t until;
        std::size_t count;
    };

    std::vector<std::uint32_t> neurons_;  ///< the first `awake_` rest no more
    std::size_t awake_ = 0;
    std::deque<End> ends_;
};

}  // namespace bouton::state
