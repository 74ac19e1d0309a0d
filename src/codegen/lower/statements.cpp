// SPDX-License-Identifier: BSD-3-Clause
// Statements to operations, for one element.
#include "codegen/lower/lower.hpp"

namespace bouton::codegen {

using analysis::CheckedStatement;
using lang::AssignOp;

Stored stored_as(analysis::ValueType type) {
    switch (type) {
        case analysis::ValueType::real: return Stored::real;
        case analysis::ValueType::integer: return Stored::i64;
        case analysis::ValueType::boolean: return Stored::u8;
    }
    return Stored::real;
}

Stored stored_as(const analysis::CheckedVariable& variable, const model::NetworkSpec& spec) {
    const bool single = spec.precision == model::PrecisionChoice::f32;
    return single && variable.is_moment ? Stored::f64 : stored_as(variable.type);
}

void store_result(Builder& builder, Index index, ValueId value, analysis::ValueType as) {
    if (as == analysis::ValueType::boolean)
        return builder.store({Owner::scratch, index, Name::of(Role::out), Stored::u8, true}, value);
    const Type type = builder.type_of(value);
    const bool wide = type == Type::f64 || type == Type::integer;
    builder.store({Owner::scratch, index, Name::of(Role::out), wide ? Stored::f64 : Stored::real, true},
                  builder.convert(value, wide ? Type::f64 : Type::real));
}

namespace {

ValueId combine(Builder& builder, AssignOp op, ValueId old, ValueId value) {
    switch (op) {
        case AssignOp::set: return value;
        case AssignOp::add: return builder.binary(OpCode::add, old, value);
        case AssignOp::subtract: return builder.binary(OpCode::subtract, old, value);
        case AssignOp::multiply: return builder.binary(OpCode::multiply, old, value);
        case AssignOp::divide: return builder.binary(OpCode::divide, old, value);
    }
    return value;
}

ValueId of_type(Builder& builder, ValueId value, analysis::ValueType type) {
    if (type == analysis::ValueType::integer) return builder.to_int(value);
    return value;
}

}  // namespace

void lower_statement(Builder& builder, const CheckedStatement& statement, const StatementTargets& targets) {
    builder.note(statement.span);
    ValueId value = builder.lower(statement.value);
    if (statement.is_local) {
        if (statement.op != AssignOp::set)
            value = combine(builder, statement.op, *builder.local(statement.target), value);
        builder.set_local(statement.target, of_type(builder, value, statement.type));
        return;
    }
    Place place = targets.place(statement.end, Name::user(statement.target));
    const auto refractory = [&] {
        return statement.unless_refractory ? targets.refractory(statement.end) : std::nullopt;
    };
    const auto active = [&](const Place& flag) { return builder.convert(builder.load(flag), Type::boolean); };
    const auto as_stored = [&](ValueId present) {
        return place.rise ? builder.binary(OpCode::multiply, present, builder.scalar(*place.rise)) : present;
    };
    const bool shared_end = statement.end != analysis::End::own && place.slot.index != Index::element;
    const bool adds = statement.op == AssignOp::add || statement.op == AssignOp::subtract;
    if (shared_end && adds) {  // many synapses meet in one neuron: add in place, one after the other
        if (statement.op == AssignOp::subtract) value = builder.negate(value);
        place.slot.guarded = statement.unless_refractory && targets.guarded && targets.guarded(statement.end);
        const auto flag = place.slot.guarded ? std::nullopt : refractory();
        if (flag) value = builder.select(active(*flag), value, builder.constant(0.0, Type::f64));
        builder.accumulate(place.slot, as_stored(value));
        return;
    }
    const ValueId old = adds ? builder.load(place.slot) : builder.load(place);
    const auto flag = refractory();
    value = adds ? combine(builder, statement.op, old, as_stored(value))
                 : as_stored(combine(builder, statement.op, old, value));
    if (flag) value = builder.select(active(*flag), value, old);
    builder.store(place.slot, of_type(builder, value, statement.type));
}

void collect_scalars(const analysis::TermPtr& term, std::vector<Scalar>& scalars) {
    analysis::for_each(term, [&](const analysis::Term& node) {
        if (node.kind != analysis::TermKind::scalar) return;
        const Name name = Name::constant(node.name);
        for (const auto& known : scalars)
            if (known.name == name) return;
        scalars.push_back({name, node.dimension, node.number, std::nullopt, node.span});
    });
}

}  // namespace bouton::codegen
