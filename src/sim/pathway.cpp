// SPDX-License-Identifier: BSD-3-Clause
#include "sim/pathway.hpp"

#include <algorithm>

namespace bouton::sim {

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
        stride_.due.clear();
        collect(spikes, stride_.due);
        if (stride_.due.empty()) continue;
        if (!any) segments.clear();
        any = true;
        if (!has_rows_) continue;
        for (const std::uint32_t n : stride_.due) met += segments.add(store, route, n, steps);
    }
    if (!any) return 0;
    stride_.steps.assign(stride_.due.size(), clock.step);
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run(clock, store, segments);
        if (!pass.neurons.empty())
            pass.neurons[0].run_listed(clock, stride_.due.data(),
                                       static_cast<std::int64_t>(stride_.due.size()), stride_.steps.data());
        if (pass.keep) met += pass.keep(clock, stride_.due, 0);
    }
    return met;
}

void Pathway::begin_stride(std::int64_t first_step) {
    stride_.first_step = first_step;
    stride_.due.clear();
    stride_.steps.clear();
    stride_.due_in.clear();
    stride_.count = 0;
    for (Pass& pass : passes) pass.sources.clear();
}

void Pathway::take_sources(const Clock& clock, std::int64_t count) {
    stride_.count += count;
    if (!takes_sources_) return;
    const std::size_t first = stride_.due.size();
    const std::int64_t end_step = clock.step + count;
    for (std::int64_t step = clock.step; step < end_step; ++step) {
        for (const std::int64_t delay : delays) {
            const auto spikes = group->spikes(step - delay);
            if (spikes.empty()) continue;
            const std::size_t begin_of_delay = stride_.due.size();
            collect(spikes, stride_.due);
            if (stride_.due.size() == begin_of_delay) continue;
            stride_.due_in.push_back({step - stride_.first_step, delay, begin_of_delay, stride_.due.size()});
            stride_.steps.resize(stride_.due.size(), step);
        }
    }
    if (only_rows_) return take(clock, first, stride_.due.size());
    stride_.taken.resize(static_cast<std::size_t>(end - begin));
    for (std::size_t from = first, to = first; from < stride_.due.size(); from = to) {
        while (to < stride_.due.size() && stride_.taken[stride_.due[to]] == 0)
            stride_.taken[stride_.due[to++]] = 1;
        for (std::size_t e = from; e < to; ++e) stride_.taken[stride_.due[e]] = 0;
        take(clock, from, to);
    }
}

void Pathway::take(const Clock& clock, std::size_t first, std::size_t last) {
    if (first == last) return;
    const auto sources = std::span(stride_.due).subspan(first, last - first);
    for (Pass& pass : passes) {
        if (pass.is_of_rows())
            pass.sources.keep(sources);
        else
            pass.neurons[0].run_listed(clock, sources.data(), static_cast<std::int64_t>(sources.size()),
                                       stride_.steps.data() + first);
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
    for (const Due& events : stride_.due_in) {
        begin_steps_to(events.step);
        for (std::size_t e = events.first; e < events.last; ++e) add(stride_.due[e], e, events.delay);
    }
    if (!takes_sources_) {
        for (std::int64_t step = 0; step < stride_.count; ++step) {
            begin_steps_to(step);
            for (const std::int64_t delay : delays) {
                for (const std::uint32_t n : group->spikes(stride_.first_step + step - delay))
                    if (n >= begin && n < end) add(static_cast<std::uint32_t>(n - begin), 0, delay);
            }
        }
    }
    begin_steps_to(stride_.count);
    return met;
}

std::int64_t Pathway::run_rows_of_sources(const Clock& clock, const network::SynapseStore& store,
                                          std::size_t part) {
    const auto step = static_cast<std::size_t>(clock.step - stride_.first_step);
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
