// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/event_record.hpp"

#include "connect/connect.hpp"

#include <algorithm>

namespace bouton::sim {

using codegen::Side;

EventRecord::EventRecord(const model::RecordSpec& spec, const codegen::RecordPlan& plan,
                         SynapseGroup& synapses, Context& context, Recorder& recorder, std::size_t number)
    : plan_(plan),
      indices_(spec.indices ? &*spec.indices : nullptr),
      span_(spec.span),
      synapses_(synapses),
      recorder_(recorder),
      number_(number),
      values_(plan.variables.size()),
      views_(plan.variables.size()) {
    stream_.name = spec.name.empty() ? spec.of : spec.name;
    stream_.group = spec.of;
    stream_.at = spec.at;
    stream_.single = spec.single;
    for (const auto& variable : plan.variables) {
        stream_.variables.push_back({variable.name, variable.dimension});
        variables_.emplace_back(variable, nullptr, &synapses, context, When::in_steps);
    }
}

std::vector<EventRecord::Entry> EventRecord::chosen() const {
    const state::SynapseStore& store = synapses_.store;
    std::vector<state::Location> locations;
    if (indices_ == nullptr)
        locations = state::in_order(store);
    else
        locations = find_synapses(store, *indices_);
    const SynapseColumns columns = columns_of(store, std::move(locations));
    std::vector<Entry> entries;
    entries.reserve(columns.location.size());
    for (std::size_t k = 0; k < columns.location.size(); ++k) {
        const state::Location& at = columns.location[k];
        std::int64_t number = indices_ != nullptr ? (*indices_)[k] : static_cast<std::int64_t>(k);
        if (at.position < 0) {
            if (store.has_ids || synapses_.plan.structure) continue;  // it is to come, or has gone
            connect::refuse(base::Code::E401, span_,
                            "there is no synapse " + std::to_string(number) + "; '" + stream_.group +
                                "' has " + std::to_string(store.size()));
        }
        if (store.keeps_id) number = store.blocks[at.block].id[static_cast<std::size_t>(at.position)];
        entries.push_back({number, at, columns.source[k], columns.target[k]});
    }
    return entries;
}

void EventRecord::bind() {
    for (VariableSampler& variable : variables_) variable.bind();
    segments_ = Segments(synapses_.store.blocks.size());
    pathway_ = &synapses_.pathway(plan_.at);
    pathway_->observers.emplace_back([this](const Clock& clock) { observe(clock); });
    const bool pre = pathway_->side == Side::pre;
    entries_ = chosen();
    const auto neuron = [pre](const Entry& entry) { return pre ? entry.source : entry.target; };
    std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
        return std::pair(neuron(a), a.number) < std::pair(neuron(b), b.number);
    });
    const auto repeated = std::unique(entries_.begin(), entries_.end(),
                                      [](const Entry& a, const Entry& b) { return a.number == b.number; });
    entries_.erase(repeated, entries_.end());
    begins_.assign(static_cast<std::size_t>(pathway_->end - pathway_->begin) + 1, 0);
    for (const Entry& entry : entries_) ++begins_[neuron(entry) + 1];
    for (std::size_t n = 1; n < begins_.size(); ++n) begins_[n] += begins_[n - 1];
}

void EventRecord::find_due(const Clock& clock) {
    due_.clear();
    const auto delay = static_cast<std::size_t>(
        std::max(0, synapses_.plan.pathways[static_cast<std::size_t>(plan_.at)].delay));
    for (const std::int64_t steps : pathway_->delays) {
        for (const std::uint32_t neuron : pathway_->group->spikes(clock.step - steps)) {
            if (neuron < pathway_->begin || neuron >= pathway_->end) continue;
            const auto n = static_cast<std::size_t>(neuron - pathway_->begin);
            for (std::size_t k = begins_[n]; k < begins_[n + 1]; ++k) {
                const auto& [block, position] = entries_[k].location;
                if (pathway_->per_synapse &&
                    synapses_.store.blocks[block].delay_steps[delay][static_cast<std::size_t>(position)] !=
                        steps)
                    continue;
                due_.push_back(&entries_[k]);
            }
        }
    }
    std::sort(due_.begin(), due_.end(), [](const Entry* a, const Entry* b) { return a->number < b->number; });
}

// Postsynaptic events that wait are met now, where they are looked at: what is read is what comes after them.
void EventRecord::meet_events(const Clock& clock) {
    std::vector<std::uint32_t> sources;
    sources.reserve(due_.size());
    for (const Entry* entry : due_) sources.push_back(entry->source);
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    synapses_.flush(clock.step + 1, sources);
}

// Those that lie side by side in a row are evaluated together.
void EventRecord::list_segments() {
    segments_.clear();
    for (std::size_t k = 0, end = 0; k < due_.size(); k = end) {
        const Entry& first = *due_[k];
        const auto continues = [&](const Entry& next) {
            return next.source == first.source && next.location.block == first.location.block &&
                   next.location.position == first.location.position + static_cast<std::int64_t>(end - k);
        };
        for (end = k + 1; end < due_.size() && continues(*due_[end]);) ++end;
        const std::int64_t position = first.location.position;
        segments_.add_range(first.location.block, position, position + static_cast<std::int64_t>(end - k),
                            first.source);
    }
}

void EventRecord::observe(const Clock& clock) {
    find_due(clock);
    if (due_.empty()) return;
    if (pathway_->side == Side::post) meet_events(clock);
    list_segments();
    SynapseColumns columns;
    numbers_.clear();
    for (const Entry* entry : due_) {
        numbers_.push_back(entry->number);
        columns.location.push_back(entry->location);
        columns.source.push_back(entry->source);
        columns.target.push_back(entry->target);
    }
    for (std::size_t v = 0; v < variables_.size(); ++v) {
        variables_[v].evaluate(clock, segments_);
        values_[v].resize(numbers_.size());
        variables_[v].pick_synapses(columns, values_[v]);
        views_[v] = values_[v];
    }
    recorder_.events(number_, clock.step, numbers_, views_);
}

}  // namespace bouton::sim
