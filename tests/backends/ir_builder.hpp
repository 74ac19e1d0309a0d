// SPDX-License-Identifier: BSD-3-Clause
// Builds lowered kernels by hand: each function appends one op and returns its number.
#pragma once

#include "codegen/ir/ir.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace bouton::test {

using namespace codegen;
using analysis::Builtin;

class IrBuilder {
public:
    explicit IrBuilder(std::string name, Domain domain = Domain::elements) {
        kernel_.name = std::move(name);
        kernel_.domain = domain;
    }

    Kernel& kernel() { return kernel_; }
    Kernel take() { return std::move(kernel_); }
    Type type_of(ValueId id) const { return kernel_.ops[id].type; }

    std::uint32_t array(const std::string& name, Stored stored, Index index = Index::element,
                        Owner owner = Owner::self) {
        kernel_.arrays.push_back({owner, index, Name::user(name), stored, false});
        return static_cast<std::uint32_t>(kernel_.arrays.size() - 1);
    }

    /// Ops from here on come from this line.
    void note(std::string text) {
        kernel_.notes.push_back(std::move(text));
        note_ = static_cast<std::int32_t>(kernel_.notes.size() - 1);
    }

    ValueId add(Op op, std::initializer_list<ValueId> arguments = {}) {
        for (const ValueId id : arguments) op.arguments[op.argument_count++] = id;
        op.note = std::exchange(note_, -1);
        kernel_.ops.push_back(op);
        return static_cast<ValueId>(kernel_.ops.size() - 1);
    }

    ValueId op(OpCode code, Type type, std::initializer_list<ValueId> arguments) {
        return add({.code = code, .type = type}, arguments);
    }

    // leaves
    ValueId constant(double number, Type type = Type::real) {
        return add({.code = OpCode::constant, .type = type, .number = number});
    }
    ValueId scalar(const std::string& name) {
        kernel_.scalars.push_back(Name::constant(name));
        return add({.code = OpCode::scalar,
                    .type = Type::f64,
                    .uniform = true,
                    .slot = static_cast<std::uint32_t>(kernel_.scalars.size() - 1)});
    }
    ValueId real_scalar(const std::string& name) {
        return add({.code = OpCode::convert, .type = Type::real, .uniform = true}, {scalar(name)});
    }
    ValueId time() { return add({.code = OpCode::time, .type = Type::f64, .uniform = true}); }
    ValueId step_size() { return add({.code = OpCode::step_size, .type = Type::f64, .uniform = true}); }
    ValueId step() { return add({.code = OpCode::step, .type = Type::integer, .uniform = true}); }
    ValueId own_time() { return add({.code = OpCode::time, .type = Type::f64}); }
    ValueId own_step() { return add({.code = OpCode::step, .type = Type::integer}); }
    ValueId index_of(Index index) {
        return add({.code = OpCode::index_of, .type = Type::integer, .index = index});
    }
    ValueId load(std::uint32_t slot, Type type = Type::real) {
        return add({.code = OpCode::load, .type = type, .slot = slot});
    }
    ValueId load_at(std::uint32_t slot, ValueId index, Type type = Type::real) {
        return add({.code = OpCode::load_at, .type = type, .slot = slot}, {index});
    }

    // values; the type is that of the first argument
    ValueId binary(OpCode code, ValueId a, ValueId b) { return op(code, type_of(a), {a, b}); }
    ValueId compare(OpCode code, ValueId a, ValueId b) { return op(code, Type::boolean, {a, b}); }
    ValueId select(ValueId condition, ValueId yes, ValueId no) {
        return op(OpCode::select, type_of(yes), {condition, yes, no});
    }
    ValueId convert(ValueId a, Type type) { return op(OpCode::convert, type, {a}); }
    ValueId power_int(ValueId a, std::uint32_t power) {
        return add({.code = OpCode::power_int, .type = type_of(a), .slot = power}, {a});
    }
    ValueId bit(ValueId a, std::uint32_t number) {
        return add({.code = OpCode::bit, .type = Type::boolean, .slot = number}, {a});
    }
    ValueId call(Builtin function, std::initializer_list<ValueId> arguments) {
        const Type type = function == Builtin::to_int ? Type::integer : type_of(*arguments.begin());
        return add({.code = OpCode::call, .type = type, .function = function}, arguments);
    }
    ValueId random(OpCode code, std::uint64_t stream, std::initializer_list<ValueId> arguments,
                   Type type = Type::real) {
        return add({.code = code, .type = type, .stream = stream}, arguments);
    }
    ValueId poisson(std::uint64_t stream, ValueId element, ValueId mean) {
        const ValueId word = random(OpCode::random_word, stream, {element}, Type::integer);
        return random(OpCode::random_poisson, stream, {element, word, mean}, Type::integer);
    }
    ValueId poisson(std::uint64_t stream, ValueId pre, ValueId post, ValueId copy, ValueId mean) {
        const ValueId word = random(OpCode::random_word, stream, {pre, post, copy}, Type::integer);
        return random(OpCode::random_poisson, stream, {pre, post, copy, word, mean}, Type::integer);
    }

    // effects
    void store(std::uint32_t slot, ValueId value) { effect(OpCode::store, slot, {value}); }
    void accumulate(std::uint32_t slot, ValueId value) { effect(OpCode::accumulate, slot, {value}); }
    void accumulate_at(std::uint32_t slot, ValueId index, ValueId value) {
        effect(OpCode::accumulate_at, slot, {value, index});
    }
    void append(std::uint32_t slot, ValueId condition) { effect(OpCode::append, slot, {condition}); }

private:
    void effect(OpCode code, std::uint32_t slot, std::initializer_list<ValueId> arguments) {
        kernel_.arrays[slot].written = true;
        add({.code = code, .type = type_of(*arguments.begin()), .slot = slot}, arguments);
    }

    Kernel kernel_;
    std::int32_t note_ = -1;
};

}  // namespace bouton::test
