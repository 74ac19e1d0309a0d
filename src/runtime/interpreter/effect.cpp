// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: ops that change arrays, strictly in the order of the lanes.
#include "kernel/checked.h"
#include "runtime/interpreter/array_access.hpp"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {
namespace {

using namespace codegen;

/// The sum as its element holds it: floating point in its own precision, integers modulo their size.
template <class Element, class Value>
Element sum(Element old, Value value) {
    if constexpr (std::is_floating_point_v<Element>)
        return old + convert<Element>(value);
    else
        return static_cast<Element>(static_cast<std::uint64_t>(old) +
                                    static_cast<std::uint64_t>(convert<std::int64_t>(value)));
}

/// Whole numbers that are added to those of 64 bits.
template <class Indices>
void checked_sum(const Frame& frame, ValueId id, Indices where) {
    const Op& op = frame.kernel.ops[id];
    auto* elements = static_cast<std::int64_t*>(frame.args.arrays[op.slot]);
    const auto values = frame.argument<std::int64_t>(op, 0);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        if (bn::add_leaves(elements[where[l]], values[l], &elements[where[l]])) note_overflow(frame, id, l);
}

template <class Real, class Indices>
void effect(const Frame& frame, ValueId id, Indices where) {
    const Op& op = frame.kernel.ops[id];
    if (op.checked) return checked_sum(frame, id, where);
    with_elements<Real>(frame, op.slot, [&](auto* elements) {
        using Element = std::remove_pointer_t<decltype(elements)>;
        with_type<Real>(op.type, [&](auto type) {
            const auto values = frame.argument<decltype(type)>(op, 0);
            if (op.code == OpCode::store)
                for (std::int64_t l = 0; l < frame.lanes; ++l)
                    elements[where[l]] = convert<Element>(values[l]);
            else
                for (std::int64_t l = 0; l < frame.lanes; ++l)
                    elements[where[l]] = sum(elements[where[l]], values[l]);
        });
    });
}

void append(const Frame& frame, const Op& op) {
    auto* list = static_cast<std::uint32_t*>(frame.args.arrays[op.slot]) + frame.args.begin;
    const auto listed = frame.argument<bool>(op, 0);
    const std::int64_t* number = frame.index(Index::element);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        if (listed[l]) list[(*frame.args.appended)++] = static_cast<std::uint32_t>(number[l]);
}

}  // namespace

template <class Real>
void execute_effect(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    if (op.code == OpCode::append) return append(frame, op);
    if (op.code == OpCode::accumulate_at)
        effect<Real>(frame, id, frame.argument<std::int64_t>(op, 1));
    else
        effect<Real>(frame, id, frame.index(frame.kernel.arrays[op.slot].index));
}

template void execute_effect<float>(const Frame&, ValueId);
template void execute_effect<double>(const Frame&, ValueId);

}  // namespace bouton::runtime
