// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: ops that bring values in - constants, clock, indices, arrays, signals.
#include "codegen/ir/traits.hpp"
#include "kernel/signal.h"
#include "runtime/interpreter/array_access.hpp"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {
namespace {

using namespace codegen;

template <class T>
void fill(const Frame& frame, ValueId id, T value) {
    for (std::int64_t l = 0; l < frame.lanes; ++l) frame.value<T>(id).set(l, value);
}

template <class Real, class Indices>
void load(const Frame& frame, ValueId id, Indices where) {
    const Op& op = frame.kernel.ops[id];
    with_elements<Real>(frame, op.slot, [&](const auto* elements) {
        with_type<Real>(op.type, [&](auto example) {
            using T = decltype(example);
            const Lanes<T> out = frame.value<T>(id);
            for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, convert<T>(elements[where[l]]));
        });
    });
}

void signal(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    const bn_signal& signal = frame.args.signals[op.slot];
    const bool has_time = op.code == OpCode::signal_at;
    const int place = column_argument(op);
    const bool has_column = op.argument_count > place;
    const double* row = bn::signal_row(signal, frame.args.t);
    for (std::int64_t l = 0; l < frame.lanes; ++l) {
        const std::int64_t column = has_column ? frame.argument<std::int64_t>(op, place)[l] : 0;
        frame.value<double>(id).set(l, has_time
                                           ? bn::signal_at(signal, frame.argument<double>(op, 0)[l], column)
                                           : bn::signal_column(row, signal.columns, column));
    }
    const int words = op.argument_count - place - 1;
    if (words <= 0) return;
    bn::Outside outside{signal};
    const auto columns = frame.argument<std::int64_t>(op, place);
    const auto first = frame.argument<std::int64_t>(op, place + 1);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        outside.note(columns[l],
                     words == 1 ? first[l]
                                : bn::pair_number(first[l], frame.argument<std::int64_t>(op, place + 2)[l]));
    outside.report(frame.args.t);
}

}  // namespace

template <class Real>
void execute_leaf(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    switch (op.code) {
        case OpCode::constant:
            return with_type<Real>(op.type,
                                   [&](auto type) { fill(frame, id, convert<decltype(type)>(op.number)); });
        case OpCode::scalar: return fill(frame, id, frame.args.scalars[op.slot]);
        case OpCode::time: {
            if (!frame.kernel.own_steps) return fill(frame, id, frame.args.t);
            for (std::int64_t l = 0; l < frame.lanes; ++l)
                frame.value<double>(id).set(l, static_cast<double>(frame.step(l)) * frame.args.dt);
            return;
        }
        case OpCode::step_size: return fill(frame, id, frame.args.dt);
        case OpCode::step:
            for (std::int64_t l = 0; l < frame.lanes; ++l)
                frame.value<std::int64_t>(id).set(l, frame.step(l));
            return;
        case OpCode::index_of: {
            const bool source = op.index == Index::source;
            const std::int64_t* numbers = source ? frame.source_number() : frame.index(op.index);
            for (std::int64_t l = 0; l < frame.lanes; ++l) frame.value<std::int64_t>(id).set(l, numbers[l]);
            return;
        }
        case OpCode::load: return load<Real>(frame, id, frame.index(frame.kernel.arrays[op.slot].index));
        case OpCode::load_at: return load<Real>(frame, id, frame.argument<std::int64_t>(op, 0));
        case OpCode::event_field: return fill(frame, id, event_field<Real>(frame, op.slot));
        default: return signal(frame, id);
    }
}

template void execute_leaf<float>(const Frame&, ValueId);
template void execute_leaf<double>(const Frame&, ValueId);

}  // namespace bouton::runtime
