// SPDX-License-Identifier: BSD-3-Clause
// The state at the end of a run, for the recorder.
#include "sim/record/recording.hpp"

#include "base/stop.hpp"

#include <algorithm>
#include <deque>
#include <numeric>

namespace bouton::sim {

void record_state(NeuronGroup& group, Context& context, Recorder& recorder) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(group.plan.size));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    std::deque<std::vector<double>> values;
    std::vector<FinalArray> arrays;
    std::deque<codegen::RecordVariable> variables;
    for (const codegen::Variable& v : group.plan.variables) {
        if (v.internal()) continue;
        base::check_stop();
        const auto& variable =
            variables.emplace_back(codegen::RecordVariable{v.name.word(), v.dimension, v.placement, {}});
        VariableSampler(variable, &group, nullptr, context, When::once)
            .pick_neurons(all, values.emplace_back());
        arrays.push_back({v.name.word(), v.dimension, std::span<const double>(values.back())});
    }
    recorder.state(group.plan.group, arrays);
}

namespace {

// The delay that results call `delay`: the first one of a presynaptic pathway.
int axonal_delay(const codegen::SynapsePlan& plan) {
    for (const auto& pathway : plan.pathways) {
        if (pathway.side == codegen::Side::pre && pathway.delay >= 0) return pathway.delay;
    }
    return -1;
}

}  // namespace

std::vector<double> delay_seconds(const SynapseGroup& group, const SynapseColumns& columns, int delay,
                                  double dt) {
    std::vector<double> result(columns.location.size(), 0.0);
    if (delay < 0) return result;
    const auto d = static_cast<std::size_t>(delay);
    const state::Delay& of = group.store.delays[d];
    for (std::size_t k = 0; k < result.size(); ++k) {
        const auto& [block, position] = columns.location[k];
        const auto steps = of.per_synapse
                               ? group.store.blocks[block].delay_steps[d][static_cast<std::size_t>(position)]
                               : of.steps;
        result[k] = static_cast<double>(steps) * dt;
    }
    return result;
}

std::vector<std::pair<int, std::string>> named_delays(const SynapseGroup& group) {
    std::vector<std::pair<int, std::string>> found{{axonal_delay(group.plan), "delay"}};
    for (std::size_t d = 0; d < group.plan.delays.size(); ++d) {
        if (static_cast<int>(d) == found.front().first || group.store.delays[d].max_steps == 0) continue;
        const model::DelayName& name = group.plan.delays[d].name;
        found.emplace_back(static_cast<int>(d), (name.is_of_pathway() ? "delay_" : "") + name.to_string());
    }
    return found;
}

namespace {

class FinalParts {
public:
    FinalParts(SynapseGroup& group, Context& context, const Clock& clock, Recorder& recorder)
        : group_(group), clock_(clock), recorder_(recorder) {
        for (const auto& variable : group.plan.final_values) add(variable, context);
        for (const codegen::Variable& v : group.plan.variables) {
            const bool known = std::any_of(
                samplers_.begin(), samplers_.end(),
                [&](const VariableSampler& sampler) { return sampler.variable().name == v.name.word(); });
            if (v.internal() || known) continue;
            add(stored_.emplace_back(codegen::RecordVariable{v.name.word(), v.dimension, v.placement, {}}),
                context);
        }
    }

    void record() {
        if (group_.store.keeps_id) return record_by_id();
        for (const state::RowRange& rows : state::row_ranges(group_.store, kPart)) {
            for (VariableSampler& sampler : samplers_) sampler.evaluate(clock_, rows);
            hand_over(columns_of(group_.store, state::rows_in_order(group_.store, rows)));
        }
    }

private:
    static constexpr std::int64_t kPart = 1 << 20;

    void add(const codegen::RecordVariable& variable, Context& context) {
        samplers_.emplace_back(variable, nullptr, &group_, context, When::once);
    }

    // Each part looks through all ids, so there are not many of them.
    void record_by_id() {
        for (VariableSampler& sampler : samplers_) {
            sampler.bind();
            sampler.evaluate(clock_);
        }
        const std::int64_t ids = std::max<std::int64_t>(1, group_.store.next_id);
        const std::int64_t part = std::max(kPart, ids / 16);
        for (std::int64_t id = 0; id < ids; id += part)
            hand_over(columns_of(group_.store, state::ids_in_order(group_.store, id, id + part)));
    }

    void hand_over(SynapseColumns columns) {
        base::check_stop();
        FinalSynapses part;
        part.name = group_.plan.name;
        part.total = group_.store.size();
        part.first = handed_over_;
        handed_over_ += static_cast<std::int64_t>(columns.location.size());
        std::deque<std::vector<double>> values;
        for (const VariableSampler& sampler : samplers_) {
            auto& of = values.emplace_back(columns.location.size());
            sampler.pick_synapses(columns, of);
            part.variables.push_back(
                {sampler.variable().name, sampler.variable().dimension, std::span<const double>(of)});
        }
        for (const auto& [d, name] : named_delays(group_)) {
            const auto& of = values.emplace_back(delay_seconds(group_, columns, d, clock_.dt));
            if (name == "delay")
                part.delay = of;
            else
                part.variables.push_back(
                    {name, base::Dimension::of(base::Dimension::time), std::span<const double>(of)});
        }
        std::vector<std::int64_t> id;
        if (group_.store.has_ids) {
            for (const auto& [block, position] : columns.location)
                id.push_back(group_.store.blocks[block].id[static_cast<std::size_t>(position)]);
            part.id = id;
        }
        for (auto& source : columns.source) source += static_cast<std::uint32_t>(group_.plan.from.begin);
        for (auto& target : columns.target) target += static_cast<std::uint32_t>(group_.plan.to.begin);
        part.source = columns.source;
        part.target = columns.target;
        recorder_.synapses(part);
    }

    SynapseGroup& group_;
    const Clock& clock_;
    Recorder& recorder_;
    std::deque<codegen::RecordVariable> stored_;
    std::deque<VariableSampler> samplers_;
    std::int64_t handed_over_ = 0;
};

}  // namespace

void record_synapses(SynapseGroup& group, Context& context, const Clock& clock, Recorder& recorder) {
    FinalParts(group, context, clock, recorder).record();
}

}  // namespace bouton::sim
