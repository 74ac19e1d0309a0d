// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/sampler.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <unordered_map>

namespace bouton::sim {

using codegen::Name;
using codegen::Placement;
using codegen::Role;
using state::StateArray;

std::vector<state::Location> find_synapses(const state::SynapseStore& store,
                                           const std::vector<std::int64_t>& numbers) {
    std::vector<state::Location> found(numbers.size(), state::Location{0, -1});
    std::unordered_multimap<std::int64_t, std::size_t> wanted;
    for (std::size_t k = 0; k < numbers.size(); ++k) wanted.emplace(numbers[k], k);
    const auto note = [&](std::int64_t number, const state::Location& location) {
        const auto [first, last] = wanted.equal_range(number);
        for (auto it = first; it != last; ++it) found[it->second] = location;
    };
    if (store.keeps_id) {
        state::each_numbered(store, note);
        return found;
    }
    std::vector<std::int64_t> ascending = numbers;
    std::sort(ascending.begin(), ascending.end());
    std::int64_t number = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(store.sources); ++i) {
        std::int64_t size = 0;
        for (const auto& block : store.blocks) size += block.end_of(i) - block.row_begin[i];
        const auto first = std::lower_bound(ascending.begin(), ascending.end(), number);
        if (first != ascending.end() && *first < number + size) {
            std::int64_t at = number;
            for (const auto& location : state::rows_in_order(store, {i, i + 1})) note(at++, location);
        }
        number += size;
    }
    return found;
}

SynapseColumns columns_of(const state::SynapseStore& store, std::vector<state::Location> location) {
    SynapseColumns columns;
    columns.location = std::move(location);
    columns.source.reserve(columns.location.size());
    columns.target.reserve(columns.location.size());
    std::vector<state::RowFinder> rows(store.blocks.begin(), store.blocks.end());
    for (const auto& [b, position] : columns.location) {
        if (position < 0) {  // a synapse that went
            columns.source.push_back(0);
            columns.target.push_back(0);
            continue;
        }
        columns.source.push_back(static_cast<std::uint32_t>(rows[b].row_of(position)));
        columns.target.push_back(store.blocks[b].target[static_cast<std::size_t>(position)]);
    }
    return columns;
}

VariableSampler::VariableSampler(const codegen::RecordVariable& variable, NeuronGroup* neurons,
                                 SynapseGroup* synapses, Context& context, When when,
                                 const ScalarTable* extra)
    : variable_(variable),
      name_(Name::user(variable.name)),
      neurons_(neurons),
      synapses_(synapses),
      context_(context),
      when_(when),
      extra_(extra) {}

void VariableSampler::bind() {
    out_.clear();
    out_begin_.clear();
    if (!variable_.kernel) {
        const int v = neurons_ != nullptr ? neurons_->store.find(name_) : synapses_->store.find(name_);
        if (v < 0) throw base::InternalError("no variable " + variable_.name + " to record");
        return;
    }
    const codegen::Kernel& kernel = *variable_.kernel;
    if (kernel.domain == codegen::Domain::synapses) {
        for (const auto& block : synapses_->store.blocks) {
            out_.push_back(make_scratch(kernel, Name::of(Role::out), context_.precision, block.positions()));
        }
        out_begin_.assign(out_.size(), 0);
        rows_ = synapses_->bind_rows(
            kernel, extra_,
            [this](std::size_t b) {
                return Scratch{{Name::of(Role::out), out_[b].data()}};
            },
            when_);
        return;
    }
    std::int64_t size = 1;
    if (neurons_ != nullptr) {
        size = neurons_->plan.size;
    } else if (variable_.placement == Placement::per_source) {
        size = synapses_->store.sources;
    } else if (variable_.placement == Placement::per_target) {
        size = synapses_->store.targets;
    }
    out_.push_back(make_scratch(kernel, Name::of(Role::out), context_.precision, size));
    Scope scope = neurons_ != nullptr ? neurons_->scope() : synapses_->scope();
    if (extra_ != nullptr) scope.scalars.insert(scope.scalars.begin(), extra_);
    scope.scratch.emplace_back(Name::of(Role::out), out_.front().data());
    elements_ = BoundKernel(kernel, context_.callables->of(kernel, when_), scope);
}

void VariableSampler::evaluate(const Clock& clock) {
    if (!variable_.kernel) return;
    if (elements_) {
        elements_.run_elements(clock, state::padded(out_.front().size()));
    } else {
        rows_.run(clock, synapses_->all(rows_.route()));
    }
}

void VariableSampler::evaluate(const Clock& clock, const Segments& synapses) {
    if (variable_.kernel && !elements_)
        rows_.run(clock, synapses);
    else
        evaluate(clock);
}

void VariableSampler::evaluate(const Clock& clock, state::RowRange rows) {
    if (!variable_.kernel) return;
    if (variable_.kernel->domain != codegen::Domain::synapses) {
        if (!elements_) bind();
        return evaluate(clock);
    }
    synapses_->run_rows(*variable_.kernel, when_, clock, rows, out_, out_begin_);
}

Placement VariableSampler::placement() const {
    if (variable_.kernel) return variable_.placement;
    const auto& variables = neurons_ != nullptr ? neurons_->store.variables : synapses_->store.variables;
    return variables[static_cast<std::size_t>(state::find_variable(variables, name_))].placement;
}

const StateArray& VariableSampler::array(std::size_t block) const {
    if (variable_.kernel) return out_.size() > 1 ? out_[block] : out_.front();
    if (neurons_ != nullptr)
        return neurons_->store.arrays[static_cast<std::size_t>(neurons_->store.find(name_))];
    return synapses_->store.array(synapses_->store.find(name_), block);
}

/// The values of elements at the start of the step, where they are stored relative to an epoch as well.
template <class Value>
auto VariableSampler::as_present(const Value* values) const {
    const state::Decay* decay =
        variable_.kernel ? nullptr
                         : state::find_decay(
                               neurons_ != nullptr ? neurons_->store.decays : synapses_->store.decays, name_);
    const auto factor = static_cast<Value>(decay == nullptr ? 1.0 : decay->fall(context_.clock.step));
    return [=](std::int64_t at) {
        return static_cast<double>(decay == nullptr ? values[at] : static_cast<Value>(values[at] * factor));
    };
}

void VariableSampler::pick_neurons(const std::vector<std::int64_t>& neurons, std::vector<double>& out) const {
    const StateArray& values = array(0);
    const bool shared = placement() == Placement::shared;
    out.resize(neurons.size());
    values.visit([&](const auto* p) {
        const auto present = as_present(p);
        for (std::size_t k = 0; k < neurons.size(); ++k) out[k] = present(shared ? 0 : neurons[k]);
    });
}

void VariableSampler::pick_synapses(const SynapseColumns& columns, std::span<double> out) const {
    const Placement where = placement();
    if (where != Placement::per_synapse) {
        array(0).visit([&](const auto* values) {
            const auto present = as_present(values);
            for (std::size_t k = 0; k < out.size(); ++k) {
                const std::int64_t at = where == Placement::per_source   ? columns.source[k]
                                        : where == Placement::per_target ? columns.target[k]
                                                                         : 0;
                out[k] = present(at);
            }
        });
    } else {
        array(0).visit([&]<class T>(const T*) {
            std::vector<const T*> values;  // by block
            for (std::size_t b = 0; b < synapses_->store.blocks.size(); ++b)
                values.push_back(static_cast<const T*>(array(b).data()));
            const std::int64_t* begin = variable_.kernel ? out_begin_.data() : nullptr;
            for (std::size_t k = 0; k < out.size(); ++k) {
                const auto& [block, position] = columns.location[k];
                const std::int64_t at = begin != nullptr ? position - begin[block] : position;
                out[k] = at < 0 ? 0.0 : static_cast<double>(values[block][at]);
            }
        });
    }
    for (std::size_t k = 0; k < out.size(); ++k) {
        if (columns.location[k].position < 0) out[k] = std::numeric_limits<double>::quiet_NaN();
    }
}

void VariableSampler::store_back() const {
    auto& arrays = synapses_->store;
    for (std::size_t b = 0; b < out_.size(); ++b) {
        StateArray& to = arrays.array(arrays.find(name_), b);
        for (std::int64_t k = 0; k < to.size(); ++k) to.set(k, out_[b].get(k));
        to.pad();
    }
}

}  // namespace bouton::sim
