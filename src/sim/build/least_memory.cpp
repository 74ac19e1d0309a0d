// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/least_memory.hpp"

#include "connect/expected_synapses.hpp"
#include "sim/build/memory.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace bouton::sim {
namespace {

MemoryPart part(const base::Span& span, const std::string& name, double bytes, const std::string& of) {
    return {span, "'" + base::escape(name) + "' takes " + base::spell_bytes(bytes) + " (" + of + ")", bytes};
}

MemoryPart of_neurons(const codegen::NeuronPlan& plan, codegen::Precision precision) {
    const auto size = static_cast<double>(plan.size);
    const auto bytes = static_cast<double>(memory_of(plan, precision));
    return part(plan.span, plan.group, bytes, spell_whole(size) + " neurons");
}

MemoryPart of_synapses(const codegen::Plan& network, const codegen::SynapsePlan& plan) {
    const SynapseMemory memory(network, plan);
    const auto each = static_cast<double>(memory.bytes_per_synapse());
    const double count = least_synapses(plan);
    double ends = memory.bytes(0.0);
    constexpr double kCandidate = 6.0;  // a target that is judged: its number, and which copy it would be
    if (plan.connect_condition || plan.connect_p) ends += kCandidate * static_cast<double>(plan.to.size());
    MemoryPart found = part(plan.span, plan.name, ends + count * each,
                            spell_whole(count) + " synapses of " + spell_whole(each) + " bytes, and " +
                                base::spell_bytes(ends) + " beside them");
    found.bytes_per_synapse = each;
    return found;
}

/// A sample is gathered before it is written.
MemoryPart of_record(const codegen::Plan& network, const model::RecordSpec& spec) {
    const auto group = std::find_if(network.neurons.begin(), network.neurons.end(),
                                    [&](const auto& neurons) { return neurons.group == spec.of; });
    if (group == network.neurons.end() || spec.kind != model::RecordKind::variables) return {};
    const double elements = static_cast<double>(spec.indices ? std::ssize(*spec.indices) : group->size);
    const auto variables = static_cast<double>(spec.variables.size());
    return part(
        spec.span, spec.of, 8.0 * elements * variables,
        "a record of " + spell_whole(variables) + " variables of " + spell_whole(elements) + " neurons");
}

}  // namespace

std::string spell_whole(double count) {
    std::string digits = std::to_string(static_cast<long long>(std::min(count, 9e18)));
    for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

double least_synapses(const codegen::SynapsePlan& plan) {
    const auto expected = connect::expected_synapses(plan);
    if (!expected) return 0.0;
    const double pairs = connect::possible_pairs(plan);
    const double count = plan.connect.multapses ? expected->count : std::min(expected->count, pairs);
    // Binomial: fewer by eight standard deviations happens once in 10^15 networks.
    return expected->exact ? count : std::max(0.0, count - 8.0 * std::sqrt(count));
}

std::vector<MemoryPart> least_memory(const codegen::Plan& plan) {
    std::vector<MemoryPart> parts;
    for (const auto& group : plan.neurons) parts.push_back(of_neurons(group, plan.precision));
    for (const auto& group : plan.synapses) parts.push_back(of_synapses(plan, group));
    for (const auto& record : plan.recorded) parts.push_back(of_record(plan, record));
    return parts;
}

void refuse_too_large(const std::vector<MemoryPart>& parts, const base::MemoryLimit& limit) {
    double sum = 0.0;
    for (const MemoryPart& part : parts) sum += part.bytes;
    if (sum <= limit.bytes) return;
    const auto largest = std::max_element(parts.begin(), parts.end(),
                                          [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    base::Diagnostics diagnostics;
    diagnostics.error(base::Code::E409, largest->span,
                      "the network needs at least " + base::spell_bytes(sum) + ", more than the " +
                          base::spell_bytes(limit.bytes) + " " + limit.whose + ": " + largest->what,
                      "make it smaller, or allow more: --memory " + base::spell_bytes(std::ceil(sum * 1.25)));
    throw base::TooLarge(std::move(diagnostics));
}

}  // namespace bouton::sim
