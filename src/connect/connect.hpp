// SPDX-License-Identifier: BSD-3-Clause
// Connection rules: which pairs become synapses. In goes the description of a group, out come the rows of its
// blocks (SynapseBlock::row_begin, target and, where creation differs from row order, id).
#pragma once

#include "base/thread_pool.hpp"
#include "codegen/plan/plan.hpp"
#include "state/synapse_store.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace bouton::connect {

/// Gives the targets of a source, ascending, or leaves in `targets` those that become synapses (the user's
/// condition and probability). What it keeps between calls it keeps per thread.
using RowFunction =
    std::function<void(std::size_t thread, std::uint32_t source, std::vector<std::uint32_t>& targets)>;

struct ConnectTask {
    const codegen::SynapsePlan& plan;
    std::uint64_t seed = 0;
    RowFunction filter;                ///< may be empty
    base::ThreadPool* pool = nullptr;  ///< shares out the work; null: one thread. The result is the same
    /// The probability of every pair, where an expression gives one number; else the description's number counts.
    std::optional<double> probability = std::nullopt;
    /// Called with how many synapses are drawn so far, where nobody knew it before: throws if no more fit. May be empty.
    std::function<void(std::int64_t)> check_room = {};

    std::size_t threads() const { return pool != nullptr ? pool->threads() : 1; }

    bool same_group() const { return plan.from.group == plan.to.group; }
    /// The target (source) that is the same neuron, or -1 where there is none or autapses are allowed.
    std::int64_t self_target(std::int64_t source) const;
    std::int64_t self_source(std::int64_t target) const;
};

/// Throws base::DiagnosticError for more connections than there are pairs and for pairs that are not allowed.
void connect(const ConnectTask& task, state::SynapseStore& store);

/// Writes `_multiplicity`, where the group has it: the number of a synapse among those of its pair.
void number_copies(state::SynapseStore& store, base::ThreadPool* pool = nullptr);

// The rules, one file for those that share a way.
void connect_by_source(const ConnectTask& task, state::SynapseStore& store);
void connect_indegree(const ConnectTask& task, state::SynapseStore& store);
void connect_total(const ConnectTask& task, state::SynapseStore& store);
void connect_pairs(const ConnectTask& task, state::SynapseStore& store);

/// Makes the blocks of rows that are drawn source by source, each on its own. `p` is the part of all pairs that
/// is expected; 0 where nobody knows.
void connect_rows(const ConnectTask& task, state::SynapseStore& store, double p, const RowFunction& draw);

[[noreturn]] void refuse(base::Code code, const base::Span& span, std::string message, std::string hint = {});

}  // namespace bouton::connect
