// SPDX-License-Identifier: BSD-3-Clause
// How a synapse group comes to be: connections, first values, exact steps, the ring of delayed input.
#include "base/diagnostics.hpp"
#include "connect/connect.hpp"
#include "sim/build/numbering.hpp"
#include "sim/build/pair_kernels.hpp"
#include "sim/step/synapse_group.hpp"
#include "state/draw.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Placement;
using state::StateArray;
using state::SynapseBlock;

void SynapseGroup::check_values_fit() const {
    if (!plan.structure || (!plan.structure->grow && !plan.structure->grow_probability)) return;
    for (const auto& initialiser : plan.initialisers) {
        const int v = store.find(codegen::Name::user(initialiser.variable));
        const bool own =
            v >= 0 && store.variables[static_cast<std::size_t>(v)].placement == Placement::per_synapse;
        if (initialiser.values && own) {
            connect::refuse(base::Code::E217, initialiser.span,
                            "'" + initialiser.variable +
                                "' is a list of values, which says nothing of synapses that grow",
                            "give an expression");
        }
    }
    for (const auto& delay : plan.delays) {
        if (delay.values) {
            connect::refuse(base::Code::E217, delay.span,
                            "a list of delays says nothing of synapses that grow", "give an expression");
        }
    }
}

void SynapseGroup::build() {
    evaluate_scalars(plan.scalars, scope(), context_, scalars);
    make_connections();
    store.allocate(context_.clock.pool);
    connect::number_copies(store, context_.clock.pool);
    for (const auto& initialiser : plan.initialisers) run_initialiser(initialiser, nullptr);
    for (const auto& range : plan.ranges) check_range(range, nullptr);
    evaluate_delays(nullptr);
    count_delays();
    choose_row_delay();
    if (store.row_delay >= 0) store.sort_rows(context_.clock.pool);
    build_indices();
    run_propagators();
    make_ring();
    make_deferral();
    keep_history();
    all_.clear();
}

void SynapseGroup::expect() {
    evaluate_scalars(plan.scalars, scope(), context_, scalars);
    make_ring();
    make_deferral();
}

void SynapseGroup::archive(base::Archive& archive) {
    archive.piece("synapses " + plan.name);
    state_.archive(archive);
    if (!archive.reads()) return;
    build_indices();
    run_propagators();
    set_ring_scalars();
    count_delays();
    count_in_degrees();
    keep_history();
    all_.clear();
}

void SynapseGroup::check_room(std::int64_t synapses) const {
    const base::MemoryLimit& limit = context_.room.limit;
    const double needed = context_.room.bytes_per_synapse * static_cast<double>(synapses);
    if (needed <= limit.bytes) return;
    throw base::OutOfMemory("out of memory: '" + plan.name + "' has " + std::to_string(synapses) +
                            " synapses and more to come; they take more than " + base::spell_bytes(needed) +
                            ", and of the memory " + limit.whose + " are left " +
                            base::spell_bytes(std::max(0.0, limit.bytes)));
}

void SynapseGroup::check_numbers(bool built) const {
    for (const SynapseBlock& block : store.blocks) {
        if (block.positions() <= kMostNumbered) continue;
        std::int64_t longest = 0;
        for (std::size_t i = 0; i + 1 < block.row_begin.size(); ++i)
            longest = std::max(longest, block.end_of(i) - block.row_begin[i]);
        const std::string fault = beyond_numbers(block.positions(), longest, !block.indices.empty());
        if (fault.empty()) continue;
        const std::string message = "'" + base::escape(plan.name) + "' has " + fault;
        const std::string hint = "more threads, or several synapse groups, divide them";
        if (built) throw base::Error(message + ": " + hint);
        connect::refuse(base::Code::E410, plan.connect.span, message, hint);
    }
}

void SynapseGroup::build_indices() {
    base::run_tasks(context_.clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        SynapseBlock& block = store.blocks[b];
        if (!block.has_gaps()) store.fill_source(block);  // else it is kept
        for (auto& index : block.indices) store.build_index(block, index);
    });
}

void SynapseGroup::make_connections() {
    connect::ConnectTask task{plan, context_.clock.seed, {}, context_.clock.pool, plan.connect_probability};
    task.check_room = [this](std::int64_t drawn) { check_room(drawn); };
    std::vector<PairKernels> pairs;  // one a thread
    for (std::size_t thread = 0; thread < task.threads(); ++thread) {
        pairs.emplace_back(plan.connect_condition, plan.connect_p, scope(), context_, store.targets,
                           state::draw_key(context_.clock.seed, plan.name, "connect p"), When::once);
    }
    if (pairs.front().any()) {
        task.filter = [&](std::size_t thread, std::uint32_t source, std::vector<std::uint32_t>& targets) {
            pairs[thread].keep(context_.clock, 0, source, targets);
        };
    }
    connect::connect(task, store);
    check_numbers(false);
    if (plan.structure) store.number();
}

void SynapseGroup::evaluate_constants(const std::function<bool(const std::string&)>& keep) {
    for (const auto& initialiser : plan.initialisers)
        if (is_derived(initialiser, store.variables) && !keep(initialiser.variable))
            run_initialiser(initialiser, nullptr);
    for (std::size_t v = 0; v < store.common.size(); ++v)
        if (is_known(store.variables[v])) store.common[v].fill(store.variables[v].fill);
    run_propagators();
}

void SynapseGroup::run_initialiser(const codegen::Initialiser& initialiser, const Segments* grown) {
    const int v = store.find(codegen::Name::user(initialiser.variable));
    if (v < 0) throw base::InternalError("no variable " + initialiser.variable + " to initialise");
    const Placement placement = store.variables[static_cast<std::size_t>(v)].placement;
    const bool own = placement == Placement::per_synapse;
    if (grown != nullptr && !own) return;
    StateArray* common = own ? nullptr : &store.common[static_cast<std::size_t>(v)];
    if (initialiser.kernel) {
        const codegen::Kernel& kernel = *initialiser.kernel;
        if (own) {
            run_stretches(kernel, grown, {});
        } else {
            const std::int64_t n = placement == Placement::shared ? 1 : state::padded(common->size());
            BoundKernel(kernel, context_.callables->once(kernel), scope()).run_elements(context_.clock, n);
        }
    } else if (initialiser.values) {
        set_values(initialiser, common, v);
    }
    if (common != nullptr) common->pad();
    check_initial(initialiser, v, grown);
}

void SynapseGroup::set_values(const codegen::Initialiser& initialiser, StateArray* common, int variable) {
    const std::vector<double>& values = *initialiser.values->values;
    const std::int64_t wanted = common != nullptr ? common->size() : store.size();
    if (static_cast<std::int64_t>(values.size()) != wanted) {
        connect::refuse(base::Code::E405, initialiser.span,
                        std::to_string(values.size()) + " values for '" + initialiser.variable + "', but " +
                            std::to_string(wanted) + (common != nullptr ? " neurons" : " synapses"));
    }
    if (common != nullptr) {
        for (std::int64_t k = 0; k < wanted; ++k) common->set(k, values[static_cast<std::size_t>(k)]);
        return;
    }
    state::each_numbered(store, [&](std::int64_t number, const state::Location& at) {
        store.array(variable, at.block).set(at.position, values[static_cast<std::size_t>(number)]);
    });
}

void SynapseGroup::check_initial(const codegen::Initialiser& initialiser, int variable,
                                 const Segments* grown) const {
    const auto v = static_cast<std::size_t>(variable);
    const auto fail = [&](const std::string& where) {
        connect::refuse(base::Code::E407, initialiser.span,
                        "the initial value of '" + initialiser.variable + "' of " + where + " of '" +
                            plan.name + "' is not finite");
    };
    if (store.variables[v].placement != Placement::per_synapse) {
        const std::int64_t bad = store.common[v].first_non_finite();
        if (bad >= 0) fail("neuron " + std::to_string(bad));
        return;
    }
    if (const auto bad = first_non_finite(v, grown)) fail("synapse " + pair_name(bad->block, bad->position));
}

namespace {

bool is_per_synapse(const codegen::Propagator& propagator) {
    return propagator.placement == Placement::per_synapse && !propagator.uniform;
}

}  // namespace

void SynapseGroup::run_propagators() {
    for (const auto& propagator : plan.propagators) run_propagator(propagator);
}

void SynapseGroup::run_own_propagators() {
    for (const auto& propagator : plan.propagators)
        if (is_per_synapse(propagator)) run_propagator(propagator);
}

void SynapseGroup::run_propagator(const codegen::Propagator& propagator) {
    const bool own = is_per_synapse(propagator);
    const std::int64_t ends = propagator.placement == Placement::per_source   ? store.sources
                              : propagator.placement == Placement::per_target ? store.targets
                                                                              : 1;
    for (std::size_t b = 0; b < (own ? store.blocks.size() : 1); ++b) {
        const auto run = [&](const Scratch& scratch) {
            const codegen::Kernel& kernel = propagator.coefficients;
            Scope with = scope();
            with.block = b;
            with.scratch = scratch;
            BoundKernel bound(kernel, context_.callables->once(kernel), with);
            if (own) {
                const auto& rows = all(Route{}).block(b);
                bound.run_segments(context_.clock, rows, store.blocks[b].target.data(), nullptr);
            } else {
                bound.run_elements(context_.clock, propagator.uniform ? 1 : state::padded(ends));
            }
        };
        evaluate_propagator(propagator, own ? store.blocks[b].positions() : ends, context_,
                            "'" + plan.name + "'", plan.span, run,
                            [&](const codegen::Name& name, std::int64_t element, double value) {
                                if (propagator.uniform) {
                                    scalars.set(name, value);
                                } else {
                                    store.array(store.find(name), b).set(element, value);
                                }
                            });
    }
}

}  // namespace bouton::sim
