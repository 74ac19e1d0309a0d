// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: the built-in functions, by the names that the kernel headers give them.
#include "kernel/checked.h"
#include "runtime/interpreter/convert.hpp"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {
namespace {

using namespace codegen;
using analysis::Builtin;

template <class T, class F>
void map(const Frame& frame, ValueId id, F f) {
    const Lanes<T> a = frame.argument<T>(frame.kernel.ops[id], 0);
    const Lanes<T> out = frame.value<T>(id);
    for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, f(a[l]));
}

/// f(f(a, b), c) ...
template <class T, class F>
void fold(const Frame& frame, ValueId id, F f) {
    const Op& op = frame.kernel.ops[id];
    const Lanes<T> out = frame.value<T>(id);
    for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, frame.argument<T>(op, 0)[l]);
    for (int k = 1; k < op.argument_count; ++k) {
        const Lanes<T> b = frame.argument<T>(op, k);
        for (std::int64_t l = 0; l < frame.lanes; ++l) out.set(l, f(out[l], b[l]));
    }
}

template <class T>
void clip(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    const Lanes<T> x = frame.argument<T>(op, 0), low = frame.argument<T>(op, 1),
                   high = frame.argument<T>(op, 2);
    for (std::int64_t l = 0; l < frame.lanes; ++l) frame.value<T>(id).set(l, bn::clip(x[l], low[l], high[l]));
}

template <class T>
void call_floating(const Frame& frame, ValueId id) {
    switch (frame.kernel.ops[id].function) {
        case Builtin::exp: return map<T>(frame, id, [](T x) { return bn::exp(x); });
        case Builtin::log: return map<T>(frame, id, [](T x) { return bn::log(x); });
        case Builtin::log10: return map<T>(frame, id, [](T x) { return bn::log10(x); });
        case Builtin::log1p: return map<T>(frame, id, [](T x) { return bn::log1p(x); });
        case Builtin::expm1: return map<T>(frame, id, [](T x) { return bn::expm1(x); });
        case Builtin::exprel: return map<T>(frame, id, [](T x) { return bn::exprel(x); });
        case Builtin::sqrt: return map<T>(frame, id, [](T x) { return bn::sqrt(x); });
        case Builtin::sin: return map<T>(frame, id, [](T x) { return bn::sin(x); });
        case Builtin::cos: return map<T>(frame, id, [](T x) { return bn::cos(x); });
        case Builtin::tan: return map<T>(frame, id, [](T x) { return bn::tan(x); });
        case Builtin::sinh: return map<T>(frame, id, [](T x) { return bn::sinh(x); });
        case Builtin::cosh: return map<T>(frame, id, [](T x) { return bn::cosh(x); });
        case Builtin::tanh: return map<T>(frame, id, [](T x) { return bn::tanh(x); });
        case Builtin::arcsin: return map<T>(frame, id, [](T x) { return bn::asin(x); });
        case Builtin::arccos: return map<T>(frame, id, [](T x) { return bn::acos(x); });
        case Builtin::arctan: return map<T>(frame, id, [](T x) { return bn::atan(x); });
        case Builtin::floor: return map<T>(frame, id, [](T x) { return bn::floor(x); });
        case Builtin::ceil: return map<T>(frame, id, [](T x) { return bn::ceil(x); });
        default: return;
    }
}

template <class T>
void call(const Frame& frame, ValueId id) {
    switch (frame.kernel.ops[id].function) {
        case Builtin::abs: return map<T>(frame, id, [](T x) { return bn::abs(x); });
        case Builtin::sign: return map<T>(frame, id, [](T x) { return bn::sign(x); });
        case Builtin::min: return fold<T>(frame, id, [](T a, T b) { return bn::min(a, b); });
        case Builtin::max: return fold<T>(frame, id, [](T a, T b) { return bn::max(a, b); });
        case Builtin::clip: return clip<T>(frame, id);
        default: break;
    }
    if constexpr (std::is_floating_point_v<T>)
        call_floating<T>(frame, id);
    else
        map<T>(frame, id, [](T x) { return x; });  // floor and ceil of an integer
}

void checked_abs(const Frame& frame, ValueId id) {
    const Lanes<std::int64_t> a = frame.argument<std::int64_t>(frame.kernel.ops[id], 0);
    for (std::int64_t l = 0; l < frame.lanes; ++l) {
        std::int64_t result = 0;
        if (bn::abs_leaves(a[l], &result)) note_overflow(frame, id, l);
        frame.value<std::int64_t>(id).set(l, result);
    }
}

template <class T>
void to_int(const Frame& frame, ValueId id) {
    const Lanes<T> a = frame.argument<T>(frame.kernel.ops[id], 0);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        frame.value<std::int64_t>(id).set(l, convert<std::int64_t>(a[l]));
}

}  // namespace

template <class Real>
void execute_call(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    if (op.function == Builtin::to_int)
        return with_type<Real>(frame.argument_type(op, 0),
                               [&](auto type) { to_int<decltype(type)>(frame, id); });
    if (op.checked) return checked_abs(frame, id);
    switch (op.type) {
        case Type::real: return call<Real>(frame, id);
        case Type::f64: return call<double>(frame, id);
        default: return call<std::int64_t>(frame, id);
    }
}

template void execute_call<float>(const Frame&, ValueId);
template void execute_call<double>(const Frame&, ValueId);

}  // namespace bouton::runtime
