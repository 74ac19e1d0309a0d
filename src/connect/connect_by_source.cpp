// SPDX-License-Identifier: BSD-3-Clause
// Rules that need nothing but the source: all_to_all, one_to_one, fixed_probability, fixed_outdegree, condition.
#include "base/diagnostics.hpp"
#include "connect/connect.hpp"
#include "state/draw.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace bouton::connect {

using model::ConnectRule;
using state::DrawSequence;
using state::SubsetDrawer;
using state::SynapseStore;

namespace {

// The probability of every pair, as far as it is one number; a filter deals with others.
double constant_p(const ConnectTask& task) {
    if (task.probability) return *task.probability;
    return task.plan.connect.p.value_or(1.0);
}

void check_outdegree(const ConnectTask& task, const SynapseStore& store) {
    const auto& connect = task.plan.connect;
    for (std::int64_t i = 0; i < store.sources; ++i) {
        const std::int64_t available = store.targets - (task.self_target(i) >= 0 ? 1 : 0);
        if (connect.n > available && (!connect.multapses || available == 0)) {
            refuse(base::Code::E402, connect.span,
                   "each source should have " + std::to_string(connect.n) +
                       " different targets, but source " + std::to_string(i) + " has only " +
                       std::to_string(available) + " to choose from",
                   connect.multapses ? "" : "`multapses = true` lets a pair have several synapses");
        }
    }
}

}  // namespace

void connect_by_source(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.plan.connect;
    if (connect.rule == ConnectRule::one_to_one && store.sources != store.targets) {
        refuse(base::Code::E402, connect.span,
               "one_to_one needs as many sources as targets, not " + std::to_string(store.sources) + " and " +
                   std::to_string(store.targets));
    }
    if (connect.rule == ConnectRule::fixed_outdegree) check_outdegree(task, store);
    const double p = connect.rule == ConnectRule::fixed_probability || connect.rule == ConnectRule::condition
                         ? constant_p(task)
                         : 1.0;
    if (!(p >= 0.0 && p <= 1.0)) refuse(base::Code::E407, connect.span, "a probability lies between 0 and 1");
    const bn::Key key = state::draw_key(task.seed, task.plan.name, "connect");
    const bool counted = connect.rule == ConnectRule::fixed_outdegree;
    std::vector<SubsetDrawer> subsets(task.threads(), SubsetDrawer(counted ? store.targets : 0));
    const auto draw = [&](std::size_t thread, std::uint32_t source, std::vector<std::uint32_t>& targets) {
        const std::int64_t self = task.self_target(source);
        if (connect.rule == ConnectRule::one_to_one) {
            if (self != source) targets.push_back(source);
        } else if (counted) {
            DrawSequence sequence(key, source);
            if (connect.multapses) {
                subsets[thread].draw_repeated(sequence, connect.n, self, targets);
            } else {
                subsets[thread].draw(sequence, connect.n, self, targets);
            }
        } else {
            state::draw_each(key, source, 0, store.targets, p, targets);
            if (self >= 0) {
                const auto at =
                    std::lower_bound(targets.begin(), targets.end(), static_cast<std::uint32_t>(self));
                if (at != targets.end() && *at == self) targets.erase(at);
            }
        }
    };
    const auto targets = static_cast<double>(std::max<std::int64_t>(1, store.targets));
    const double expected = connect.rule == ConnectRule::one_to_one  ? 1.0 / targets
                            : connect.rule == ConnectRule::condition ? 0.0
                            : counted ? static_cast<double>(connect.n) / targets
                                      : p;
    connect_rows(task, store, expected, draw);
}

}  // namespace bouton::connect
