// SPDX-License-Identifier: BSD-3-Clause
// Delays of a synapse group: from seconds to steps, the rows sorted by one of them, the ring for input that
// travels on after the synapse.
#include "base/diagnostics.hpp"
#include "base/numbers.hpp"
#include "connect/connect.hpp"
#include "sim/build/memory.hpp"
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using state::Delay;
using state::StateArray;
using state::SynapseBlock;

namespace {

constexpr std::int64_t kMostDelaySteps = std::numeric_limits<std::uint16_t>::max();

}  // namespace

std::optional<std::string> fault_of_delay(double seconds, double dt, const std::string& of) {
    const double most = static_cast<double>(kMostDelaySteps);
    if (seconds >= 0.0 && std::floor(seconds / dt + 0.5) <= most) return std::nullopt;
    return "the delay of " + of + " is " + base::shortest(seconds) + " s; it must be between 0 and " +
           base::shortest(most * dt) + " s (65535 steps)";
}

std::int64_t delay_steps(double seconds, double dt, const base::Span& span, const std::string& of) {
    if (const auto fault = fault_of_delay(seconds, dt, of)) connect::refuse(base::Code::E408, span, *fault);
    return static_cast<std::int64_t>(std::floor(seconds / dt + 0.5));
}

void SynapseGroup::count_delays() {
    delay_counts_.assign(store.delays.size(), {});
    for (std::size_t d = 0; d < store.delays.size(); ++d) {
        if (!store.delays[d].per_synapse) continue;
        std::vector<std::int64_t>& counts = delay_counts_[d];
        counts.assign(static_cast<std::size_t>(store.delays[d].max_steps) + 1, 0);
        for (const SynapseBlock& block : store.blocks)
            for (std::size_t i = 0; i < static_cast<std::size_t>(store.sources); ++i)
                for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p)
                    ++counts[block.delay_steps[d][static_cast<std::size_t>(p)]];
    }
}

std::vector<std::int64_t> SynapseGroup::occurring_delays(int delay) const {
    std::vector<std::int64_t> result;
    const auto& counts = delay_counts_[static_cast<std::size_t>(delay)];
    for (std::size_t steps = 0; steps < counts.size(); ++steps)
        if (counts[steps] > 0) result.push_back(static_cast<std::int64_t>(steps));
    return result;
}

void SynapseGroup::evaluate_delays(const Segments* grown, const std::vector<std::size_t>& known) {
    for (std::size_t d = 0; d < plan.delays.size(); ++d) {
        if (std::find(known.begin(), known.end(), d) == known.end()) evaluate_delay(d, grown);
        if (plan.delays[d].name != model::DelayName::dendritic()) continue;
        const int v = store.find(Name::of(Role::dendritic_steps));
        if (v < 0) continue;
        for (std::size_t b = 0; b < store.blocks.size(); ++b) {
            SynapseBlock& block = store.blocks[b];
            StateArray& values = block.arrays[static_cast<std::size_t>(v)];
            const auto set = [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t p = begin; p < end; ++p)
                    values.set(p, store.delays[d].per_synapse
                                      ? block.delay_steps[d][static_cast<std::size_t>(p)]
                                      : static_cast<double>(store.delays[d].steps));
            };
            if (grown == nullptr)
                set(0, block.positions());
            else
                for (const bn_segment& part : grown->block(b)) set(part.begin, part.end);
        }
    }
}

void SynapseGroup::evaluate_delay(std::size_t d, const Segments* grown) {
    const codegen::DelayPlan& described = plan.delays[d];
    Delay& delay = store.delays[d];
    const double dt = context_.clock.dt;
    if (!described.kernel && !described.values) {
        delay.steps = delay_steps(described.seconds.value_or(0.0), dt, described.span, "'" + plan.name + "'");
        delay.max_steps = delay.steps;
        return;
    }
    delay.per_synapse = true;
    for (SynapseBlock& block : store.blocks) block.delay_steps[d].resize(block.target.size());
    const auto fits = [dt](double seconds) { return seconds >= 0.0 && seconds / dt + 0.5 < 65536.0; };
    const auto set = [&](std::size_t b, std::int64_t p, double seconds) {
        const auto steps = static_cast<std::uint16_t>(std::floor(seconds / dt + 0.5));
        store.blocks[b].delay_steps[d][static_cast<std::size_t>(p)] = steps;
        return std::int64_t{steps};
    };
    struct Unfit {
        std::size_t block;
        std::int64_t position;
        double seconds;
    };
    std::optional<Unfit> unfit;  // the first one
    std::mutex lock;             // of `unfit` and `delay`
    const auto note_unfit = [&](const Unfit& found) {
        const auto place = [](const Unfit& u) { return std::pair(u.block, u.position); };
        if (!unfit || place(found) < place(*unfit)) unfit = found;
    };
    if (described.values) {
        const std::vector<double>& values = *described.values->values;
        if (static_cast<std::int64_t>(values.size()) != store.size()) {
            connect::refuse(
                base::Code::E405, described.span,
                std::to_string(values.size()) + " delays, but " + std::to_string(store.size()) + " synapses");
        }
        state::each_numbered(store, [&](std::int64_t number, const state::Location& at) {
            const double seconds = values[static_cast<std::size_t>(number)];
            if (!fits(seconds)) return note_unfit({at.block, at.position, seconds});
            delay.max_steps = std::max(delay.max_steps, set(at.block, at.position, seconds));
        });
    } else {
        run_stretches(*described.kernel, grown,
                      [&](std::size_t b, const bn_segment& row, const StateArray& out, std::int64_t first) {
                          std::int64_t longest = 0;
                          for (std::int64_t p = row.begin; p < row.end; ++p) {
                              const double seconds = out.get(first + p - row.begin);
                              if (!fits(seconds)) {
                                  const std::lock_guard guard(lock);
                                  return note_unfit({b, p, seconds});
                              }
                              longest = std::max(longest, set(b, p, seconds));
                          }
                          const std::lock_guard guard(lock);
                          delay.max_steps = std::max(delay.max_steps, longest);
                      });
    }
    if (unfit) {
        delay_steps(unfit->seconds, dt, described.span,
                    "synapse " + pair_name(unfit->block, unfit->position) + " of '" + plan.name + "'");
    }
}

void SynapseGroup::choose_row_delay() { store.row_delay = delay_of_rows(plan); }

std::int64_t SynapseGroup::rows_of_ring() const {
    std::int64_t longest = 0;
    for (std::size_t d = 0; d < plan.delays.size(); ++d)
        if (plan.delays[d].name == model::DelayName::dendritic()) longest = store.delays[d].max_steps;
    return longest + 1;
}

void SynapseGroup::make_ring() {
    if (!plan.deliver) return;
    state_.ring_rows = rows_of_ring();
    state_.ring = StateArray(codegen::Stored::real, context_.precision,
                             state_.ring_rows * state::padded(store.targets));
    set_ring_scalars();
}

void SynapseGroup::set_ring_scalars() {
    if (!plan.deliver) return;
    const std::int64_t stride = state::padded(store.targets);
    due_ = StateArray(codegen::Stored::real, context_.precision, stride);
    for (std::size_t d = 0; d < plan.delays.size(); ++d)
        if (plan.delays[d].name == model::DelayName::dendritic() && !store.delays[d].per_synapse)
            scalars.set(Name::of(Role::dendritic_steps), static_cast<double>(store.delays[d].steps));
    scalars.set(Name::of(Role::ring_rows), static_cast<double>(state_.ring_rows));
    scalars.set(Name::of(Role::ring_stride), static_cast<double>(stride));
}

// For a synapse that grew with a longer delay than any before; input under way stays.
void SynapseGroup::lengthen_ring(std::int64_t next_step) {
    if (state_.ring_rows == 0 || state_.ring_rows == rows_of_ring()) return;
    const std::int64_t rows = state_.ring_rows;
    const StateArray old = std::move(state_.ring);
    make_ring();
    const std::int64_t stride = state::padded(store.targets);
    for (std::int64_t step = next_step; step < next_step + rows - 1; ++step) {
        for (std::int64_t k = 0; k < stride; ++k) {
            state_.ring.set(step % state_.ring_rows * stride + k, old.get(step % rows * stride + k));
        }
    }
}

// A synapse that grows later may have a longer delay than all before it, and receives the spikes under way then: where delays differ
// and synapses grow, spikes are kept for the longest delay that there can be.
void SynapseGroup::keep_history(bool from_now) {
    const bool grows = plan.structure && (plan.structure->grow || plan.structure->grow_probability);
    for (const auto& pathway : plan.pathways) {
        if (pathway.delay < 0) continue;
        const Delay& delay = store.delays[static_cast<std::size_t>(pathway.delay)];
        const std::int64_t steps = grows && delay.per_synapse ? kMostDelaySteps : delay.max_steps;
        state::SpikeHistory& history = (pathway.side == codegen::Side::pre ? pre : post).history;
        if (from_now)
            history.keep_from_now(steps);
        else
            history.keep(steps);
    }
}

}  // namespace bouton::sim
