// SPDX-License-Identifier: BSD-3-Clause
// A kernel together with the memory it works on. Names in a kernel are looked up once, when it is bound; a call
// then sets the time and goes.
#pragma once

#include "base/archive.hpp"
#include "base/cache_line.hpp"
#include "runtime/callable.hpp"
#include "state/neuron_store.hpp"
#include "state/synapse_store.hpp"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bouton::base {
class ThreadPool;
}

namespace bouton::sim {

/// The moment at which kernels run, and what is the same throughout a run.
struct Clock {
    double dt = 0.0;  ///< s
    std::uint64_t seed = 0;
    std::int64_t step = 0;
    /// Shares out the work of kernels; null: one thread. No result depends on it.
    base::ThreadPool* pool = nullptr;
    /// The network is being built: what a kernel cannot compute is a mistake in what is given.
    bool before_run = false;
    double t() const { return static_cast<double>(step) * dt; }
};

/// Named uniform numbers.
class ScalarTable {
public:
    /// Sets or replaces.
    void set(const codegen::Name& name, double value);
    const double* find(const codegen::Name& name) const;

private:
    std::vector<std::pair<codegen::Name, double>> values_;
};

/// Named sampled signals, ready for kernels.
struct SignalTable {
    std::vector<std::pair<std::string, bn_signal>> signals;
    std::vector<std::unique_ptr<bn_outside>> outside;  ///< of each signal
    std::vector<bn_signal> described;                  ///< as they were added
    std::vector<std::vector<double>> given;  ///< of each signal: what was put in its place, or nothing

    void add(const std::string& name, bn_signal signal);
    /// Samples that take the place of those that were added, from a time on (s); kernels are to be bound after it. As many columns
    /// as before.
    void replace(std::size_t number, std::vector<double> values, double begin);
    /// Writes down which samples there are, or reads it back; kernels are to be bound after it.
    void archive(base::Archive& archive);
    /// Throws an error of that status if some kernel has asked for a column that does not exist.
    void check(int status) const;
};

/// Memory of the caller for one kernel.
using Scratch = std::vector<std::pair<codegen::Name, void*>>;

/// What the names in a kernel may mean. Pointers are borrowed and must outlive the bound kernel, except for the
/// tables, which are read when it is bound.
struct Scope {
    std::string group;                          ///< whose kernel it is, for messages
    const codegen::InputPlan* input = nullptr;  ///< whose kernel it is, if an input's
    state::NeuronStore* self = nullptr;
    std::int64_t self_begin = 0;
    state::NeuronStore* pre = nullptr;
    std::int64_t pre_begin = 0;
    state::NeuronStore* post = nullptr;
    std::int64_t post_begin = 0;
    state::SynapseStore* synapses = nullptr;
    std::size_t block = 0;
    bool candidates =
        false;  ///< pairs that may become synapses: what is per synapse is looked for in `scratch`
    std::vector<const ScalarTable*> scalars;
    const SignalTable* signals = nullptr;
    const bn_deferred* deferred = nullptr;
    Scratch scratch;
};

/// Kernels of several threads lie side by side: none shares a line of the cache.
class alignas(base::kCacheLineBytes) BoundKernel {
public:
    BoundKernel() = default;
    /// `kernel` is needed during the call only.
    BoundKernel(const codegen::Kernel& kernel, std::shared_ptr<const runtime::Callable> callable,
                const Scope& scope);
    BoundKernel(BoundKernel&&) = default;
    BoundKernel& operator=(BoundKernel&&) = default;
    BoundKernel(const BoundKernel&) = delete;
    BoundKernel& operator=(const BoundKernel&) = delete;

    explicit operator bool() const { return callable_ != nullptr; }

    /// n elements: 0 .. n-1. Padded, except for kernels with a single one: compiled code goes by whole lanes.
    /// Many elements are shared out to the clock's threads.
    void run_elements(const Clock& clock, std::int64_t n);
    /// Elements begin .. n-1 on the calling thread; begin is a multiple of BN_SHARE.
    void run_part(const Clock& clock, std::int64_t begin, std::int64_t n) {
        set(clock);
        args_.begin = begin;
        args_.n = n;
        appended_ = 0;
        args_.appended = &appended_;
        call();
    }
    /// The elements that the last run over elements has appended to the kernel's list, ascending.
    std::span<const std::uint32_t> appended() const {
        const auto* list = static_cast<const std::uint32_t*>(arrays_[list_]) + args_.begin;
        return {list, static_cast<std::size_t>(appended_)};
    }
    /// `steps`: by place in the list, for kernels that ask for the elements' own.
    void run_listed(const Clock& clock, const std::uint32_t* list, std::int64_t n,
                    const std::int64_t* steps = nullptr);
    /// `other`: the neuron at the other end by position; `order`: positions, for indirect kernels.
    /// `beyond`: so many segments after these are those of later calls.
    void run_segments(const Clock& clock, std::span<const bn_segment> segments, const std::uint32_t* other,
                      const std::uint32_t* order, std::int64_t beyond = 0) {
        if (segments.empty()) return;
        set(clock);
        args_.n = static_cast<std::int64_t>(segments.size());
        args_.segments = segments.data();
        args_.beyond = beyond;
        args_.other = other;
        args_.order = order;
        call();
    }

    const void* array(std::size_t slot) const { return arrays_[slot]; }
    /// Lets a slot mean another array, which must outlive the kernel's next runs.
    void set_array(std::size_t slot, void* data) { arrays_[slot] = data; }
    void set_deferred(const bn_deferred* deferred) { args_.deferred = deferred; }

private:
    /// A shared variable that the kernel takes as a scalar and that may change: read before each call.
    struct Shared {
        std::size_t slot;
        const state::StateArray* array;
    };

    /// A factor of a variable that is stored relative to an epoch.
    struct Factor {
        std::size_t slot;
        const state::Decay* decay;
        bool rises;
    };

    /// What a message says of an integer that leaves its range and of an argument of a draw that is none; only of kernels in
    /// which there may be one.
    struct Watch {
        /// A sentence around the place: "variable 'x' of " PLACE " leaves the range ..."
        struct Told {
            std::string before, behind, hint;
        };
        std::vector<Told> told;  ///< by op
        std::string group;
        bool of_synapses = false;
        bool by_source = false;
        std::int64_t first = 0;  ///< numbers of the neurons in their groups: the shared end, or the elements
        std::int64_t first_other = 0;
        std::int64_t size = 0;  ///< elements; what comes behind is padding
    };
    void watch(const codegen::Kernel& kernel, const Scope& scope);
    void call() {
        callable_->call(args_);
        if (overflow_.op >= 0) tell(args_, overflow_);
    }
    static Watch::Told told_of(const codegen::Kernel& kernel, std::size_t id, const Scope& scope);
    /// Throws base::Error, unless it is padding.
    void tell(const bn_args& args, bn_overflow& found) const;

    void set(const Clock& clock) {
        args_.overflow = &overflow_;
        before_run_ = clock.before_run;
        for (const Shared& shared : shared_) scalars_[shared.slot] = shared.array->get(0);
        for (const Factor& factor : factors_)
            scalars_[factor.slot] =
                factor.rises ? factor.decay->rise(clock.step) : factor.decay->fall(clock.step);
        args_.t = clock.t();
        args_.dt = clock.dt;
        args_.step = clock.step;
        args_.seed = clock.seed;
    }
    /// Moves the lists of shares of elements together.
    void join_lists(std::int64_t share);

    std::shared_ptr<const runtime::Callable> callable_;
    base::CacheLineVector<void*> arrays_;
    base::CacheLineVector<double> scalars_;
    std::vector<bn_signal> signals_;
    std::vector<Shared> shared_;
    std::vector<Factor> factors_;
    bn_args args_{};
    bn_overflow overflow_{-1, -1, -1};
    bool before_run_ = false;
    std::shared_ptr<const Watch> watch_;
    std::size_t list_ = 0;               ///< the slot of the list that the kernel appends to
    std::int64_t appended_ = 0;          ///< elements on it
    std::vector<std::int64_t> lengths_;  ///< of the lists of shares
    bool splits_ = false;                ///< every element writes to its own places alone
};

/// The array that a kernel stores a result to, under `name` in its scratch; type as the kernel stores it.
state::StateArray make_scratch(const codegen::Kernel& kernel, const codegen::Name& name,
                               codegen::Precision precision, std::int64_t size);

/// Whether the kernel writes to what the synapses of several target blocks share.
bool writes_across_blocks(const codegen::Kernel& kernel, const state::SynapseStore& store);

}  // namespace bouton::sim
