// SPDX-License-Identifier: BSD-3-Clause
// The reference back end: walks the domain of a kernel in blocks of lanes and executes one op after the other on
// the whole block. Written for clarity; the compiled back end must give the same bits.
#include "base/stop.hpp"
#include "codegen/ir/traits.hpp"
#include "kernel/checked.h"
#include "runtime/callable.hpp"
#include "runtime/interpreter/frame.hpp"

#include <algorithm>

namespace bouton::runtime {
namespace {

using namespace codegen;

constexpr std::int64_t kMostLanes = 256;
constexpr std::int64_t kFewestLanes = 16;
constexpr std::int64_t kWords = std::int64_t{1} << 17;  // of registers, before blocks become shorter
constexpr std::size_t kIndexBuffers = kIndices + 1;

std::int64_t lanes_for(const Kernel& kernel) {
    if (one_after_the_other(kernel)) return 1;
    return std::clamp(kWords / std::max<std::int64_t>(1, static_cast<std::int64_t>(kernel.ops.size())),
                      kFewestLanes, kMostLanes);
}

/// Memory of the calling thread that only grows: registers, then index buffers.
std::byte* thread_memory(std::size_t bytes) {
    thread_local std::vector<std::uint64_t> memory;
    const std::size_t words = (bytes + 7) / 8;
    if (memory.size() < words) memory.resize(words);
    return reinterpret_cast<std::byte*>(memory.data());
}

template <class Real>
void execute(const Frame& frame, ValueId id) {
    const OpCode code = frame.kernel.ops[id].code;
    if (code <= OpCode::signal_at) return execute_leaf<Real>(frame, id);
    if (is_effect(code)) return execute_effect<Real>(frame, id);
    if (is_random(code)) return execute_random<Real>(frame, id);
    if (code == OpCode::call) return execute_call<Real>(frame, id);
    execute_arithmetic<Real>(frame, id);
}

template <class Real>
class Interpreted final : public Callable {
public:
    explicit Interpreted(Kernel kernel) : kernel_(std::move(kernel)), lanes_(lanes_for(kernel_)) {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id)
            (kernel_.ops[id].uniform  ? uniform_
             : id < kernel_.event_ops ? of_events_
                                      : varying_)
                .push_back(id);
    }

    void call(const bn_args& args) const override {
        if (args.n <= 0) return;
        const std::size_t register_bytes = static_cast<std::size_t>(lanes_) * 8;
        std::byte* memory = thread_memory((kernel_.ops.size() + kIndexBuffers) * register_bytes);
        auto* indices = reinterpret_cast<std::int64_t*>(memory + kernel_.ops.size() * register_bytes);
        Frame frame{kernel_, args, memory, register_bytes, indices, lanes_};
        evaluate_uniform(frame);
        frame.lanes = 0;
        switch (kernel_.domain) {
            case Domain::elements: return walk_elements(frame);
            case Domain::listed: return walk_list(frame);
            case Domain::synapses: return walk_synapses(frame);
        }
    }

private:
    /// Each once, then the same in every lane.
    void evaluate_uniform(const Frame& frame) const {
        for (const ValueId id : uniform_) {
            execute<Real>(frame, id);
            with_type<Real>(kernel_.ops[id].type, [&](auto type) {
                const auto lanes = frame.value<decltype(type)>(id);
                for (std::int64_t l = 1; l < lanes_; ++l) lanes.set(l, lanes[0]);
            });
        }
    }

    /// Executes the lanes gathered so far, if `at_least` many. Whatever builds a network comes here again and again, so this
    /// is where a request to stop ends it.
    void run(Frame& frame, std::int64_t at_least) const {
        if (frame.lanes < at_least) return;
        for (const ValueId id : varying_) execute<Real>(frame, id);
        frame.lanes = 0;
        base::check_stop();
    }

    void walk_elements(Frame& frame) const {
        for (std::int64_t k = frame.args.begin; k < frame.args.n; ++k) {
            frame.index(Index::element)[frame.lanes++] = k;
            run(frame, lanes_);
        }
        run(frame, 1);
    }

    void walk_list(Frame& frame) const {
        for (std::int64_t l = 0; l < frame.args.n; ++l) {
            if (kernel_.own_steps) frame.own_steps()[frame.lanes] = frame.args.steps[l];
            frame.index(Index::element)[frame.lanes++] = frame.args.list[l];
            run(frame, lanes_);
        }
        run(frame, 1);
    }

    void walk_synapses(Frame& frame) const {
        const bool by_source = kernel_.side == Side::pre;
        std::int64_t* shared = frame.index(by_source ? Index::source : Index::target);
        std::int64_t* other = frame.index(by_source ? Index::target : Index::source);
        for (const bn_segment* segment = frame.args.segments; segment != frame.args.segments + frame.args.n;
             ++segment) {
            for (std::int64_t k = segment->begin; k < segment->end; ++k) {
                const std::int64_t s = kernel_.indirect ? frame.args.order[k] : k;
                shared[frame.lanes] = by_source ? segment->at : segment->id;
                frame.source_number()[frame.lanes] = by_source ? segment->id : frame.args.other[s];
                other[frame.lanes] = frame.args.other[s];
                frame.index(Index::synapse)[frame.lanes++] = s;
                if (!of_events_.empty()) meet_events(frame, *segment, frame.args.other[s], s);
                run(frame, lanes_);
            }
        }
        run(frame, 1);
    }

    /// The deferred events of one synapse, oldest first.
    void meet_events(const Frame& block, const bn_segment& segment, std::int64_t target,
                     std::int64_t synapse) const {
        std::int64_t indices[kIndexBuffers] = {};
        Frame frame{kernel_, block.args, block.registers, block.register_bytes, indices, 1};
        frame.index(Index::source)[0] = segment.at;
        frame.source_number()[0] = segment.id;
        frame.index(Index::target)[0] = target;
        frame.index(Index::synapse)[0] = synapse;
        const Real processed_until =
            static_cast<const Real*>(frame.args.deferred->processed_until)[segment.at];
        frame.event = 0;
        const auto waits = [&] {
            const Real when = event_field<Real>(frame, 0);
            return kernel_.events_fall ? when <= processed_until : when >= processed_until;
        };
        while (frame.event < frame.args.deferred->blocks * BN_EVENTS && waits()) ++frame.event;
        while (frame.event-- > 0)
            for (const ValueId id : of_events_) execute<Real>(frame, id);
    }

    Kernel kernel_;
    std::int64_t lanes_;
    std::vector<ValueId> uniform_, varying_, of_events_;
};

}  // namespace

void note_overflow(const Frame& frame, ValueId id, std::int64_t lane, bool of_all) {
    std::int64_t element = -1, other = -1;
    of_all = of_all || frame.kernel.ops[id].uniform;
    if (!of_all && frame.kernel.domain != Domain::synapses) element = frame.index(Index::element)[lane];
    if (!of_all && frame.kernel.domain == Domain::synapses) {
        const std::int64_t source = frame.source_number()[lane], target = frame.index(Index::target)[lane];
        const bool by_source = frame.kernel.side == Side::pre;
        element = by_source ? source : target;
        other = by_source ? target : source;
    }
    bn::note_overflow(frame.args.overflow, static_cast<std::int64_t>(id), element, other);
}

Module interpret(const std::vector<Kernel>& kernels, Precision precision) {
    Module module;
    for (const Kernel& kernel : kernels) {
        check(kernel);
        if (precision == Precision::f64)
            module.kernels.push_back(std::make_shared<Interpreted<double>>(kernel));
        else
            module.kernels.push_back(std::make_shared<Interpreted<float>>(kernel));
    }
    return module;
}

}  // namespace bouton::runtime
