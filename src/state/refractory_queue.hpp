// SPDX-License-Identifier: BSD-3-Clause
// The refractory neurons of a group, where refractoriness lasts the same for all: the first to spike is the first to be released.
#pragma once

#include "base/archive.hpp"
#include "base/cache_line.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace bouton::state {

/// Those of several threads lie side by side: none shares a line of the cache.
class alignas(base::kCacheLineBytes) RefractoryQueue {
public:
    /// These neurons are refractory until that step. `until` may not fall from call to call.
    void enter(std::span<const std::uint32_t> neurons, std::int64_t until) {
        if (neurons.empty()) return;
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        if (!ends_.empty() && ends_.back().until == until)
            ends_.back().count += neurons.size();
        else
            ends_.push_back({until, neurons.size()});
    }

    /// Calls `function` with each neuron that is refractory until this step or an earlier one, and forgets it.
    template <class Function>
    void release(std::int64_t step, Function&& function) {
        for (; !ends_.empty() && ends_.front().until <= step; ends_.pop_front()) {
            for (const std::uint32_t k : all().first(ends_.front().count)) function(k);
            released_ += ends_.front().count;
        }
        if (released_ <= neurons_.size() / 2) return;
        neurons_.erase(neurons_.begin(), neurons_.begin() + static_cast<std::ptrdiff_t>(released_));
        released_ = 0;
    }

    /// A neuron and the step at which it is released.
    struct Entry {
        std::int64_t until;
        std::uint32_t neuron;
    };
    /// Appends what there is, in the order of release.
    void add_to(std::vector<Entry>& list) const {
        auto& [neurons, released, ends] = *this;  // all there is
        auto next = neurons.begin() + static_cast<std::ptrdiff_t>(released);
        for (const End& end : ends)
            for (std::size_t k = 0; k < end.count; ++k) list.push_back({end.until, *next++});
    }
    /// Forgets what there is and takes those of a list, in the order of release, whose neurons are from `begin` on
    /// and before `end`.
    void take(std::span<const Entry> list, std::int64_t begin, std::int64_t end) {
        *this = {};
        for (const Entry& entry : list)
            if (entry.neuron >= begin && entry.neuron < end) enter({&entry.neuron, 1}, entry.until);
    }

    /// All that are refractory, in the order in which they spiked.
    std::span<const std::uint32_t> all() const { return std::span(neurons_).subspan(released_); }

private:
    struct End {
        std::int64_t until;
        std::size_t count;
    };

    std::vector<std::uint32_t> neurons_;  ///< the first `released_` are refractory no more
    std::size_t released_ = 0;
    std::deque<End> ends_;
};

}  // namespace bouton::state
