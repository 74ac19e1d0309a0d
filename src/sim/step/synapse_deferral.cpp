// SPDX-License-Identifier: BSD-3-Clause
// Postsynaptic events that wait: they are kept when the target spikes, and met when the source spikes, when somebody looks
// at the synapses, or when there is no more room for them.
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using codegen::Side;
using state::DeferredEvents;
using state::SynapseBlock;

namespace {

/// The largest exponent that a trace and its inverse may have between two times at which it is rebased, far from the ends of the format.
double largest_exponent(codegen::Precision precision) {
    return precision == codegen::Precision::f32 ? 60.0 : 600.0;
}

/// Steps since the epoch are real numbers: whole ones up to here are exact.
constexpr std::int64_t kLongestEpoch = std::int64_t{1} << 22;

}  // namespace

void SynapseGroup::make_deferral() {
    if (!plan.deferred) return;
    state_.deferred = std::make_unique<DeferredEvents>(context_.precision, *plan.deferred, store.targets,
                                                       store.blocks.size());
    ScalarTable rates;
    evaluate_scalars(plan.deferred->rates, scope(), context_, rates);
    epoch_steps_ = kLongestEpoch;
    for (const auto& rate : plan.deferred->rates) {
        const double per_step = std::fabs(*rates.find(rate.name)) * context_.clock.dt;
        const double steps = largest_exponent(context_.precision) / std::max(per_step, 1e-300);
        if (steps < static_cast<double>(epoch_steps_))
            epoch_steps_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(steps));
    }
    count_in_degrees();
}

void SynapseGroup::count_in_degrees() {
    if (!state_.deferred) return;
    in_degree_.assign(static_cast<std::size_t>(store.targets), 0);
    base::run_tasks(context_.clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        const SynapseBlock& block = store.blocks[b];
        for (std::size_t i = 0; i < static_cast<std::size_t>(store.sources); ++i)
            for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p)
                ++in_degree_[block.target[static_cast<std::size_t>(p)]];
    });
}

void SynapseGroup::bind_deferral() {
    if (!state_.deferred) return;
    flush_ = bind_rows(plan.deferred->flush, nullptr);
    mark_processed_ = bind_elements(plan.deferred->mark_processed, nullptr);
    if (plan.deferred->mark_some) mark_some_ = bind_elements(*plan.deferred->mark_some, nullptr);
    rebase_trace_ = bind_elements(plan.deferred->rebase_trace, nullptr);
}

void SynapseGroup::begin_step(const Clock& clock) {
    if (counts_anew(clock.step)) count_anew(clock);
    if (origin_moves(clock.step)) move_origin(clock);
}

void SynapseGroup::move_origin(const Clock& clock) {
    flush(clock.step);
    state_.epoch = clock.step;
    store.array(store.find(Name::of(Role::origin)), 0).set(0, static_cast<double>(state_.epoch));
    state_.deferred->begin_epoch();
    std::vector<std::uint32_t> sources(static_cast<std::size_t>(store.sources));
    std::iota(sources.begin(), sources.end(), std::uint32_t{0});
    rebase_trace_.run_listed(clock, sources.data(), store.sources);
}

void SynapseGroup::flush(std::int64_t step) {
    if (!state_.deferred || state_.epoch < 0 || !state_.deferred->any()) return;
    Clock now = context_.clock;
    now.step = step;
    // The rows are listed block by block, since all lists together would take tens of bytes for each source and block.
    base::run_tasks(context_.clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        std::vector<bn_segment> rows;
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(store.sources); ++i)
            add_segments(rows, store.blocks[b], flush_.route(), i, i, 0);
        flush_.run_part(now, b, rows);
    });
    mark_processed_.run_elements(now, end_count(Side::pre));
    state_.deferred->flushed();
}

void SynapseGroup::flush(std::int64_t step, std::span<const std::uint32_t> sources) {
    if (!state_.deferred) return;
    Clock now = context_.clock;
    now.step = step;
    std::vector<bn_segment> rows;
    for (std::size_t b = 0; b < store.blocks.size(); ++b) {
        rows.clear();
        for (const std::uint32_t i : sources) add_segments(rows, store.blocks[b], flush_.route(), i, i, 0);
        flush_.run_part(now, b, rows);
    }
    mark_some_.run_listed(now, sources.data(), std::ssize(sources));
}

std::int64_t SynapseGroup::steps_to_epoch(std::int64_t step) const {
    std::int64_t steps = std::numeric_limits<std::int64_t>::max();
    if (!plan.count_anew.empty()) steps = context_.count_anew_every - step % context_.count_anew_every;
    if (!state_.deferred) return steps;
    return state_.epoch < 0 ? 0 : std::clamp<std::int64_t>(state_.epoch + epoch_steps_ - step, 0, steps);
}

void SynapseGroup::make_room(const Clock& clock, std::int64_t steps) {
    if (state_.deferred && !state_.deferred->has_room(post.most_spikes(steps))) flush(clock.step);
}

std::int64_t SynapseGroup::keep_events(const Clock& clock, std::span<const std::uint32_t> targets,
                                       std::size_t part) {
    if (!state_.deferred->has_room(targets)) flush(clock.step);
    state_.deferred->keep(targets, part);
    return std::accumulate(targets.begin(), targets.end(), std::int64_t{0},
                           [this](std::int64_t sum, std::uint32_t j) { return sum + in_degree_[j]; });
}

}  // namespace bouton::sim
