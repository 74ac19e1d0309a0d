// SPDX-License-Identifier: BSD-3-Clause
// Interpreter: random numbers, each a function of seed, stream, step and the words that identify the element.
#include "codegen/ir/traits.hpp"
#include "kernel/bouton_random.h"
#include "kernel/checked.h"
#include "runtime/interpreter/frame.hpp"

namespace bouton::runtime {
namespace {

using namespace codegen;

bn::Counter counter(const Frame& frame, const Op& op, std::int64_t lane) {
    const auto step = static_cast<std::uint64_t>(frame.step(lane));
    const auto word = [&](int k) {
        return static_cast<std::uint32_t>(frame.argument<std::int64_t>(op, k)[lane]);
    };
    return word_count(op) == 1 ? bn::neuron_counter(step, word(0), 0)
                               : bn::synapse_counter(step, word(0), word(1), word(2));
}

template <class T, class F>
void draw(const Frame& frame, ValueId id, F sample) {
    const Op& op = frame.kernel.ops[id];
    const bn::Key key = bn::derive(frame.args.seed, op.stream);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        frame.value<T>(id).set(l, sample(counter(frame, op, l), key, l));
}

template <class T>
void draw_floating(const Frame& frame, ValueId id) {
    if (frame.kernel.ops[id].code == OpCode::random_uniform)
        draw<T>(frame, id, [](bn::Counter c, bn::Key k, std::int64_t) { return bn::uniform<T>(c, k); });
    else
        draw<T>(frame, id, [](bn::Counter c, bn::Key k, std::int64_t) { return bn::normal<T>(c, k); });
}

void draw_word(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    draw<std::int64_t>(frame, id, [&](bn::Counter c, bn::Key k, std::int64_t l) -> std::int64_t {
        return word_count(op) == 1 ? bn::neuron_word(static_cast<std::uint64_t>(frame.step(l)), c.c2, k)
                                   : static_cast<std::uint32_t>(bn::philox(c, k).w0);
    });
}

/// Notes the elements whose argument number `k` is none.
template <class T, class F>
void check_argument(const Frame& frame, ValueId id, int k, F is_one) {
    const Op& op = frame.kernel.ops[id];
    if (!op.checked) return;
    const ValueId argument = op.arguments[static_cast<std::size_t>(k)];
    const Lanes<T> values = frame.argument<T>(op, k);
    for (std::int64_t l = 0; l < frame.lanes; ++l)
        if (!is_one(values[l])) note_overflow(frame, id, l, frame.kernel.ops[argument].uniform);
}

/// Poisson and binomial numbers; T is the type of the mean or the probability.
template <class T>
void draw_integer(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    const Lanes<T> parameter = frame.argument<T>(op, op.argument_count - 1);
    const int last = op.argument_count - 1;
    if (op.code == OpCode::random_poisson) {
        check_argument<T>(frame, id, last, [](T mean) { return bn::is_mean(static_cast<double>(mean)); });
        const auto word = frame.argument<std::int64_t>(op, op.argument_count - 2);
        return draw<std::int64_t>(frame, id, [&](bn::Counter c, bn::Key k, std::int64_t l) {
            return bn::poisson(static_cast<std::uint32_t>(word[l]), static_cast<double>(parameter[l]), c, k);
        });
    }
    check_argument<std::int64_t>(frame, id, last - 1, [](std::int64_t n) { return bn::is_count(n); });
    check_argument<T>(frame, id, last, [](T p) { return bn::is_probability(static_cast<double>(p)); });
    const auto n = frame.argument<std::int64_t>(op, op.argument_count - 2);
    draw<std::int64_t>(frame, id, [&](bn::Counter c, bn::Key k, std::int64_t l) {
        return bn::binomial(n[l], static_cast<double>(parameter[l]), c, k);
    });
}

}  // namespace

template <class Real>
void execute_random(const Frame& frame, ValueId id) {
    const Op& op = frame.kernel.ops[id];
    if (op.code == OpCode::random_word) return draw_word(frame, id);
    if (op.type != Type::integer)
        return op.type == Type::real ? draw_floating<Real>(frame, id) : draw_floating<double>(frame, id);
    return frame.argument_type(op, op.argument_count - 1) == Type::real ? draw_integer<Real>(frame, id)
                                                                        : draw_integer<double>(frame, id);
}

template void execute_random<float>(const Frame&, ValueId);
template void execute_random<double>(const Frame&, ValueId);

}  // namespace bouton::runtime
