// SPDX-License-Identifier: BSD-3-Clause
#include "sim/pathway.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Side;

void Pathway::collect(std::span<const std::uint32_t> spikes, std::vector<std::uint32_t>& due) const {
    if (begin == 0 && end == group->plan.size)
        return void(due.insert(due.end(), spikes.begin(), spikes.end()));
    for (const std::uint32_t n : spikes)
        if (n >= begin && n < end) due.push_back(static_cast<std::uint32_t>(n - begin));
}

void Pathway::prepare(std::size_t parts) {
    of_parts_.resize(parts);
    for (const Pass& pass : passes) {
        has_rows_ |= pass.is_of_rows();
        only_rows_ &= pass.is_of_rows();
        takes_sources_ |= !pass.is_of_rows() || pass.sources.any();
    }
}

std::int64_t Pathway::run(const Clock& clock, const network::SynapseStore& store) {
    std::int64_t met = 0;
    bool any = false;
    for (const std::int64_t steps : delays) {
        const auto spikes = group->spikes(clock.step - steps);
        if (spikes.empty()) continue;
        due_.clear();
        collect(spikes, due_);
        if (due_.empty()) continue;
        if (!any) segments.clear();
        any = true;
        if (!has_rows_) continue;
        for (const std::uint32_t n : due_) met += segments.add(store, route, n, steps);
    }
    if (!any) return 0;
    steps_.assign(due_.size(), clock.step);
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run(clock, store, segments);
        if (!pass.neurons.empty())
            pass.neurons[0].run_listed(clock, due_.data(), static_cast<std::int64_t>(due_.size()),
                                       steps_.data());
        if (pass.keep) met += pass.keep(clock, due_, 0);
    }
    return met;
}

void Pathway::begin_stride(std::int64_t first_step) {
    first_step_ = first_step;
    due_.clear();
    steps_.clear();
    due_in_.clear();
    stride_ = 0;
    for (Pass& pass : passes) pass.sources.clear();
}

void Pathway::take_sources(const Clock& clock, std::int64_t count) {
    stride_ += count;
    if (!takes_sources_) return;
    const std::size_t first = due_.size();
    const std::int64_t end_step = clock.step + count;
    for (std::int64_t step = clock.step; step < end_step; ++step) {
        for (const std::int64_t delay : delays) {
            const auto spikes = group->spikes(step - delay);
            if (spikes.empty()) continue;
            const std::size_t begin_of_delay = due_.size();
            collect(spikes, due_);
            if (due_.size() == begin_of_delay) continue;
            due_in_.push_back({step - first_step_, delay, begin_of_delay, due_.size()});
            steps_.resize(due_.size(), step);
        }
    }
    if (only_rows_) return take(clock, first, due_.size());
    taken_.resize(static_cast<std::size_t>(end - begin));
    for (std::size_t from = first, to = first; from < due_.size(); from = to) {
        while (to < due_.size() && taken_[due_[to]] == 0) taken_[due_[to++]] = 1;
        for (std::size_t e = from; e < to; ++e) taken_[due_[e]] = 0;
        take(clock, from, to);
    }
}

void Pathway::take(const Clock& clock, std::size_t first, std::size_t last) {
    if (first == last) return;
    const auto sources = std::span(due_).subspan(first, last - first);
    for (Pass& pass : passes) {
        if (pass.is_of_rows())
            pass.sources.keep(sources);
        else
            pass.neurons[0].run_listed(clock, sources.data(), static_cast<std::int64_t>(sources.size()),
                                       steps_.data() + first);
    }
}

void Pathway::end_sources(std::size_t blocks) {
    for (Pass& pass : passes)
        if (pass.is_of_rows()) pass.sources.bind(pass.rows, blocks);
}

std::int64_t Pathway::list_rows(const network::SynapseStore& store, std::size_t part) {
    const network::SynapseBlock& block = store.blocks[part];
    Part& own = of_parts_[part];
    own.segments.clear();
    own.begins.clear();
    std::int64_t met = 0;
    const auto begin_steps_to = [&](std::int64_t step) {
        own.begins.resize(static_cast<std::size_t>(step) + 1, own.segments.size());
    };
    const auto add = [&](std::uint32_t source, std::size_t event, std::int64_t delay) {
        const auto at = static_cast<std::uint32_t>(event);
        if (route.index >= 0 || route.delay >= 0) {
            met += add_segments(own.segments, block, route, source, at, delay);
            return;
        }
        const std::int64_t first = block.row_begin[source], last = block.row_begin[source + 1];
        if (first < last) own.segments.push_back({first, last, source, at});
        met += last - first;
    };
    for (const Due& events : due_in_) {
        begin_steps_to(events.step);
        for (std::size_t e = events.first; e < events.last; ++e) add(due_[e], e, events.delay);
    }
    if (!takes_sources_) {
        for (std::int64_t step = 0; step < stride_; ++step) {
            begin_steps_to(step);
            for (const std::int64_t delay : delays) {
                for (const std::uint32_t n : group->spikes(first_step_ + step - delay))
                    if (n >= begin && n < end) add(static_cast<std::uint32_t>(n - begin), 0, delay);
            }
        }
    }
    begin_steps_to(stride_);
    return met;
}

std::int64_t Pathway::run_rows_of_sources(const Clock& clock, const network::SynapseStore& store,
                                          std::size_t part) {
    const auto step = static_cast<std::size_t>(clock.step - first_step_);
    const std::int64_t met = step == 0 ? list_rows(store, part) : 0;
    const Part& own = of_parts_[part];
    const std::size_t first = own.begins[step], last = own.begins[step + 1];
    if (first == last) return met;
    const auto segments = std::span(own.segments).subspan(first, last - first);
    for (Pass& pass : passes)
        if (pass.is_of_rows())
            pass.rows.run_part(clock, store, part, segments,
                               static_cast<std::int64_t>(own.segments.size() - last));
    return met;
}

std::int64_t Pathway::run_targets(const Clock& clock, const network::SynapseStore& store, std::size_t part) {
    Part& own = of_parts_[part];
    std::int64_t met = 0;
    bool any = false;
    for (const std::int64_t steps : delays) {
        const auto spikes = group->spikes(clock.step - steps, part);
        if (spikes.empty()) continue;
        own.due.clear();
        collect(spikes, own.due);
        if (own.due.empty()) continue;
        if (!any) own.segments.clear();
        any = true;
        if (!has_rows_) continue;
        for (const std::uint32_t n : own.due)
            met += add_segments(own.segments, store.blocks[part], route, n, n, steps);
    }
    if (!any) return 0;
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run_part(clock, store, part, own.segments);
        if (!pass.neurons.empty())
            pass.neurons[part].run_listed(clock, own.due.data(), static_cast<std::int64_t>(own.due.size()));
        if (pass.keep) met += pass.keep(clock, own.due, part);
    }
    return met;
}

}  // namespace bouton::sim
