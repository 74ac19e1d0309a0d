// SPDX-License-Identifier: BSD-3-Clause
#include "sim/bind/binding.hpp"

#include "base/diagnostics.hpp"
#include "base/thread_pool.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace bouton::sim {

using codegen::ArraySlot;
using codegen::Name;
using codegen::Owner;
using codegen::Placement;

const double* ScalarTable::find(const Name& name) const {
    for (const auto& [known, value] : values_) {
        if (known == name) return &value;
    }
    return nullptr;
}

void ScalarTable::set(const Name& name, double value) {
    for (auto& [known, old] : values_) {
        if (known == name) {
            old = value;
            return;
        }
    }
    values_.emplace_back(name, value);
}

namespace {

[[noreturn]] void unknown(const codegen::Kernel& kernel, const std::string& what, const std::string& name) {
    throw base::InternalError("kernel " + kernel.name + " asks for an unknown " + what + ", " + name);
}

void* neuron_address(state::NeuronStore* store, std::int64_t begin, const Name& name) {
    const int v = store == nullptr ? -1 : store->find(name);
    if (v < 0) return nullptr;
    const auto at = static_cast<std::size_t>(v);
    return store->arrays[at].at(store->variables[at].placement == Placement::shared ? 0 : begin);
}

void* address(const ArraySlot& slot, const Scope& scope) {
    switch (slot.owner) {
        case Owner::self: return neuron_address(scope.self, scope.self_begin, slot.variable);
        case Owner::pre: return neuron_address(scope.pre, scope.pre_begin, slot.variable);
        case Owner::post: return neuron_address(scope.post, scope.post_begin, slot.variable);
        case Owner::synapse: {
            const int v = scope.synapses == nullptr ? -1 : scope.synapses->find(slot.variable);
            if (v < 0) return nullptr;
            const bool own =
                scope.synapses->variables[static_cast<std::size_t>(v)].placement == Placement::per_synapse;
            if (own && scope.candidates) break;
            return scope.synapses->array(v, scope.block).data();
        }
        case Owner::scratch: break;
    }
    for (const auto& [name, data] : scope.scratch) {
        if (name == slot.variable) return data;
    }
    return nullptr;
}

struct SharedVariable {
    const state::StateArray* array = nullptr;
    bool constant = false;
};

// A shared variable of the synapses, for kernels that take it as a scalar. (Those of neurons are constants, in the tables.)
SharedVariable find_shared(const Name& name, const Scope& scope) {
    const int found = scope.synapses == nullptr ? -1 : scope.synapses->find(name);
    const auto v = static_cast<std::size_t>(found);
    if (found < 0 || scope.synapses->variables[v].placement != Placement::shared) return {};
    return {&scope.synapses->common[v], scope.synapses->variables[v].constant};
}

// The decay that a scalar belongs to.
const state::Decay* find_decay(const Name& scalar, const Scope& scope) {
    const auto find = [&](const std::vector<state::Decay>& decays) -> const state::Decay* {
        for (const state::Decay& decay : decays)
            if (decay.is_fall(scalar) || decay.is_rise(scalar)) return &decay;
        return nullptr;
    };
    const state::Decay* found = scope.synapses == nullptr ? nullptr : find(scope.synapses->decays);
    for (const state::NeuronStore* store : {scope.self, scope.pre, scope.post})
        if (found == nullptr && store != nullptr) found = find(store->decays);
    return found;
}

// How many elements a kernel has, without the padding.
std::int64_t elements_of(const codegen::Kernel& kernel, const Scope& scope) {
    if (scope.self != nullptr) return scope.self->size;
    if (scope.synapses == nullptr) return 0;
    return kernel.side == codegen::Side::post ? scope.synapses->targets : scope.synapses->sources;
}

}  // namespace

void SignalTable::add(const std::string& name, bn_signal signal) {
    outside.push_back(std::make_unique<bn_outside>());
    signal.outside = outside.back().get();
    signals.emplace_back(name, signal);
    described.push_back(signal);
    given.emplace_back();
}

void SignalTable::replace(std::size_t number, std::vector<double> values, double begin) {
    bn_signal& signal = signals[number].second;
    given[number] = std::move(values);
    signal.values = given[number].data();
    signal.samples = std::ssize(given[number]) / signal.columns;
    signal.begin = begin;
}

void SignalTable::archive(base::Archive& archive) {
    auto& [now, notes, original, replaced] = *this;  // all there is; the first samples are the network's
    archive.piece("signals");
    for (std::size_t k = 0; k < now.size(); ++k) {
        notes[k]->found = 0;
        double begin = now[k].second.begin;
        archive.value(begin);
        archive.list(replaced[k]);
        if (!archive.reads()) continue;
        if (replaced[k].empty())
            now[k].second = original[k];
        else
            replace(k, std::move(replaced[k]), begin);
    }
}

void SignalTable::check(int status) const {
    for (const auto& [name, signal] : signals) {
        if (signal.outside->found == 0) continue;
        const std::int64_t element = signal.outside->element;
        const std::int64_t pair = element - BN_PAIR;
        constexpr std::int64_t kIds = std::int64_t{1} << 31;
        throw base::Error(
            "the signal '" + name + "' has " + std::to_string(signal.columns) + " columns, but " +
                (pair >= 0
                     ? "synapse (" + std::to_string(pair / kIds) + ", " + std::to_string(pair % kIds) + ")"
                     : "neuron " + std::to_string(element)) +
                " asks for column " + std::to_string(signal.outside->column) +
                " at t = " + std::to_string(signal.outside->t) + " s",
            status);
    }
}

BoundKernel::BoundKernel(const codegen::Kernel& kernel, std::shared_ptr<const runtime::Callable> callable,
                         const Scope& scope)
    : callable_(std::move(callable)) {
    for (const ArraySlot& slot : kernel.arrays) {
        void* data = address(slot, scope);
        if (data == nullptr) unknown(kernel, "array", slot.variable.to_string());
        arrays_.push_back(data);
    }
    for (std::size_t s = 0; s < kernel.scalars.size(); ++s) {
        const double* value = nullptr;
        for (const ScalarTable* table : scope.scalars) {
            if (value == nullptr) value = table->find(kernel.scalars[s]);
        }
        scalars_.push_back(value != nullptr ? *value : 0.0);
        if (value != nullptr) continue;
        if (const state::Decay* decay = find_decay(kernel.scalars[s], scope)) {
            factors_.push_back({s, decay, decay->is_rise(kernel.scalars[s])});
            continue;
        }
        const SharedVariable shared = find_shared(kernel.scalars[s], scope);
        if (shared.array == nullptr) unknown(kernel, "scalar", kernel.scalars[s].to_string());
        if (shared.constant)
            scalars_[s] = shared.array->get(0);
        else
            shared_.push_back({s, shared.array});
    }
    for (const std::string& name : kernel.signals) {
        const bn_signal* found = nullptr;
        if (scope.signals != nullptr) {
            for (const auto& [known, signal] : scope.signals->signals) {
                if (known == name) found = &signal;
            }
        }
        if (found == nullptr) unknown(kernel, "signal", name);
        signals_.push_back(*found);
        signals_.back().elements = elements_of(kernel, scope);
    }
    args_.arrays = arrays_.data();
    args_.scalars = scalars_.data();
    args_.signals = signals_.data();
    args_.deferred = scope.deferred;
    for (const codegen::Op& op : kernel.ops)
        if (op.code == codegen::OpCode::append) list_ = op.slot;
    watch(kernel, scope);
    splits_ = kernel.domain == codegen::Domain::elements && !kernel.sequential &&
              std::all_of(kernel.arrays.begin(), kernel.arrays.end(), [](const ArraySlot& slot) {
                  return !slot.written || slot.index == codegen::Index::element;
              });
}

namespace {

/// The variable of the user's that the value of an op goes to first.
std::string variable_of(const codegen::Kernel& kernel, std::size_t id) {
    std::vector<bool> depends(kernel.ops.size(), false);
    depends[id] = true;
    for (std::size_t later = id; later < kernel.ops.size(); ++later) {
        const codegen::Op& op = kernel.ops[later];
        for (int k = 0; k < op.argument_count; ++k)
            if (depends[op.arguments[static_cast<std::size_t>(k)]]) depends[later] = true;
        const bool stores = op.code == codegen::OpCode::store || op.code == codegen::OpCode::accumulate;
        if (stores && depends[later] && kernel.arrays[op.slot].variable.is_user())
            return kernel.arrays[op.slot].variable.word();
    }
    return {};
}

}  // namespace

BoundKernel::Watch::Told BoundKernel::told_of(const codegen::Kernel& kernel, std::size_t id,
                                              const Scope& scope) {
    using codegen::OpCode;
    const OpCode code = kernel.ops[id].code;
    if (scope.input != nullptr && id == scope.input->count)
        return {"the rate of [input." + scope.input->name + "] for ", "is not finite or too great", ""};
    const std::string variable = variable_of(kernel, id);
    const std::string of = variable.empty() ? "" : "variable '" + variable + "' of ";
    if (code == OpCode::random_poisson)
        return {"the mean of poisson(), drawn for " + of, "is negative, not finite or too great",
                "; where it may fall below zero and 0 is meant, write clip(..., 0, inf)"};
    if (code == OpCode::random_binomial)
        return {"the arguments of binomial(), drawn for " + of,
                "are no number of trials and a probability, from 0 on and from 0 to 1", ""};
    return {variable.empty() ? "a whole number of " : of, "leaves the range of whole numbers, 64 bits,", ""};
}

void BoundKernel::watch(const codegen::Kernel& kernel, const Scope& scope) {
    const bool any =
        std::any_of(kernel.ops.begin(), kernel.ops.end(), [](const codegen::Op& op) { return op.checked; });
    if (!any) return;
    Watch made;
    for (std::size_t id = 0; id < kernel.ops.size(); ++id)
        made.told.push_back(kernel.ops[id].checked ? told_of(kernel, id, scope) : Watch::Told{});
    made.group = scope.group;
    made.of_synapses = kernel.domain == codegen::Domain::synapses;
    made.by_source = kernel.side == codegen::Side::pre;
    made.first = made.by_source ? scope.pre_begin : scope.post_begin;
    made.first_other = made.by_source ? scope.post_begin : scope.pre_begin;
    made.size = std::numeric_limits<std::int64_t>::max();
    if (scope.self != nullptr) {
        made.first = scope.self_begin;
        made.size = scope.self->size - scope.self_begin;
    } else if (scope.synapses != nullptr && !made.of_synapses) {
        made.size = made.by_source ? scope.synapses->sources : scope.synapses->targets;
    }
    watch_ = std::make_shared<const Watch>(std::move(made));
}

void BoundKernel::tell(const bn_args& args, bn_overflow& found) const {
    const bn_overflow first = std::exchange(found, bn_overflow{-1, -1, -1});
    if (!watch_ || (!watch_->of_synapses && first.element >= watch_->size)) return;
    const Watch::Told& told = watch_->told[static_cast<std::size_t>(first.op)];
    std::string where = "'" + watch_->group + "'";
    if (first.element >= 0) {
        const std::string one = std::to_string(watch_->first + first.element);
        const std::string other = std::to_string(watch_->first_other + first.other);
        where = (watch_->of_synapses
                     ? "synapse (" + (watch_->by_source ? one + ", " + other : other + ", " + one) + ")"
                     : "neuron " + one) +
                " of " + where;
    }
    throw base::Error(
        told.before + where + " " + told.behind + " at t = " + std::to_string(args.t) + " s" + told.hint,
        before_run_ ? 2 : 1);
}

void BoundKernel::run_elements(const Clock& clock, std::int64_t n) {
    // Below this a thread's share takes less time than waking it.
    constexpr std::int64_t kShare = 2048;
    if (clock.pool == nullptr || !splits_ || n < 2 * kShare) return run_part(clock, 0, n);
    const std::int64_t parts = std::min(n / kShare, static_cast<std::int64_t>(clock.pool->threads()));
    const std::int64_t share = (n / BN_SHARE + parts) / parts * BN_SHARE;
    set(clock);
    lengths_.assign(static_cast<std::size_t>(parts), 0);
    clock.pool->run(lengths_.size(), [&](std::size_t part, std::size_t) {
        bn_args args = args_;
        args.begin = static_cast<std::int64_t>(part) * share;
        args.n = std::min(n, args.begin + share);
        std::int64_t count = 0;
        args.appended = &count;
        bn_overflow overflow{-1, -1, -1};
        args.overflow = &overflow;
        if (args.begin < args.n) callable_->call(args);
        if (overflow.op >= 0) tell(args, overflow);
        lengths_[part] = count;
    });
    join_lists(share);
}

void BoundKernel::join_lists(std::int64_t share) {
    args_.begin = 0;
    appended_ = 0;
    for (std::size_t part = 0; part < lengths_.size(); ++part) {
        if (lengths_[part] == 0) continue;
        auto* list = static_cast<std::uint32_t*>(arrays_[list_]);
        const auto* own = list + static_cast<std::int64_t>(part) * share;
        std::copy(own, own + lengths_[part], list + appended_);
        appended_ += lengths_[part];
    }
}

void BoundKernel::run_listed(const Clock& clock, const std::uint32_t* list, std::int64_t n,
                             const std::int64_t* steps) {
    if (n == 0) return;
    set(clock);
    args_.steps = steps;
    args_.n = n;
    args_.list = list;
    call();
}

state::StateArray make_scratch(const codegen::Kernel& kernel, const Name& name, codegen::Precision precision,
                               std::int64_t size) {
    for (const ArraySlot& slot : kernel.arrays) {
        if (slot.owner == Owner::scratch && slot.variable == name) return {slot.stored, precision, size};
    }
    throw base::InternalError("kernel " + kernel.name + " stores no " + name.to_string());
}

bool writes_across_blocks(const codegen::Kernel& kernel, const state::SynapseStore& store) {
    for (const ArraySlot& slot : kernel.arrays) {
        if (!slot.written) continue;
        if (slot.index == codegen::Index::source || slot.owner == Owner::pre) return true;
        if (slot.owner != Owner::synapse) continue;
        const int v = store.find(slot.variable);
        if (v >= 0 && store.variables[static_cast<std::size_t>(v)].placement == Placement::shared)
            return true;
    }
    return false;
}

}  // namespace bouton::sim
