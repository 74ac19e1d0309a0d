// SPDX-License-Identifier: BSD-3-Clause
#include "sim/step/synapse_group.hpp"

#include "base/diagnostics.hpp"
#include "base/numbers.hpp"

#include <algorithm>
#include <cstring>

namespace bouton::sim {

using codegen::Name;
using codegen::Role;
using codegen::Side;
using state::SynapseBlock;
using state::SynapseState;

SynapseGroup::SynapseGroup(const codegen::SynapsePlan& synapse_plan, SynapseState& state,
                           NeuronGroup& pre_group, NeuronGroup& post_group, Context& context)
    : plan(synapse_plan),
      pre(pre_group),
      post(post_group),
      store(state.store),
      state_(state),
      context_(context) {
    store.start(context.clock.step);
    count_from(context.clock.step);
    check_values_fit();
}

Scope SynapseGroup::scope() {
    Scope scope;
    scope.group = plan.name;
    scope.pre = &pre.store;
    scope.pre_begin = plan.from.begin;
    scope.post = &post.store;
    scope.post_begin = plan.to.begin;
    scope.synapses = &store;
    scope.scalars = {&scalars, &pre.scalars, &post.scalars};
    scope.signals = &context_.signals;
    if (state_.deferred) {
        scope.deferred = &state_.deferred->view();
        for (auto& [name, values] : state_.deferred->fields())
            scope.scratch.emplace_back(name, values.data());
    }
    if (state_.ring_rows > 0) {
        scope.scratch.emplace_back(Name::of(Role::ring), state_.ring.data());
        scope.scratch.emplace_back(Name::of(Role::due), due_.data());
    }
    return scope;
}

void SynapseGroup::count_from(std::int64_t step) {
    state_.counted_from = step;
    const int v = store.find(codegen::Name::of(codegen::Role::counted_from));
    if (v >= 0) store.array(v, 0).set(0, static_cast<double>(step));
}

void SynapseGroup::count_anew(const Clock& clock) {
    for (const auto& kernel : plan.count_anew) {
        if (kernel.domain == codegen::Domain::synapses)
            run_stretches(kernel, nullptr, {});
        else
            BoundKernel(kernel, context_.callables->once(kernel), scope())
                .run_elements(clock, end_count(Side::pre));
    }
    count_from(clock.step);
}

RowKernel SynapseGroup::bind_rows(const codegen::Kernel& kernel, const ScalarTable* extra,
                                  const RowKernel::BlockScratch& scratch, When when) {
    Scope with = scope();
    if (extra != nullptr) with.scalars.insert(with.scalars.begin(), extra);
    return {kernel, context_.callables->of(kernel, when), with, find_route(store, kernel, kernel.side, -1),
            scratch};
}

BoundKernel SynapseGroup::bind_elements(const codegen::Kernel& kernel, const ScalarTable* extra) {
    Scope with = scope();
    if (extra != nullptr) with.scalars.insert(with.scalars.begin(), extra);
    return {kernel, context_.callables->of(kernel), with};
}

std::int64_t SynapseGroup::end_count(Side side) const {
    return state::padded(side == Side::pre ? store.sources : store.targets);
}

Pathway& SynapseGroup::pathway(int number) {
    const auto n = static_cast<std::size_t>(number);
    const Side side = plan.pathways[n].side;
    const auto before =
        std::count_if(plan.pathways.begin(), plan.pathways.begin() + number,
                      [side](const codegen::PathwayPlan& other) { return other.side == side; });
    return pathways(side)[static_cast<std::size_t>(before)];
}

void SynapseGroup::bind(bool strides) {
    if (state_.deferred)
        state_.deferred->view().processed_until =
            store.array(store.find(Name::of(Role::processed_until)), 0).data();
    for (auto& of_side : pathways_) of_side.clear();
    for (const auto& described : plan.pathways) {
        Pathway& pathway = pathways(described.side).emplace_back();
        pathway.side = described.side;
        pathway.group = described.side == Side::pre ? &pre : &post;
        pathway.begin = described.side == Side::pre ? plan.from.begin : plan.to.begin;
        pathway.end = described.side == Side::pre ? plan.from.end : plan.to.end;
        pathway.delays = {0};
        if (described.delay >= 0) {
            const state::Delay& delay = store.delays[static_cast<std::size_t>(described.delay)];
            pathway.per_synapse = delay.per_synapse;
            pathway.delays = delay.per_synapse ? occurring_delays(described.delay)
                                               : std::vector<std::int64_t>{delay.steps};
        }
        pathway.segments = Segments(store.blocks.size());
        bool routed = false;
        for (const auto& pass : described.passes) {
            if (pass.kernel.empty() && !pass.keeps_event) continue;
            Pathway::Pass& bound = pathway.passes.emplace_back();
            if (pass.keeps_event)
                bound.keep = [this](const Clock& clock, std::span<const std::uint32_t> targets,
                                    std::size_t part) { return keep_events(clock, targets, part); };
            if (pass.kernel.empty()) continue;
            const auto callable = context_.callables->of(pass.kernel);
            if (pass.once_per_neuron) {
                if (pathway.per_synapse)
                    throw base::InternalError("a pass per neuron with a delay per synapse");
                const bool by_part = strides && described.side == Side::post;
                for (std::size_t part = 0; part < (by_part ? store.blocks.size() : 1); ++part)
                    bound.neurons.emplace_back(pass.kernel, callable, scope());
                continue;
            }
            if (!routed) pathway.route = find_route(store, pass.kernel, described.side, described.delay);
            routed = true;
            bound.rows = RowKernel(pass.kernel, callable, scope(), pathway.route, {});
            if (strides && described.side == Side::pre)
                bound.sources = SourceValues(pass.kernel, bound.rows, context_.precision, scope().deferred);
        }
        pathway.prepare(store.blocks.size());
    }
    bind_deferral();
    sources_together_ = may_take_sources_together();
    traces_source_.clear();
    for (const auto& kernel : plan.traces_source) traces_source_.push_back(bind_elements(kernel, nullptr));
    traces_target_.clear();
    for (const auto& kernel : plan.traces_target) {
        auto& by_block = traces_target_.emplace_back();
        for (std::size_t b = 0; b < store.blocks.size(); ++b)
            by_block.push_back(bind_elements(kernel, nullptr));
    }
    if (plan.clock) clock_driven_ = bind_rows(*plan.clock, nullptr);
    summed_.clear();
    for (const auto& summed : plan.summed) summed_.push_back(bind_rows(summed.kernel, nullptr));
    if (plan.deliver) deliver_ = bind_elements(*plan.deliver, nullptr);
    all_.clear();
}

const Segments& SynapseGroup::all(const Route& route) {
    for (const auto& [known, segments] : all_) {
        if (known.side == route.side && known.index == route.index && known.direct == route.direct)
            return segments;
    }
    all_.emplace_back(route, all_segments(store, route));
    return all_.back().second;
}

void SynapseGroup::advance_traces(const Clock& clock) {
    advance_sources(clock);
    for (auto& by_block : traces_target_) by_block[0].run_elements(clock, end_count(Side::post));
}

void SynapseGroup::advance_sources(const Clock& clock) {
    // A trace is one multiplication: fewer are not worth waking threads for.
    constexpr std::int64_t kWorthSharing = 1 << 16;
    Clock here = clock;
    if (store.sources < kWorthSharing) here.pool = nullptr;
    for (BoundKernel& kernel : traces_source_) kernel.run_elements(here, end_count(Side::pre));
}

void SynapseGroup::advance_targets(const Clock& clock, std::size_t part) {
    const SynapseBlock& block = store.blocks[part];
    if (block.target_begin == block.target_end) return;
    const bool last = block.target_end == store.targets;
    for (auto& by_block : traces_target_)
        by_block[part].run_part(clock, block.target_begin, last ? end_count(Side::post) : block.target_end);
}

void SynapseGroup::accumulate_summed(const Clock& clock) {
    for (RowKernel& kernel : summed_) kernel.run(clock, all(kernel.route()));
}

void SynapseGroup::run_clock_driven(const Clock& clock) {
    if (plan.clock) clock_driven_.run(clock, all(clock_driven_.route()));
}

std::int64_t SynapseGroup::run_events(const Clock& clock, Side side) {
    std::int64_t met = 0;
    for (Pathway& pathway : pathways(side)) {
        met += pathway.run(clock, store);
        for (const auto& observe : pathway.observers) observe(clock);
    }
    return met;
}

void SynapseGroup::deliver(const Clock& clock) {
    if (state_.ring_rows == 0) return;
    const std::size_t row_bytes =
        static_cast<std::size_t>(state::padded(store.targets)) * state_.ring.element_bytes();
    void* row = state_.ring.at(clock.step % state_.ring_rows * state::padded(store.targets));
    std::memcpy(due_.data(), row, row_bytes);
    std::memset(row, 0, row_bytes);
    // The padding of a slice may be neurons beyond it: they receive nothing, since nothing is due there.
    deliver_.run_elements(clock, end_count(Side::post));
}

std::string SynapseGroup::pair_name(std::size_t b, std::int64_t position) const {
    const auto& block = store.blocks[b];
    const auto row = static_cast<std::int64_t>(state::RowFinder(block).row_of(position));
    const std::int64_t source = plan.from.begin + row;
    const std::int64_t target = plan.to.begin + block.target[static_cast<std::size_t>(position)];
    return "(" + std::to_string(source) + ", " + std::to_string(target) + ")";
}

void SynapseGroup::check_finite(const Clock& clock) const {
    const auto fail = [&](const std::string& variable, const std::string& where) {
        throw base::Error("variable '" + variable + "' of " + where + " of '" + plan.name +
                          "' is not finite any more at t = " + base::shortest(clock.t()) + " s");
    };
    for (std::size_t v = 0; v < store.variables.size(); ++v) {
        const codegen::Variable& variable = store.variables[v];
        if (variable.constant) continue;
        if (variable.placement != codegen::Placement::per_synapse) {
            const std::int64_t bad = store.common[v].first_non_finite();
            if (bad >= 0) fail(variable.name.to_string(), "neuron " + std::to_string(bad));
            continue;
        }
        if (const auto bad = first_non_finite(v, nullptr))
            fail(variable.name.to_string(), "synapse " + pair_name(bad->block, bad->position));
    }
}

std::optional<state::Location> SynapseGroup::first_non_finite(std::size_t variable,
                                                              const Segments* among) const {
    std::vector<std::int64_t> bad(store.blocks.size(), -1);
    base::run_tasks(context_.clock.pool, bad.size(), [&](std::size_t b, std::size_t) {
        const state::StateArray& values = store.blocks[b].arrays[variable];
        if (among == nullptr) return void(bad[b] = values.first_non_finite());
        for (const bn_segment& part : among->block(b))
            if (bad[b] < 0) bad[b] = values.first_non_finite(part.begin, part.end);
    });
    for (std::uint32_t b = 0; b < bad.size(); ++b)
        if (bad[b] >= 0) return state::Location{b, bad[b]};
    return std::nullopt;
}

std::size_t SynapseGroup::bytes() const {
    return store.bytes() + state_.ring.bytes() + due_.bytes() +
           (state_.deferred ? state_.deferred->bytes() : 0) + in_degree_.size() * sizeof(in_degree_[0]);
}

}  // namespace bouton::sim
