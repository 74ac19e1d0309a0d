// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/pathway.hpp"

#include <algorithm>

namespace bouton::sim {

void Pathway::collect(std::span<const std::uint32_t> spikes, std::vector<std::uint32_t>& due) const {
    if (is_whole_) return void(due.insert(due.end(), spikes.begin(), spikes.end()));
    for (const std::uint32_t n : spikes)
        if (n >= begin && n < end) due.push_back(static_cast<std::uint32_t>(n - begin));
}

void Pathway::prepare(std::size_t parts) {
    of_parts_.resize(parts);
    is_whole_ = begin == 0 && end == group->plan.size;
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) row_passes_.push_back(&pass);
        has_rows_ |= pass.is_of_rows();
        only_rows_ &= pass.is_of_rows();
        takes_sources_ |= !pass.is_of_rows() || pass.sources.any();
    }
}

std::int64_t Pathway::run(const Clock& clock, const state::SynapseStore& store) {
    std::vector<std::uint32_t>& due = stride_.due.neurons;
    std::int64_t met = 0;
    bool any = false;
    for (const std::int64_t steps : delays) {
        const auto spikes = group->spikes(clock.step - steps);
        if (spikes.empty()) continue;
        due.clear();
        collect(spikes, due);
        if (due.empty()) continue;
        if (!any) segments.clear();
        any = true;
        if (!has_rows_) continue;
        for (const std::uint32_t n : due) met += segments.add(store, route, n, steps);
    }
    if (!any) return 0;
    stride_.steps.assign(due.size(), clock.step);
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run(clock, segments);
        if (!pass.neurons.empty())
            pass.neurons[0].run_listed(clock, due.data(), static_cast<std::int64_t>(due.size()),
                                       stride_.steps.data());
        if (pass.keep) met += pass.keep(clock, due, 0);
    }
    return met;
}

void Pathway::begin_stride(std::int64_t first_step) {
    stride_.first_step = first_step;
    stride_.due.clear();
    stride_.steps.clear();
    stride_.count = 0;
    for (Pass& pass : passes) pass.sources.clear();
}

void Pathway::add_due(std::int64_t first_step, std::int64_t end_step, Due& due) const {
    if (is_whole_ && delays.size() == 1) {
        const std::int64_t delay = delays.front();
        std::size_t end = due.neurons.size();
        const auto all = group->history.between(first_step - delay, end_step - delay);
        due.neurons.insert(due.neurons.end(), all.begin(), all.end());
        for (std::int64_t step = first_step; step < end_step; ++step)
            due.ends.push_back(end += group->spikes(step - delay).size());
        return;
    }
    for (std::int64_t step = first_step; step < end_step; ++step) {
        for (const std::int64_t delay : delays) {
            collect(group->spikes(step - delay), due.neurons);
            due.ends.push_back(due.neurons.size());
        }
    }
}

void Pathway::take_sources(const Clock& clock, std::int64_t count) {
    const std::size_t taken = static_cast<std::size_t>(stride_.count) * delays.size();
    stride_.count += count;
    if (!takes_sources_) return;
    const std::vector<std::uint32_t>& due = stride_.due.neurons;
    const std::size_t first = due.size();
    add_due(clock.step, clock.step + count, stride_.due);
    if (only_rows_) return take(clock, first, due.size());
    set_steps(clock.step, first, taken);
    stride_.taken_in.resize(static_cast<std::size_t>(end - begin));
    for (std::size_t from = first, to = first; from < due.size(); from = to) {
        ++stride_.batch;
        while (to < due.size() && stride_.taken_in[due[to]] != stride_.batch)
            stride_.taken_in[due[to++]] = stride_.batch;
        take(clock, from, to);
    }
}

void Pathway::set_steps(std::int64_t step, std::size_t event, std::size_t list) {
    // Most steps have few events, and how many is hard to foretell: some are set in any case.
    constexpr std::size_t kFew = 4;
    stride_.steps.resize(stride_.due.neurons.size() + kFew);
    for (; list < stride_.due.ends.size(); ++step) {
        list += delays.size();
        const std::size_t end = stride_.due.ends[list - 1];
        for (std::size_t e = event; e < event + kFew; ++e) stride_.steps[e] = step;
        for (std::size_t e = event + kFew; e < end; ++e) stride_.steps[e] = step;
        event = end;
    }
}

void Pathway::take(const Clock& clock, std::size_t first, std::size_t last) {
    if (first == last) return;
    const auto sources = std::span(stride_.due.neurons).subspan(first, last - first);
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

std::int64_t Pathway::list_rows(const state::SynapseStore& store, std::size_t part) {
    const state::SynapseBlock& block = store.blocks[part];
    Part& own = of_parts_[part];
    if (!takes_sources_) {
        own.due_in_stride.clear();
        add_due(stride_.first_step, stride_.first_step + stride_.count, own.due_in_stride);
    }
    const Due& due = takes_sources_ ? stride_.due : own.due_in_stride;
    const std::size_t events = due.neurons.size();
    std::int64_t met = 0;
    own.places.resize(events + 1);
    if (route.index < 0 && route.delay < 0) {
        const std::int64_t* begins = block.row_begin.data();
        const std::int64_t* ends = block.row_ends();
        own.segments.resize(events);
        std::size_t found = 0;
        for (std::size_t e = 0; e < events; ++e) {
            const std::uint32_t source = due.neurons[e];
            const std::int64_t first = begins[source], last = ends[source];
            own.places[e] = found;
            own.segments[found] = {first, last, source, static_cast<std::uint32_t>(e)};
            found += first < last ? 1 : 0;
            met += last - first;
        }
        own.segments.resize(found);
    } else {
        own.segments.clear();
        std::size_t e = 0;
        for (std::size_t k = 0; k < due.ends.size(); ++k) {
            for (; e < due.ends[k]; ++e) {
                own.places[e] = own.segments.size();
                met += add_segments(own.segments, block, route, due.neurons[e], static_cast<std::uint32_t>(e),
                                    delays[k % delays.size()]);
            }
        }
    }
    own.places[events] = own.segments.size();
    own.begins.resize(static_cast<std::size_t>(stride_.count) + 1);
    own.begins[0] = 0;
    for (std::size_t step = 1; step < own.begins.size(); ++step)
        own.begins[step] = delays.empty() ? 0 : own.places[due.ends[step * delays.size() - 1]];
    return met;
}

std::int64_t Pathway::run_rows_of_sources(const Clock& clock, const state::SynapseStore& store,
                                          std::size_t part) {
    const auto step = static_cast<std::size_t>(clock.step - stride_.first_step);
    const std::int64_t met = step == 0 ? list_rows(store, part) : 0;
    const Part& own = of_parts_[part];
    const std::size_t first = own.begins[step], last = own.begins[step + 1];
    if (first == last) return met;
    const auto segments = std::span(own.segments).subspan(first, last - first);
    for (Pass* pass : row_passes_)
        pass->rows.run_part(clock, part, segments, static_cast<std::int64_t>(own.segments.size() - last));
    return met;
}

std::int64_t Pathway::run_targets(const Clock& clock, const state::SynapseStore& store, std::size_t part) {
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
        if (pass.is_of_rows()) pass.rows.run_part(clock, part, own.segments);
        if (!pass.neurons.empty())
            pass.neurons[part].run_listed(clock, own.due.data(), static_cast<std::int64_t>(own.due.size()));
        if (pass.keep) met += pass.keep(clock, own.due, part);
    }
    return met;
}

}  // namespace bouton::sim
