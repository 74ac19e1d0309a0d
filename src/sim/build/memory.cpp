// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/memory.hpp"

#include "state/array.hpp"
#include "state/deferred_events.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bouton::sim {

using codegen::Placement;
using codegen::Side;
using codegen::Stored;
using state::DeferredEvents;
using state::StateArray;

std::size_t memory_of(const codegen::NeuronPlan& plan, codegen::Precision precision) {
    std::size_t sum = 0;
    for (const auto& variable : plan.variables)
        sum += StateArray::bytes_of(variable.stored, precision,
                                    variable.placement == Placement::shared ? 1 : plan.size);
    constexpr std::size_t kGivenSpike = 16;  // its step and its neuron
    return sum + (plan.spike_times ? kGivenSpike * plan.spike_times->time.size() : 0);
}

std::size_t memory_of_signals(const codegen::Plan& plan) {
    std::size_t sum = 0;
    for (const auto& signal : plan.signals)
        sum += sizeof(double) * static_cast<std::size_t>(signal.samples * signal.columns);
    return sum;
}

namespace {

bool differs(const codegen::SynapsePlan& plan, int delay) {
    return delay >= 0 && !plan.delays[static_cast<std::size_t>(delay)].seconds;
}

/// The first pass over synapses: all of a pathway take their order from it.
const codegen::Kernel* rows_of(const codegen::PathwayPlan& pathway) {
    for (const auto& pass : pathway.passes)
        if (!pass.once_per_neuron && !pass.kernel.empty()) return &pass.kernel;
    return nullptr;
}

}  // namespace

int delay_of_rows(const codegen::SynapsePlan& plan) {
    for (const auto& pathway : plan.pathways) {
        const bool direct = std::any_of(pathway.passes.begin(), pathway.passes.end(), [](const auto& pass) {
            return !pass.once_per_neuron && !pass.kernel.indirect;
        });
        if (pathway.side == Side::pre && differs(plan, pathway.delay) && direct) return pathway.delay;
    }
    return -1;
}

std::vector<Order> orders_of(const codegen::SynapsePlan& plan) {
    const int of_rows = delay_of_rows(plan);
    std::vector<Order> orders;
    for (const auto& pathway : plan.pathways) {
        const codegen::Kernel* kernel = rows_of(pathway);
        if (kernel == nullptr) continue;
        const Order order{pathway.side, differs(plan, pathway.delay) ? pathway.delay : -1};
        const bool rows_serve = order.side == Side::pre && (order.delay < 0 || order.delay == of_rows);
        if (rows_serve && !kernel->indirect) continue;
        if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
    }
    return orders;
}

namespace {

/// The steps of the longest delay, as far as it is known; `open`: it is not.
std::int64_t longest_steps(const codegen::DelayPlan& delay, double dt, bool& open) {
    double longest = delay.seconds.value_or(0.0);
    if (delay.values && !delay.values->values->empty())
        longest = *std::max_element(delay.values->values->begin(), delay.values->values->end());
    open = open || delay.kernel.has_value();
    return static_cast<std::int64_t>(std::floor(longest / dt + 0.5));
}

}  // namespace

SynapseMemory::SynapseMemory(const codegen::Plan& network, const codegen::SynapsePlan& plan)
    : precision_(network.precision) {
    const codegen::Precision precision = precision_;
    const std::int64_t sources = plan.from.size(), targets = plan.to.size();
    const auto row_ends = static_cast<std::size_t>(sources + 1);
    const auto column = [this](std::string what, std::size_t bytes) {
        per_synapse_.emplace_back(std::move(what), bytes);
        columns_ += bytes;
    };
    fixed_ = row_ends * sizeof(std::int64_t);
    column("target", sizeof(std::uint32_t));
    const std::vector<Order> orders = orders_of(plan);
    const auto is_post = [](const Order& order) { return order.side == Side::post; };
    if (std::any_of(orders.begin(), orders.end(), is_post)) column("source", sizeof(std::uint32_t));
    for (const Order& order : orders) {
        column(is_post(order) ? "index by target" : "index by delay", sizeof(std::uint32_t));
        fixed_ += sizeof(std::int64_t) * (is_post(order) ? static_cast<std::size_t>(targets + 1) : row_ends);
    }
    const auto& pairs = *plan.connect.pairs;
    const bool numbered =
        plan.connect.rule == model::ConnectRule::pairs && !std::is_sorted(pairs.begin(), pairs.end());
    if (plan.structure || numbered) column("id", sizeof(std::int64_t));
    for (const auto& delay : plan.delays)
        if (!delay.seconds) column(delay.name.to_string(), sizeof(std::uint16_t));
    std::size_t bookkeeping = 0;
    for (const auto& variable : plan.variables) {
        const std::int64_t elements = variable.placement == Placement::per_source   ? sources
                                      : variable.placement == Placement::per_target ? targets
                                                                                    : 1;
        if (variable.placement != Placement::per_synapse) {
            fixed_ += StateArray::bytes_of(variable.stored, precision, elements);
            continue;
        }
        arrays_.push_back(variable.stored);
        const std::size_t bytes = codegen::size_of(variable.stored, precision);
        if (variable.internal())
            bookkeeping += bytes;
        else
            per_synapse_.emplace_back(variable.name.word(), bytes);
    }
    if (bookkeeping > 0) per_synapse_.emplace_back("bookkeeping", bookkeeping);
    if (plan.deferred) fixed_ += DeferredEvents::bytes_of(precision, *plan.deferred, targets);
    if (!plan.deliver) return;
    std::int64_t rows = 1;
    for (const auto& delay : plan.delays)
        if (delay.name == model::DelayName::dendritic()) rows += longest_steps(delay, network.dt, is_least_);
    fixed_ += StateArray::bytes_of(Stored::real, precision, rows * state::padded(targets)) +
              StateArray::bytes_of(Stored::real, precision, state::padded(targets));
}

std::size_t SynapseMemory::bytes_per_synapse() const {
    return std::accumulate(per_synapse_.begin(), per_synapse_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& item) { return sum + item.second; });
}

double SynapseMemory::bytes(double synapses) const {
    double sum = static_cast<double>(fixed_) + static_cast<double>(columns_) * synapses;
    for (const Stored stored : arrays_)
        sum += static_cast<double>(StateArray::bytes_of(stored, precision_, std::llround(synapses)));
    return sum;
}

}  // namespace bouton::sim
