// SPDX-License-Identifier: BSD-3-Clause
#include "sim/pathway.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Side;

void Pathway::collect(std::span<const std::uint32_t> spikes, std::vector<std::uint32_t>& due) const {
    for (const std::uint32_t n : spikes) {
        if (n >= begin && n < end) due.push_back(static_cast<std::uint32_t>(n - begin));
    }
}

bool Pathway::has_rows() const {
    return std::any_of(passes.begin(), passes.end(), [](const Pass& pass) { return pass.is_of_rows(); });
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
        if (!has_rows()) continue;
        for (const std::uint32_t n : due_) met += segments.add(store, route, n, steps);
    }
    if (!any) return 0;
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run(clock, store, segments);
        if (!pass.neurons.empty())
            pass.neurons[0].run_listed(clock, due_.data(), static_cast<std::int64_t>(due_.size()));
        if (pass.keep) met += pass.keep(clock, due_);
    }
    return met;
}

void Pathway::begin_stride(std::int64_t first_step) {
    first_step_ = first_step;
    due_.clear();
    for (auto& due : due_in_) due.clear();
    for (Pass& pass : passes) pass.sources.clear();
}

void Pathway::take_sources(const Clock& clock) {
    const auto step = static_cast<std::size_t>(clock.step - first_step_);
    if (step >= due_in_.size()) due_in_.resize(step + 1);
    auto& due_now = due_in_[step];
    const std::size_t first = due_.size();
    for (const std::int64_t steps : delays) {
        const auto spikes = group->spikes(clock.step - steps);
        if (spikes.empty()) continue;
        const std::size_t begin_of_delay = due_.size();
        collect(spikes, due_);
        if (due_.size() > begin_of_delay) due_now.push_back({steps, begin_of_delay, due_.size()});
    }
    if (due_now.empty()) return;
    const auto sources = std::span(due_).subspan(first);
    for (Pass& pass : passes) {
        if (pass.is_of_rows())
            pass.sources.keep(sources);
        else
            pass.neurons[0].run_listed(clock, sources.data(), static_cast<std::int64_t>(sources.size()));
    }
}

void Pathway::end_sources(std::size_t blocks) {
    for (Pass& pass : passes)
        if (pass.is_of_rows()) pass.sources.bind(pass.rows, blocks);
}

std::int64_t Pathway::run_part(const Clock& clock, const network::SynapseStore& store, std::size_t part) {
    return side == Side::pre ? run_rows_of_sources(clock, store, part) : run_targets(clock, store, part);
}

std::int64_t Pathway::run_rows_of_sources(const Clock& clock, const network::SynapseStore& store,
                                          std::size_t part) {
    const auto& due = due_in_[static_cast<std::size_t>(clock.step - first_step_)];
    if (due.empty() || !has_rows()) return 0;
    std::int64_t met = 0;
    auto& of_part = of_parts_[part].segments;
    of_part.clear();
    for (const Due& events : due)
        for (std::size_t e = events.first; e < events.last; ++e)
            met += add_segments(of_part, store.blocks[part], route, due_[e], static_cast<std::uint32_t>(e),
                                events.delay);
    for (Pass& pass : passes)
        if (pass.is_of_rows()) pass.rows.run_part(clock, store, part, of_part);
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
        if (!has_rows()) continue;
        for (const std::uint32_t n : own.due)
            met += add_segments(own.segments, store.blocks[part], route, n, n, steps);
    }
    if (!any) return 0;
    for (Pass& pass : passes) {
        if (pass.is_of_rows()) pass.rows.run_part(clock, store, part, own.segments);
        if (!pass.neurons.empty())
            pass.neurons[part].run_listed(clock, own.due.data(), static_cast<std::int64_t>(own.due.size()));
        if (pass.keep) met += pass.keep(clock, own.due);
    }
    return met;
}

}  // namespace bouton::sim
