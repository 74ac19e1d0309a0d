// SPDX-License-Identifier: BSD-3-Clause
#include "connect/expected_synapses.hpp"

#include <algorithm>

namespace bouton::connect {

using model::ConnectRule;

namespace {

double overlap(const model::GroupRef& a, const model::GroupRef& b) {
    if (a.group != b.group) return 0.0;
    return static_cast<double>(
        std::max<std::int64_t>(0, std::min(a.end, b.end) - std::max(a.begin, b.begin)));
}

std::optional<double> number_of(const std::optional<model::Value>& value) {
    if (!value) return 1.0;
    if (const auto* scalar = std::get_if<model::ScalarValue>(&value->value)) return scalar->value;
    return std::nullopt;
}

}  // namespace

double possible_pairs(const model::SynapseSpec& spec) {
    const double all = static_cast<double>(spec.from.size()) * static_cast<double>(spec.to.size());
    return spec.connect.autapses ? all : all - overlap(spec.from, spec.to);
}

std::optional<ExpectedSynapses> expected_synapses(const model::SynapseSpec& spec) {
    const auto& connect = spec.connect;
    const auto sources = static_cast<double>(spec.from.size());
    const auto targets = static_cast<double>(spec.to.size());
    const auto each = static_cast<double>(connect.n);
    const auto p = number_of(connect.p);
    switch (connect.rule) {
        case ConnectRule::all_to_all: return ExpectedSynapses{possible_pairs(spec), true};
        case ConnectRule::one_to_one: {
            const bool selves = spec.from.group == spec.to.group && spec.from.begin == spec.to.begin;
            return ExpectedSynapses{selves && !connect.autapses ? 0.0 : std::min(sources, targets), true};
        }
        case ConnectRule::fixed_indegree: return ExpectedSynapses{each * targets, true};
        case ConnectRule::fixed_outdegree: return ExpectedSynapses{each * sources, true};
        case ConnectRule::fixed_total_number: return ExpectedSynapses{each, true};
        case ConnectRule::pairs: return ExpectedSynapses{static_cast<double>(connect.pairs->size()), true};
        case ConnectRule::fixed_probability:
        case ConnectRule::condition:
            if (connect.condition || !p) return std::nullopt;
            return ExpectedSynapses{possible_pairs(spec) * *p, *p == 0.0 || *p == 1.0};
    }
    return std::nullopt;
}

}  // namespace bouton::connect
