// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: arithmetic, comparisons, logic, selection and conversion, one lane at a time.
#include "kernel/checked.h"
#include "runtime/interpreter/convert.hpp"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {
namespace {

using namespace codegen;

/// Integers are computed in unsigned words, whose overflow wraps.
template <class T>
using Word = std::conditional_t<std::is_same_v<T, std::int64_t>, std::uint64_t, T>;

template <class In, class Out, class F>
void unary(const Frame& frame, ValueId id, F f) {
    const Lanes<In> a = frame.argument<In>(frame.kernel.ops[id], 0);
    const Lanes<Out> out = frame.value<Out>(id);
    for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, static_cast<Out>(f(a[l])));
}

template <class In, class Out, class F>
void binary(const Frame& frame, ValueId id, F f) {
    const Lanes<In> a = frame.argument<In>(frame.kernel.ops[id], 0);
    const Lanes<In> b = frame.argument<In>(frame.kernel.ops[id], 1);
    const Lanes<Out> out = frame.value<Out>(id);
    for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, static_cast<Out>(f(a[l], b[l])));
}

template <class In, class F>
void checked_unary(const Frame& frame, ValueId id, F leaves) {
    const Lanes<In> a = frame.argument<In>(frame.kernel.ops[id], 0);
    for (std::int64_t l = 0; l < frame.lanes; ++l) {
        std::int64_t result = 0;
        if (leaves(a[l], &result)) note_overflow(frame, id, l);
        frame.value<std::int64_t>(id).set(l, result);
    }
}

template <class F>
void checked_binary(const Frame& frame, ValueId id, F leaves) {
    const Lanes<std::int64_t> a = frame.argument<std::int64_t>(frame.kernel.ops[id], 0);
    const Lanes<std::int64_t> b = frame.argument<std::int64_t>(frame.kernel.ops[id], 1);
    for (std::int64_t l = 0; l < frame.lanes; ++l) {
        std::int64_t result = 0;
        if (leaves(a[l], b[l], &result)) note_overflow(frame, id, l);
        frame.value<std::int64_t>(id).set(l, result);
    }
}

void checked(const Frame& frame, ValueId id) {
    using I = std::int64_t;
    const Op& op = frame.kernel.ops[id];
    switch (op.code) {
        case OpCode::add:
            return checked_binary(frame, id, [](I a, I b, I* r) { return bn::add_leaves(a, b, r); });
        case OpCode::subtract:
            return checked_binary(frame, id, [](I a, I b, I* r) { return bn::subtract_leaves(a, b, r); });
        case OpCode::multiply:
            return checked_binary(frame, id, [](I a, I b, I* r) { return bn::multiply_leaves(a, b, r); });
        case OpCode::floor_divide:
            return checked_binary(frame, id, [](I a, I b, I* r) { return bn::floordiv_leaves(a, b, r); });
        case OpCode::negate:
            return checked_unary<I>(frame, id, [](I a, I* r) { return bn::negate_leaves(a, r); });
        default:
            return checked_unary<I>(
                frame, id, [&](I a, I* r) { return bn::power_leaves(a, static_cast<int>(op.slot), r); });
    }
}

template <class T>
void arithmetic(const Frame& frame, ValueId id) {
    using W = Word<T>;
    const Op& op = frame.kernel.ops[id];
    if (op.checked) return checked(frame, id);
    switch (op.code) {
        case OpCode::add: return binary<T, T>(frame, id, [](T a, T b) { return W(a) + W(b); });
        case OpCode::subtract: return binary<T, T>(frame, id, [](T a, T b) { return W(a) - W(b); });
        case OpCode::multiply: return binary<T, T>(frame, id, [](T a, T b) { return W(a) * W(b); });
        case OpCode::negate: return unary<T, T>(frame, id, [](T a) { return -W(a); });
        case OpCode::floor_divide:
            return binary<T, T>(frame, id, [](T a, T b) { return bn::floordiv(a, b); });
        case OpCode::modulo: return binary<T, T>(frame, id, [](T a, T b) { return bn::mod(a, b); });
        case OpCode::power_int:
            return unary<T, T>(frame, id, [&](T a) { return bn::powi(W(a), static_cast<int>(op.slot)); });
        default: break;
    }
    if constexpr (std::is_floating_point_v<T>) {
        if (op.code == OpCode::divide) return binary<T, T>(frame, id, [](T a, T b) { return a / b; });
        if (op.code == OpCode::power) return binary<T, T>(frame, id, [](T a, T b) { return bn::pow(a, b); });
    }
}

template <class T>
void compare(const Frame& frame, ValueId id) {
    switch (frame.kernel.ops[id].code) {
        case OpCode::less: return binary<T, bool>(frame, id, [](T a, T b) { return a < b; });
        case OpCode::less_equal: return binary<T, bool>(frame, id, [](T a, T b) { return a <= b; });
        case OpCode::greater: return binary<T, bool>(frame, id, [](T a, T b) { return a > b; });
        case OpCode::greater_equal: return binary<T, bool>(frame, id, [](T a, T b) { return a >= b; });
        case OpCode::equal: return binary<T, bool>(frame, id, [](T a, T b) { return a == b; });
        default: return binary<T, bool>(frame, id, [](T a, T b) { return a != b; });
    }
}

template <class T>
void select(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    const Lanes<bool> condition = frame.argument<bool>(op, 0);
    const Lanes<T> yes = frame.argument<T>(op, 1);
    const Lanes<T> no = frame.argument<T>(op, 2);
    const Lanes<T> out = frame.value<T>(id);
    for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, condition[l] ? yes[l] : no[l]);
}

template <class Real, class From>
void convert_from(const Frame& frame, ValueId id) {
    with_type<Real>(frame.kernel.ops[id].type, [&](auto type) {
        using To = decltype(type);
        unary<From, To>(frame, id, [](From a) { return convert<To>(a); });
    });
}

}  // namespace

template <class Real>
void execute_arithmetic(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    switch (op.code) {
        case OpCode::less:
        case OpCode::less_equal:
        case OpCode::greater:
        case OpCode::greater_equal:
        case OpCode::equal:
        case OpCode::not_equal:
            return with_type<Real>(frame.argument_type(op, 0),
                                   [&](auto type) { compare<decltype(type)>(frame, id); });
        case OpCode::logical_and: return binary<bool, bool>(frame, id, [](bool a, bool b) { return a && b; });
        case OpCode::logical_or: return binary<bool, bool>(frame, id, [](bool a, bool b) { return a || b; });
        case OpCode::logical_not: return unary<bool, bool>(frame, id, [](bool a) { return !a; });
        case OpCode::select:
            return with_type<Real>(op.type, [&](auto type) { select<decltype(type)>(frame, id); });
        case OpCode::convert:
            if (op.checked && frame.argument_type(op, 0) == Type::real)
                return checked_unary<Real>(frame, id,
                                           [](Real a, std::int64_t* r) { return bn::to_int_leaves(a, r); });
            if (op.checked)
                return checked_unary<double>(
                    frame, id, [](double a, std::int64_t* r) { return bn::to_int_leaves(a, r); });
            return with_type<Real>(frame.argument_type(op, 0),
                                   [&](auto type) { convert_from<Real, decltype(type)>(frame, id); });
        case OpCode::bit:
            return unary<std::int64_t, bool>(frame, id, [&](std::int64_t a) {
                return ((static_cast<std::uint64_t>(a) >> op.slot) & 1) != 0;
            });
        default: break;
    }
    switch (op.type) {
        case Type::real: return arithmetic<Real>(frame, id);
        case Type::f64: return arithmetic<double>(frame, id);
        default: return arithmetic<std::int64_t>(frame, id);
    }
}

template void execute_arithmetic<float>(const Frame&, ValueId);
template void execute_arithmetic<double>(const Frame&, ValueId);

}  // namespace bouton::runtime
