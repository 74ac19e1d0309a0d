// SPDX-License-Identifier: BSD-3-Clause
#include "connect/connect.hpp"

#include "base/diagnostics.hpp"
#include "base/stop.hpp"

#include <algorithm>

namespace bouton::connect {

using model::ConnectRule;
using state::StateArray;
using state::SynapseBlock;
using state::SynapseStore;

void refuse(base::Code code, const base::Span& span, std::string message, std::string hint) {
    base::Diagnostics diagnostics;
    diagnostics.error(code, span, std::move(message), std::move(hint));
    throw base::DiagnosticError(std::move(diagnostics));
}

std::int64_t ConnectTask::self_target(std::int64_t source) const {
    if (plan.connect.autapses || !same_group()) return -1;
    const std::int64_t target = plan.from.begin + source - plan.to.begin;
    return target >= 0 && target < plan.to.size() ? target : -1;
}

std::int64_t ConnectTask::self_source(std::int64_t target) const {
    if (plan.connect.autapses || !same_group()) return -1;
    const std::int64_t source = plan.to.begin + target - plan.from.begin;
    return source >= 0 && source < plan.from.size() ? source : -1;
}

void connect(const ConnectTask& task, SynapseStore& store) {
    switch (task.plan.connect.rule) {
        case ConnectRule::fixed_indegree: connect_indegree(task, store); break;
        case ConnectRule::fixed_total_number: connect_total(task, store); break;
        case ConnectRule::pairs: connect_pairs(task, store); break;
        default: connect_by_source(task, store); break;
    }
    store.next_id = store.size();
}

void number_copies(SynapseStore& store, base::ThreadPool* pool) {
    const int variable = store.find(codegen::Name::of(codegen::Role::multiplicity));
    if (variable < 0) return;
    base::run_tasks(pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        SynapseBlock& block = store.blocks[b];
        base::StopCheck stop(1 << 6);
        StateArray& copies = block.arrays[static_cast<std::size_t>(variable)];
        for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i) {
            stop.turn();
            std::uint32_t copy = 0;
            for (std::int64_t p = block.row_begin[i]; p < block.row_begin[i + 1]; ++p) {
                const auto at = static_cast<std::size_t>(p);
                copy = p > block.row_begin[i] && block.target[at] == block.target[at - 1] ? copy + 1 : 0;
                if (copy > 0xFFFF) throw base::Error("a pair of neurons with more than 65536 synapses", 2);
                copies.set(p, copy);
            }
        }
    });
}

}  // namespace bouton::connect
