// SPDX-License-Identifier: BSD-3-Clause
#include "sim/recording.hpp"

#include "network/connect.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace bouton::sim {

using analysis::RecordKind;

Recording::Recording(const analysis::NetworkSpec& spec, const codegen::Plan& plan, const FindNeurons& neurons,
                     const FindSynapses& synapses, Context& context, Recorder* recorder)
    : context_(context), recorder_(recorder) {
    if (recorder == nullptr) return;
    for (const auto& record : spec.records) {
        const std::string& name = record.name.empty() ? record.of : record.name;
        if (record.kind == RecordKind::spikes) spikes_.push_back({neurons(record.of)});
        if (record.kind == RecordKind::rate) {
            const auto steps = std::max<std::int64_t>(1, std::llround(record.bin / spec.dt));
            rates_.push_back({neurons(record.of), name, steps});
        }
    }
    for (const auto& record : plan.records) add_sample(spec, record, neurons, synapses);
}

void Recording::add_sample(const analysis::NetworkSpec& spec, const codegen::RecordPlan& plan,
                           const FindNeurons& neurons, const FindSynapses& synapses) {
    const auto& record = spec.records[plan.spec];
    Sample& sample = samples_.emplace_back();
    sample.neurons = plan.of_synapses ? nullptr : neurons(record.of);
    sample.synapses = plan.of_synapses ? synapses(record.of) : nullptr;
    SampleStream& stream = sample.stream;
    stream.name = record.name.empty() ? record.of : record.name;
    sample.span = record.span;
    stream.group = record.of;
    stream.of_synapses = plan.of_synapses;
    stream.grows = plan.of_synapses && sample.synapses->plan.structure.has_value();
    stream.single = record.single;
    stream.every_steps = std::max<std::int64_t>(1, std::llround(record.every / spec.dt));
    sample.all = !record.indices;
    if (record.indices) stream.indices = *record.indices;
    if (sample.all && !plan.of_synapses) {
        stream.indices.resize(static_cast<std::size_t>(sample.neurons->plan.size));
        std::iota(stream.indices.begin(), stream.indices.end(), std::int64_t{0});
    }
    for (const auto& variable : plan.variables) {
        stream.variables.push_back({variable.name, variable.dimension});
        sample.variables.emplace_back(variable, sample.neurons, sample.synapses, context_);
    }
    sample.rows.resize(sample.variables.size());
    sample.views.resize(sample.variables.size());
}

void Recording::want(const std::function<std::size_t(const std::string&)>& module_of) {
    for (Sample& sample : samples_) {
        for (VariableSampler& variable : sample.variables) variable.want(module_of(sample.stream.group));
    }
}

void Recording::bind() {
    for (std::size_t s = 0; s < samples_.size(); ++s) {
        for (VariableSampler& variable : samples_[s].variables) variable.bind();
        if (samples_[s].synapses != nullptr) find_columns(s);
    }
}

// Under structural plasticity a column is an id: new ones come, and columns of synapses that went stay.
void Recording::find_columns(std::size_t number) {
    Sample& sample = samples_[number];
    SampleStream& stream = sample.stream;
    const network::SynapseStore& store = sample.synapses->store;
    SynapseColumns every = all_columns(store);
    if (sample.all && stream.grows) {
        std::vector<std::int64_t> added(static_cast<std::size_t>(store.next_id) - stream.indices.size());
        std::iota(added.begin(), added.end(), static_cast<std::int64_t>(stream.indices.size()));
        stream.indices.insert(stream.indices.end(), added.begin(), added.end());
        if (begun_ && !added.empty()) recorder_->new_columns(number, added);
    } else if (sample.all && stream.indices.empty()) {
        stream.indices.resize(every.location.size());
        std::iota(stream.indices.begin(), stream.indices.end(), std::int64_t{0});
    }
    if (sample.all && !stream.grows) {
        sample.columns = std::move(every);
        return;
    }
    std::unordered_map<std::int64_t, std::size_t> place;  // of a synapse's number in `every`
    place.reserve(every.location.size());
    for (std::size_t k = 0; k < every.location.size(); ++k) {
        const auto& [block, position] = every.location[k];
        place[stream.grows ? store.blocks[block].id[static_cast<std::size_t>(position)]
                           : static_cast<std::int64_t>(k)] = k;
    }
    sample.columns = {};
    for (const std::int64_t index : stream.indices) {
        const auto found = place.find(index);
        if (!stream.grows && found == place.end()) {
            network::refuse(base::Code::E401, sample.span,
                            "there is no synapse " + std::to_string(index) + "; '" + stream.group + "' has " +
                                std::to_string(every.location.size()));
        }
        const bool exists = found != place.end();
        sample.columns.location.push_back(exists ? every.location[found->second] : network::Location{0, -1});
        sample.columns.source.push_back(exists ? every.source[found->second] : 0);
        sample.columns.target.push_back(exists ? every.target[found->second] : 0);
    }
}

Streams Recording::streams() const {
    Streams streams;
    for (const Spikes& record : spikes_)
        streams.spikes.push_back({record.group->plan.group, record.group->plan.size});
    for (const Rate& record : rates_)
        streams.rates.push_back({record.name, record.group->plan.group, record.bin_steps});
    for (const Sample& sample : samples_) streams.samples.push_back(sample.stream);
    return streams;
}

void Recording::sample(const Clock& clock) {
    begun_ = true;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
        Sample& sample = samples_[s];
        if (clock.step % sample.stream.every_steps != 0) continue;
        if (sample.synapses != nullptr) sample.synapses->settle(clock.step);
        for (std::size_t v = 0; v < sample.variables.size(); ++v) {
            sample.variables[v].evaluate(clock);
            if (sample.synapses != nullptr) {
                sample.variables[v].pick_synapses(sample.columns, sample.rows[v]);
            } else {
                sample.variables[v].pick_neurons(sample.stream.indices, sample.rows[v]);
            }
            sample.views[v] = sample.rows[v];
        }
        recorder_->sample(s, clock.step, sample.views);
    }
}

void Recording::spikes(const Clock& clock) {
    for (std::size_t s = 0; s < spikes_.size(); ++s) {
        const auto now = spikes_[s].group->spikes(clock.step);
        if (!now.empty()) recorder_->spikes(s, clock.step, now);
    }
    for (std::size_t r = 0; r < rates_.size(); ++r) {
        Rate& rate = rates_[r];
        rate.count += static_cast<std::int64_t>(rate.group->spikes(clock.step).size());
        if ((clock.step + 1) % rate.bin_steps != 0) continue;
        const double seconds = static_cast<double>(rate.bin_steps) * clock.dt;
        recorder_->rate(
            r, clock.step + 1 - rate.bin_steps,
            static_cast<double>(rate.count) / (seconds * static_cast<double>(rate.group->plan.size)));
        rate.count = 0;
    }
}

}  // namespace bouton::sim
