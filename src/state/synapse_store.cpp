// SPDX-License-Identifier: BSD-3-Clause
#include "state/synapse_store.hpp"

#include "state/neuron_store.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouton::state {

using codegen::Placement;

SynapseStore::SynapseStore(const codegen::SynapsePlan& plan, codegen::Precision run_precision,
                           std::int64_t source_count, const std::vector<std::int64_t>& target_bounds)
    : sources(source_count),
      targets(target_bounds.back()),
      precision(run_precision),
      variables(plan.variables) {
    for (const codegen::Variable& v : variables) {
        switch (v.placement) {
            case Placement::per_synapse: common.emplace_back(); break;
            case Placement::shared: common.emplace_back(v.stored, precision, 1, v.fill); break;
            case Placement::per_source: common.emplace_back(v.stored, precision, sources, v.fill); break;
            case Placement::per_target:
            case Placement::element: common.emplace_back(v.stored, precision, targets, v.fill); break;
        }
    }
    for (const auto& decay : plan.decays) decays.emplace_back(decay, precision);
    delays.resize(plan.delays.size());
    blocks.resize(target_bounds.size() - 1);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        SynapseBlock& block = blocks[b];
        block.target_begin = static_cast<std::uint32_t>(target_bounds[b]);
        block.target_end = static_cast<std::uint32_t>(target_bounds[b + 1]);
        block.row_begin.assign(static_cast<std::size_t>(sources) + 1, 0);
        block.delay_steps.resize(delays.size());
    }
}

void SynapseStore::begin_epochs(std::int64_t step) {
    for (Decay& decay : decays)
        if (decay.is_over(step))
            decay.begin_epoch(step, common[static_cast<std::size_t>(find(decay.variable()))]);
}

void SynapseStore::rebase(std::int64_t step) {
    for (Decay& decay : decays)
        decay.begin_epoch(step, common[static_cast<std::size_t>(find(decay.variable()))]);
}

std::int64_t SynapseStore::size() const {
    return std::accumulate(blocks.begin(), blocks.end(), std::int64_t{0},
                           [](std::int64_t sum, const SynapseBlock& block) { return sum + block.size(); });
}

namespace {

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
    return values.size() * sizeof(T);
}

template <class T>
std::size_t bytes_of(const Column<T>& values) {
    return values.size() * sizeof(T);
}

std::size_t bytes_of(const std::vector<StateArray>& arrays) {
    std::size_t sum = 0;
    for (const StateArray& array : arrays) sum += array.bytes();
    return sum;
}

}  // namespace

std::size_t SynapseStore::bytes() const {
    std::size_t sum = bytes_of(common);
    for (const SynapseBlock& block : blocks) {
        sum +=
            bytes_of(block.row_begin) + bytes_of(block.target) + bytes_of(block.source) + bytes_of(block.id);
        sum += bytes_of(block.row_end) + bytes_of(block.row_limit);
        sum += bytes_of(block.arrays);
        for (const auto& steps : block.delay_steps) sum += bytes_of(steps);
        for (const auto& index : block.indices) sum += bytes_of(index.begin) + bytes_of(index.order);
    }
    return sum;
}

int SynapseStore::find(const codegen::Name& name) const { return find_variable(variables, name); }

StateArray& SynapseStore::array(int variable, std::size_t block) {
    const auto v = static_cast<std::size_t>(variable);
    return variables[v].placement == Placement::per_synapse ? blocks[block].arrays[v] : common[v];
}

void SynapseStore::allocate(base::ThreadPool* pool) {
    constexpr std::int64_t kShare = 1 << 18;
    for (SynapseBlock& block : blocks) {
        block.arrays.clear();
        for (const codegen::Variable& v : variables) {
            if (v.placement != Placement::per_synapse) {
                block.arrays.emplace_back();
                continue;
            }
            StateArray& array =
                block.arrays.emplace_back(StateArray::unset(v.stored, precision, block.size()));
            const std::int64_t shares = array.size() / kShare + 1;
            base::run_tasks(pool, static_cast<std::size_t>(shares), [&](std::size_t k, std::size_t) {
                const auto first = static_cast<std::int64_t>(k) * kShare;
                array.fill(v.fill, first, first + kShare);
            });
        }
    }
}

void SynapseStore::number() {
    has_ids = true;
    if (keeps_id) return;
    for (SynapseBlock& block : blocks) {
        block.id.resize(block.target.size());
        std::fill(block.id.begin(), block.id.end(), std::int64_t{-1});
    }
    each_numbered(*this, [this](std::int64_t number, const Location& at) {
        blocks[at.block].id[static_cast<std::size_t>(at.position)] = number;
    });
    keeps_id = true;
}

std::vector<Location> rows_in_order(const SynapseStore& store, RowRange rows) {
    std::vector<Location> order;
    for (std::size_t i = rows.first; i < rows.second; ++i) {
        for (std::uint32_t b = 0; b < store.blocks.size(); ++b) {
            const SynapseBlock& block = store.blocks[b];
            const auto first = static_cast<std::ptrdiff_t>(order.size());
            for (std::int64_t p = block.row_begin[i]; p < block.end_of(i); ++p) order.push_back({b, p});
            if (store.row_delay < 0) continue;
            const int m = store.find(codegen::Name::of(codegen::Role::multiplicity));
            std::stable_sort(order.begin() + first, order.end(), [&](const Location& x, const Location& y) {
                const auto tx = block.target[static_cast<std::size_t>(x.position)];
                const auto ty = block.target[static_cast<std::size_t>(y.position)];
                if (tx != ty || m < 0) return tx < ty;
                const StateArray& copy = block.arrays[static_cast<std::size_t>(m)];
                return copy.get(x.position) < copy.get(y.position);
            });
        }
    }
    return order;
}

std::vector<Location> ids_in_order(const SynapseStore& store, std::int64_t first, std::int64_t last) {
    std::vector<Location> order;
    for (std::uint32_t b = 0; b < store.blocks.size(); ++b) {
        const auto& id = store.blocks[b].id;
        for (std::size_t p = 0; p < id.size(); ++p) {
            if (id[p] >= first && id[p] < last) order.push_back({b, static_cast<std::int64_t>(p)});
        }
    }
    const auto id = [&](const Location& l) {
        return store.blocks[l.block].id[static_cast<std::size_t>(l.position)];
    };
    std::sort(order.begin(), order.end(),
              [&](const Location& x, const Location& y) { return id(x) < id(y); });
    return order;
}

std::vector<Location> in_order(const SynapseStore& store) {
    if (store.keeps_id) return ids_in_order(store, 0, std::numeric_limits<std::int64_t>::max());
    return rows_in_order(store, {0, static_cast<std::size_t>(store.sources)});
}

}  // namespace bouton::state
