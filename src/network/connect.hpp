// SPDX-License-Identifier: BSD-3-Clause
// Connection rules: which pairs become synapses. In goes the description of a group, out come the rows of its
// blocks (SynapseBlock::row_begin, target and, where creation differs from row order, id).
#pragma once

#include "analysis/spec.hpp"
#include "network/synapse_store.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace bouton::network {

/// Leaves in `targets` those that become synapses of `source`: the user's condition and probability.
using PairFilter = std::function<void(std::uint32_t source, std::vector<std::uint32_t>& targets)>;

struct ConnectTask {
    const analysis::SynapseSpec& spec;
    std::uint64_t seed = 0;
    PairFilter filter;  ///< may be empty

    bool same_group() const { return spec.from.group == spec.to.group; }
    /// The target (source) that is the same neuron, or -1 where there is none or autapses are allowed.
    std::int64_t self_target(std::int64_t source) const;
    std::int64_t self_source(std::int64_t target) const;
};

/// Throws base::DiagnosticError for more connections than there are pairs and for pairs that are not allowed.
void connect(const ConnectTask& task, SynapseStore& store);

/// Writes `_multiplicity`, where the group has it: the number of a synapse among those of its pair.
void number_copies(SynapseStore& store);

// The rules, one file for those that share a way.
void connect_by_source(const ConnectTask& task, SynapseStore& store);
void connect_indegree(const ConnectTask& task, SynapseStore& store);
void connect_total(const ConnectTask& task, SynapseStore& store);
void connect_pairs(const ConnectTask& task, SynapseStore& store);

/// Hands rows, in order of the source, to the blocks.
class RowSink {
public:
    explicit RowSink(SynapseStore& store) : store_(store) {}
    /// `targets` ascend.
    void row(const std::vector<std::uint32_t>& targets);

private:
    SynapseStore& store_;
    std::size_t source_ = 0;
};

[[noreturn]] void refuse(base::Code code, const base::Span& span, std::string message, std::string hint = {});

}  // namespace bouton::network
