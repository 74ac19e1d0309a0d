// SPDX-License-Identifier: BSD-3-Clause
#include "sim/neuron_group.hpp"

#include "base/diagnostics.hpp"
#include "runtime/kernel/flags.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace bouton::sim {

using network::StateArray;

NeuronGroup::NeuronGroup(const analysis::NeuronSpec& neuron_spec, const codegen::NeuronPlan& neuron_plan,
                         Context& context)
    : spec(neuron_spec), plan(neuron_plan), store(neuron_plan, context.precision), context_(context) {
    const auto add_all = [this](const codegen::Kernel& kernel) {
        for (const auto& slot : kernel.arrays) {
            const bool internal = slot.owner == codegen::Owner::self && slot.variable.starts_with("_");
            if (internal) store.find_or_add(slot.variable, slot.stored);
        }
    };
    if (plan.begin) add_all(*plan.begin);
    add_all(plan.update);
    if (plan.reset) add_all(*plan.reset);
    if (plan.has_threshold) store.find_or_add("_spiked", codegen::Stored::u8);
    if (plan.check_rate) store.find_or_add("_rate_too_high", codegen::Stored::u8);
    for (const auto& propagator : plan.propagators) {
        if (propagator.uniform) continue;
        for (const auto& name : entry_names(propagator)) store.find_or_add(name, codegen::Stored::real);
    }
    read_spike_times();
    if (plan.spike_probability)
        chance_.emplace(network::draw_key(context.clock.seed, plan.group, "spikes"), *plan.spike_probability);
}

Scope NeuronGroup::scope() {
    Scope scope;
    scope.self = &store;
    scope.scalars = {&scalars};
    scope.signals = &context_.signals;
    return scope;
}

void NeuronGroup::want(std::size_t module) {
    if (plan.begin) context_.callables->want(module, *plan.begin);
    context_.callables->want(module, plan.update);
    if (plan.reset) context_.callables->want(module, *plan.reset);
}

void NeuronGroup::bind() {
    if (plan.begin) begin_ = BoundKernel(*plan.begin, context_.callables->of(*plan.begin), scope());
    if (!plan.update.empty())
        update_ = BoundKernel(plan.update, context_.callables->of(plan.update), scope());
    if (plan.reset && !plan.reset->empty()) {
        reset_ = BoundKernel(*plan.reset, context_.callables->of(*plan.reset), scope());
    }
    const auto array_of = [this](const char* name) -> StateArray* {
        const int v = store.find(name);
        return v < 0 ? nullptr : &store.arrays[static_cast<std::size_t>(v)];
    };
    const auto bytes_of = [&](const char* name) -> std::uint8_t* {
        StateArray* array = array_of(name);
        return array == nullptr ? nullptr : static_cast<std::uint8_t*>(array->data());
    };
    lastspike_ = array_of("lastspike");
    active_ = bytes_of("_active");
    awake_ = array_of("_awake");
    if (plan.has_threshold) spiked_ = bytes_of("_spiked");
    if (plan.check_rate) rate_too_high_ = bytes_of("_rate_too_high");
    padded_.clear();
    if (plan.size % BN_LANES == 0) return;
    for (const auto& slot : plan.update.arrays) {
        if (slot.written)
            padded_.push_back(&store.arrays[static_cast<std::size_t>(store.find(slot.variable))]);
    }
}

void NeuronGroup::begin(const Clock& clock) {
    if (begin_) begin_.run_elements(clock, network::padded(plan.size));
}

void NeuronGroup::integrate(const Clock& clock) {
    if (!update_) return;
    wake(clock);
    for (StateArray* array : padded_) array->pad();
    update_.run_elements(clock, network::padded(plan.size));
    if (rate_too_high_ != nullptr) check_rate(clock);
}

namespace {

// The numbers of the bytes that are 1 and not 0, ascending; `flags` is readable to the next multiple of 32.
void gather_flags(const std::uint8_t* flags, std::int64_t n, std::vector<std::uint32_t>& out) {
    for (std::int64_t begin = 0; begin < n; begin += 32) {
        std::uint32_t bits = bn::flag_bits(flags + begin);
        for (; bits != 0; bits &= bits - 1) {
            const std::int64_t k = begin + std::countr_zero(bits);
            if (k < n) out.push_back(static_cast<std::uint32_t>(k));
        }
    }
}

}  // namespace

void NeuronGroup::emit(const Clock& clock) {
    auto& now = history.begin(clock.step);
    if (spiked_ != nullptr) {
        gather_flags(spiked_, plan.size, now);
        rest(now, clock);
        return;
    }
    if (chance_) {
        const std::int64_t first = clock.step * plan.size;
        for (; chance_->next() < first + plan.size; chance_->advance())
            now.push_back(static_cast<std::uint32_t>(chance_->next() - first));
        rest(now, clock);
        return;
    }
    for (; next_given_ < given_.size() && given_[next_given_].first <= clock.step; ++next_given_) {
        if (given_[next_given_].first == clock.step) now.push_back(given_[next_given_].second);
    }
}

void NeuronGroup::rest(std::span<const std::uint32_t> spikes, const Clock& clock) {
    if (lastspike_ != nullptr) {
        auto* last = static_cast<std::int64_t*>(lastspike_->data());
        for (const std::uint32_t k : spikes) last[k] = clock.step;
    }
    if (awake_ == nullptr || spikes.empty()) return;
    awake_->visit([&](auto* awake) {
        for (const std::uint32_t k : spikes) awake[k] = 0;
    });
    if (active_ != nullptr)
        for (const std::uint32_t k : spikes) active_[k] = 0;
    store.resting.add(spikes, clock.step + rest_steps_);
}

void NeuronGroup::wake(const Clock& clock) {
    if (awake_ == nullptr) return;
    awake_->visit([&](auto* awake) {
        store.resting.wake(clock.step, [&](std::uint32_t k) {
            awake[k] = 1;
            if (active_ != nullptr) active_[k] = 1;
        });
    });
}

void NeuronGroup::reset(const Clock& clock) {
    if (!reset_) return;
    const auto now = history.at(clock.step);
    reset_.run_listed(clock, now.data(), static_cast<std::int64_t>(now.size()));
}

void NeuronGroup::read_spike_times() {
    if (!spec.spike_times) return;
    const auto& times = *spec.spike_times;
    for (std::size_t k = 0; k < times.index.size(); ++k) {
        given_.emplace_back(static_cast<std::int64_t>(std::floor(times.time[k] / context_.clock.dt + 1e-3)),
                            times.index[k]);
    }
    std::sort(given_.begin(), given_.end());
}

void NeuronGroup::check_rate(const Clock& clock) const {
    const std::uint8_t* first = rate_too_high_;
    const auto* found =
        static_cast<const std::uint8_t*>(std::memchr(first, 1, static_cast<std::size_t>(plan.size)));
    if (found == nullptr) return;
    throw base::Error("the rate of neuron " + std::to_string(found - first) + " of '" + plan.group +
                      "' at t = " + std::to_string(clock.t()) +
                      " s is more than one spike per step of dt; [input] sums several");
}

void NeuronGroup::check_finite(const Clock& clock) const {
    for (std::size_t v = 0; v < store.arrays.size(); ++v) {
        if (store.variables[v].constant) continue;
        const std::int64_t bad = store.arrays[v].first_non_finite();
        if (bad < 0) continue;
        throw base::Error("variable '" + store.variables[v].name + "' of neuron " + std::to_string(bad) +
                          " of '" + plan.group +
                          "' is not finite any more at t = " + std::to_string(clock.t()) + " s");
    }
}

std::size_t NeuronGroup::bytes() const { return store.bytes() + given_.size() * sizeof(given_[0]); }

}  // namespace bouton::sim
