// SPDX-License-Identifier: BSD-3-Clause
// Rules that need nothing but the source: all_to_all, one_to_one, fixed_probability, fixed_outdegree, condition.
#include "base/diagnostics.hpp"
#include "network/connect.hpp"
#include "network/draw.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace bouton::network {

using analysis::ConnectRule;

namespace {

// The probability of every pair, as far as it is one number; a filter deals with others.
double constant_p(const analysis::ConnectSpec& connect) {
    if (!connect.p) return 1.0;
    const auto* scalar = std::get_if<analysis::ScalarValue>(&connect.p->value);
    return scalar != nullptr ? scalar->value : 1.0;
}

// Room for what is expected and five standard deviations; pages that are not needed stay untouched.
void reserve(SynapseStore& store, double p) {
    for (SynapseBlock& block : store.blocks) {
        const double pairs = static_cast<double>(store.sources) * (block.target_end - block.target_begin);
        const double expected = pairs * p + 5.0 * std::sqrt(pairs * p * (1.0 - p)) + 64.0;
        block.target.reserve(static_cast<std::size_t>(std::min(expected, pairs)));
    }
}

void check_outdegree(const ConnectTask& task, const SynapseStore& store) {
    const auto& connect = task.spec.connect;
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
    const auto& connect = task.spec.connect;
    if (connect.rule == ConnectRule::one_to_one && store.sources != store.targets) {
        refuse(base::Code::E402, connect.span,
               "one_to_one needs as many sources as targets, not " + std::to_string(store.sources) + " and " +
                   std::to_string(store.targets));
    }
    if (connect.rule == ConnectRule::fixed_outdegree) check_outdegree(task, store);
    const double p = connect.rule == ConnectRule::fixed_probability || connect.rule == ConnectRule::condition
                         ? constant_p(connect)
                         : 1.0;
    if (!(p >= 0.0 && p <= 1.0)) refuse(base::Code::E407, connect.span, "a probability lies between 0 and 1");
    if (connect.rule == ConnectRule::fixed_probability) reserve(store, p);
    const bn::Key key = draw_key(task.seed, task.spec.name, "connect");
    SubsetDrawer subsets(connect.rule == ConnectRule::fixed_outdegree ? store.targets : 0);
    RowSink sink(store);
    std::vector<std::uint32_t> targets;
    for (std::int64_t i = 0; i < store.sources; ++i) {
        const auto source = static_cast<std::uint32_t>(i);
        const std::int64_t self = task.self_target(i);
        targets.clear();
        if (connect.rule == ConnectRule::one_to_one) {
            if (self != i) targets.push_back(source);
        } else if (connect.rule == ConnectRule::fixed_outdegree) {
            DrawSequence sequence(key, source);
            if (connect.multapses) {
                subsets.draw_repeated(sequence, connect.n, self, targets);
            } else {
                subsets.draw(sequence, connect.n, self, targets);
            }
        } else {
            draw_each(key, source, 0, store.targets, p, targets);
            if (self >= 0) {
                const auto at =
                    std::lower_bound(targets.begin(), targets.end(), static_cast<std::uint32_t>(self));
                if (at != targets.end() && *at == self) targets.erase(at);
            }
        }
        if (task.filter) task.filter(source, targets);
        sink.row(targets);
    }
}

}  // namespace bouton::network
