// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/neuron_group.hpp"

#include "base/diagnostics.hpp"
#include "base/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace bouton::sim {

using codegen::Role;
using state::GivenSpike;
using state::NeuronState;
using state::StateArray;

namespace {

constexpr std::int64_t kPadEvery = 16;

}  // namespace

NeuronGroup::NeuronGroup(const codegen::NeuronPlan& neuron_plan, NeuronState& state, Context& context)
    : plan(neuron_plan), store(state.store), history(state.history), state_(state), context_(context) {
    read_spike_times();
    if (plan.spike_probability)
        state_.chance.emplace(state::draw_key(context.clock.seed, plan.group, "spikes"),
                              *plan.spike_probability);
    only_emits_ = state_.chance.has_value() || plan.spike_source;
    store.start(context.clock.step);
    history.start(context.clock.step);
    divide({0, plan.size}, 1);
}

void NeuronGroup::divide(const std::vector<std::int64_t>& bounds, std::int64_t steps) {
    parts_.clear();
    parts_.resize(bounds.size() - 1);
    whole_ = parts_.size() == 1;
    store.refractory.resize(parts_.size());
    // What is recorded beside a stride is that of the stride before.
    history.keep_ahead(whole_ ? steps : 2 * steps);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        parts_[p].begin = bounds[p];
        parts_[p].end = bounds[p + 1] == plan.size ? state::padded(plan.size) : bounds[p + 1];
        if (bounds[p] == bounds[p + 1]) parts_[p].end = parts_[p].begin;
    }
}

std::span<const std::uint32_t> NeuronGroup::spikes_of_part(std::int64_t step, std::size_t part) const {
    const Part& own = parts_[part];
    const std::int64_t gathered = history.next();
    if (step >= gathered && !only_emits()) return own.of_step(static_cast<std::size_t>(step - gathered));
    const auto all = history.at(step);
    const auto [first, last] = among(all, part);
    return all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

void NeuronGroup::gather_parts(std::int64_t first, std::int64_t end) {
    for (std::int64_t step = first; step < end; ++step) {
        history.begin(step);
        for (const Part& part : parts_) history.add(part.of_step(static_cast<std::size_t>(step - first)));
    }
}

Scope NeuronGroup::scope() {
    Scope scope;
    scope.group = plan.group;
    scope.self = &store;
    scope.scalars = {&scalars};
    scope.signals = &context_.signals;
    return scope;
}

void NeuronGroup::bind() {
    const auto bound = [&](const codegen::Kernel& kernel) {
        return BoundKernel(kernel, context_.callables->of(kernel), scope());
    };
    for (Part& part : parts_) {
        if (plan.begin) part.at_begin = bound(*plan.begin);
        if (!plan.update.empty()) part.update = bound(plan.update);
        if (plan.reset && !plan.reset->empty()) part.reset = bound(*plan.reset);
    }
    const auto array_of = [this](Role role) -> StateArray* {
        const int v = store.find(codegen::Name::of(role));
        return v < 0 ? nullptr : &store.arrays[static_cast<std::size_t>(v)];
    };
    const auto bytes_of = [&](Role role) -> std::uint8_t* {
        StateArray* array = array_of(role);
        return array == nullptr ? nullptr : static_cast<std::uint8_t*>(array->data());
    };
    lastspike_ = array_of(Role::lastspike);
    active_ = plan.refractory_steps ? bytes_of(Role::active) : nullptr;
    if (plan.check_rate) rate_too_high_ = bytes_of(Role::rate_too_high);
    padded_.clear();
    if (plan.size % BN_LANES == 0) return;
    for (const auto& slot : plan.update.arrays) {
        if (slot.written)
            padded_.push_back(&store.arrays[static_cast<std::size_t>(store.find(slot.variable))]);
    }
}

std::pair<std::int64_t, std::int64_t> NeuronGroup::among(std::span<const std::uint32_t> list,
                                                         std::size_t part) const {
    const auto place = [&](std::int64_t k) {
        return std::lower_bound(list.begin(), list.end(), k) - list.begin();
    };
    return {place(parts_[part].begin), place(parts_[part].end)};
}

void NeuronGroup::integrate(const Clock& clock, std::size_t part) {
    Part& own = parts_[part];
    if (!own.update) return;
    release(clock, part);
    // The padding goes on as its neuron did, without input or reset: soon enough it is that neuron again.
    if (clock.step % kPadEvery == 0 && own.begin < own.end && own.end >= plan.size)
        for (StateArray* array : padded_) array->pad();
    run(own.update, clock, part);
    if (rate_too_high_ != nullptr) check_rate(clock, own);
}

void NeuronGroup::emit(const Clock& clock, std::size_t part) {
    if (only_emits_) return emit_alone(clock, 1);
    Part& own = parts_[part];
    if (whole_) history.begin(clock.step);
    std::span<const std::uint32_t> spikes;
    if (plan.has_threshold) spikes = own.update.appended();
    while (!spikes.empty() && spikes.back() >= plan.size) spikes = spikes.first(spikes.size() - 1);
    if (whole_) {
        history.add(spikes);
    } else {
        if (clock.step == history.next()) own.clear();
        own.add_step(spikes);
    }
    own.now = spikes;
    if (!spikes.empty()) make_refractory(spikes, clock, part);
}

void NeuronGroup::emit_alone(const Clock& clock, std::int64_t count) {
    emitted_.clear();
    emitted_in_.assign(static_cast<std::size_t>(count), 0);
    if (state_.chance)
        emit_drawn(count);
    else
        emit_given(clock.step, count);
    std::inclusive_scan(emitted_in_.begin(), emitted_in_.end(), emitted_in_.begin());
    history.add_steps(clock.step, emitted_, emitted_in_);
    if (lastspike_ == nullptr) return;
    for (Clock now = clock; now.step < clock.step + count; ++now.step)
        make_refractory(history.at(now.step), now, 0);
}

void NeuronGroup::emit_drawn(std::int64_t count) {
    const std::int64_t size = plan.size;
    const double inverse = 1.0 / static_cast<double>(size);
    state_.chance->each_before(count * size, [&](std::int64_t trial) {
        // The quotient is less than 2^53, so this is it or the number beside it.
        auto which = static_cast<std::int64_t>(static_cast<double>(trial) * inverse);
        which += (trial >= (which + 1) * size ? 1 : 0) - (trial < which * size ? 1 : 0);
        emitted_.push_back(static_cast<std::uint32_t>(trial - which * size));
        ++emitted_in_[static_cast<std::size_t>(which)];
    });
    state_.chance->pass(count * size);
}

void NeuronGroup::emit_given(std::int64_t step, std::int64_t count) {
    for (; state_.next_given < state_.given.size() && state_.given[state_.next_given].step < step + count;
         ++state_.next_given) {
        if (state_.given[state_.next_given].step < step) continue;
        emitted_.push_back(state_.given[state_.next_given].neuron);
        ++emitted_in_[static_cast<std::size_t>(state_.given[state_.next_given].step - step)];
    }
}

void NeuronGroup::make_refractory(std::span<const std::uint32_t> spikes, const Clock& clock,
                                  std::size_t part) {
    if (lastspike_ != nullptr) {
        auto* last = static_cast<std::int64_t*>(lastspike_->data());
        for (const std::uint32_t k : spikes) last[k] = clock.step;
    }
    if (active_ == nullptr) return;
    for (const std::uint32_t k : spikes) active_[k] = 0;
    store.refractory[part].enter(spikes, clock.step + refractory_steps_);
}

void NeuronGroup::release(const Clock& clock, std::size_t part) {
    if (active_ != nullptr)
        store.refractory[part].release(clock.step, [this](std::uint32_t k) { active_[k] = 1; });
}

void NeuronGroup::read_spike_times() {
    if (!plan.spike_times) return;
    const auto& times = *plan.spike_times;
    for (std::size_t k = 0; k < times.index.size(); ++k) {
        const double step = model::step_of_time(times.time[k], context_.clock.dt);
        if (step > model::kMostSteps) continue;  // after the end of every run
        state_.given.push_back({static_cast<std::int64_t>(step), times.index[k]});
    }
    std::sort(state_.given.begin(), state_.given.end());
}

void NeuronGroup::add_spikes(const Clock& clock, std::span<const std::int64_t> neurons,
                             std::span<const std::int64_t> steps) {
    const auto refuse = [&](const std::string& what) {
        throw base::Error("'" + plan.group + "': " + what, 2);
    };
    if (!plan.spike_times) refuse("its spikes are not given; only those of a spike_times group are");
    if (neurons.size() != steps.size())
        refuse(std::to_string(neurons.size()) + " neurons, but " + std::to_string(steps.size()) + " times");
    std::vector<GivenSpike> given(state_.given.begin() + static_cast<std::ptrdiff_t>(state_.next_given),
                                  state_.given.end());
    for (std::size_t k = 0; k < neurons.size(); ++k) {
        if (neurons[k] < 0 || neurons[k] >= plan.size)
            refuse("there is no neuron " + std::to_string(neurons[k]) + "; there are " +
                   std::to_string(plan.size));
        if (steps[k] < clock.step)
            refuse("a spike at t = " + base::shortest(static_cast<double>(steps[k]) * clock.dt) +
                   " s comes too late: it is t = " + base::shortest(clock.t()) + " s");
        given.push_back({steps[k], static_cast<std::uint32_t>(neurons[k])});
    }
    std::sort(given.begin(), given.end());
    if (const auto twice = std::adjacent_find(given.begin(), given.end()); twice != given.end())
        refuse("neuron " + std::to_string(twice->neuron) + " spikes twice in the step at t = " +
               base::shortest(static_cast<double>(twice->step) * clock.dt) + " s");
    state_.given = std::move(given);
    state_.next_given = 0;
}

void NeuronGroup::check_rate(const Clock& clock, const Part& part) const {
    const std::int64_t count = std::min(part.end, plan.size) - part.begin;
    if (count <= 0) return;
    const auto* found = static_cast<const std::uint8_t*>(
        std::memchr(rate_too_high_ + part.begin, 1, static_cast<std::size_t>(count)));
    if (found == nullptr) return;
    throw base::Error("the rate of neuron " + std::to_string(found - rate_too_high_) + " of '" + plan.group +
                      "' at t = " + base::shortest(clock.t()) +
                      " s is not a number up to 1/dt, one spike a step; [input] sums several sources");
}

void NeuronGroup::check_finite(const Clock& clock) const {
    for (std::size_t v = 0; v < store.arrays.size(); ++v) {
        if (store.variables[v].constant) continue;
        const std::int64_t bad = store.arrays[v].first_non_finite();
        if (bad < 0) continue;
        throw base::Error("variable '" + store.variables[v].name.to_string() + "' of neuron " +
                          std::to_string(bad) + " of '" + plan.group +
                          "' is not finite any more at t = " + base::shortest(clock.t()) + " s");
    }
}

bool NeuronGroup::is_finite(std::size_t part) const {
    for (std::size_t v = 0; v < store.arrays.size(); ++v) {
        if (store.variables[v].constant) continue;
        if (store.arrays[v].first_non_finite(parts_[part].begin, parts_[part].end) >= 0) return false;
    }
    return true;
}

std::size_t NeuronGroup::bytes() const {
    return store.bytes() + state_.given.size() * sizeof(state_.given[0]);
}

void NeuronGroup::archive(base::Archive& archive) {
    archive.piece("neurons " + plan.group);
    std::vector<std::int64_t> bounds;
    for (const Part& part : parts_) bounds.push_back(part.begin);
    bounds.push_back(plan.size);
    state_.archive(archive, bounds);
    if (archive.reads()) run_propagators();
}

void NeuronGroup::rebase(const Clock& clock) { store.rebase(clock.step); }

}  // namespace bouton::sim
