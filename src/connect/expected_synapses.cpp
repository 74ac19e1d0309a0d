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

}  // namespace

double possible_pairs(const codegen::SynapsePlan& plan) {
    const double all = static_cast<double>(plan.from.size()) * static_cast<double>(plan.to.size());
    return plan.connect.autapses ? all : all - overlap(plan.from, plan.to);
}

std::optional<ExpectedSynapses> expected_synapses(const codegen::SynapsePlan& plan) {
    const auto& connect = plan.connect;
    const auto sources = static_cast<double>(plan.from.size());
    const auto targets = static_cast<double>(plan.to.size());
    const auto each = static_cast<double>(connect.n);
    switch (connect.rule) {
        case ConnectRule::all_to_all: return ExpectedSynapses{possible_pairs(plan), true};
        case ConnectRule::one_to_one: {
            const bool selves = plan.from.group == plan.to.group && plan.from.begin == plan.to.begin;
            return ExpectedSynapses{selves && !connect.autapses ? 0.0 : std::min(sources, targets), true};
        }
        case ConnectRule::fixed_indegree: return ExpectedSynapses{each * targets, true};
        case ConnectRule::fixed_outdegree: return ExpectedSynapses{each * sources, true};
        case ConnectRule::fixed_total_number: return ExpectedSynapses{each, true};
        case ConnectRule::pairs: return ExpectedSynapses{static_cast<double>(connect.pairs->size()), true};
        case ConnectRule::fixed_probability:
        case ConnectRule::condition:
            if (connect.conditional || !connect.p) return std::nullopt;
            return ExpectedSynapses{possible_pairs(plan) * *connect.p,
                                    *connect.p == 0.0 || *connect.p == 1.0};
    }
    return std::nullopt;
}

}  // namespace bouton::connect
