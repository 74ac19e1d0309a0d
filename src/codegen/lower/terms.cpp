// SPDX-License-Identifier: BSD-3-Clause
// Checked expressions to operations.
#include "codegen/lower/builder.hpp"

#include "base/diagnostics.hpp"

#include <cmath>

namespace bouton::codegen {

using analysis::Builtin;
using analysis::Term;
using analysis::TermKind;
using analysis::ValueType;
using lang::BinaryOp;

Name variable_name(const Term& term) {
    if (term.name == "lastspike") return Name::of(Role::lastspike);
    if (term.name == "not_refractory") return Name::of(Role::active);
    return Name::user(term.name);
}

namespace {

/// Whether analysis could not tell that the column of a signal exists.
bool may_leave_range(const Term& column) {
    const bool counts = column.kind == TermKind::index_i || column.kind == TermKind::index_j;
    return !counts && column.kind != TermKind::number && column.kind != TermKind::scalar;
}

}  // namespace

ValueId Builder::lower(const analysis::TermPtr& root) {
    const auto is_lowered = [this](const analysis::TermPtr& term) { return lowered_.contains(term.get()); };
    if (is_lowered(root)) return lowered_.at(root.get());
    // Arguments first, on a stack of our own: what lower_fresh() asks for is there already, but for numbers, which may be
    // exponents that are no values of their own.
    ValueId last = 0;
    const auto enter = [&](const analysis::TermPtr& term) { return !is_lowered(term); };
    analysis::walk(root, enter, [&](const analysis::TermPtr& term) {
        if (is_lowered(term) || (term->kind == TermKind::number && term != root)) return;
        last = lower_fresh(*term);
        if (term->kind == TermKind::local) return;
        lowered_.emplace(term.get(), last);
        kept_.push_back(term);
    });
    return last;
}

ValueId Builder::lower_fresh(const Term& term) {
    switch (term.kind) {
        case TermKind::number:
            if (term.type == ValueType::boolean) return constant(term.number, Type::boolean);
            return constant(term.number, term.type == ValueType::integer ? Type::integer : Type::f64);
        case TermKind::scalar: {
            const ValueId value = scalar(Name::constant(term.name));
            if (term.type == ValueType::integer) return convert(value, Type::integer);
            return term.type == ValueType::boolean
                       ? binary(OpCode::not_equal, value, constant(0.0, Type::f64))
                       : value;
        }
        case TermKind::variable: return lower_variable(term);
        case TermKind::reduction:
            return load(frame_.place(analysis::End::own, Name::of(Role::sum, static_cast<int>(term.draw))));
        case TermKind::local:
            if (const auto value = local(term.name)) return *value;
            throw base::InternalError("local '" + term.name + "' is read before it is set");
        case TermKind::time:
        case TermKind::now: return time();
        case TermKind::step_size: return step_size();
        case TermKind::index_i:
        case TermKind::index_j: {
            if (kernel_.domain == Domain::synapses)
                return index(term.kind == TermKind::index_i ? Index::source : Index::target);
            const ValueId element = index(Index::element);
            if (frame_.index_offset == 0) return element;
            return binary(OpCode::subtract, element,
                          constant(static_cast<double>(frame_.index_offset), Type::integer));
        }
        case TermKind::signal: {
            const ValueId value = signal(term);
            return is_uniform(value) ? value : convert(value, Type::real);
        }
        case TermKind::noise: throw base::InternalError("noise outside an integrator");
        case TermKind::unary:
            if (term.unary == lang::UnaryOp::logical_not) return logical_not(lower(term.arguments[0]));
            return negate(lower(term.arguments[0]));
        case TermKind::binary: return lower_binary(term);
        case TermKind::call: return lower_call(term);
        case TermKind::select:
            return select(lower(term.arguments[0]), lower(term.arguments[1]), lower(term.arguments[2]));
    }
    throw base::InternalError("an expression of unknown kind");
}

ValueId Builder::signal(const Term& term) {
    const Term& when = *term.arguments[0];
    const bool is_now = when.kind == TermKind::now;
    Op op{is_now ? OpCode::signal : OpCode::signal_at};
    op.type = Type::f64;
    while (op.slot < kernel_.signals.size() && kernel_.signals[op.slot] != term.name) ++op.slot;
    if (op.slot == kernel_.signals.size()) kernel_.signals.push_back(term.name);
    if (!is_now) op.arguments[op.argument_count++] = lower_as(term.arguments[0], Type::f64);
    if (term.arguments.size() > 1) {
        op.arguments[op.argument_count++] = lower_as(term.arguments[1], Type::integer);
        if (may_leave_range(*term.arguments[1])) add_element(op);
    }
    op.uniform = op.argument_count == 0;
    return pure(op);
}

ValueId Builder::lower_variable(const Term& term) {
    if (term.end == analysis::End::own)
        if (const auto it = overrides_.find(term.name); it != overrides_.end()) return it->second;
    if (const auto it = pinned_.find({term.end, term.name}); it != pinned_.end()) return it->second;
    const Name name = variable_name(term);
    const Place place = frame_.place(term.end, name);
    if (name.role() == Role::lastspike)
        return binary(OpCode::multiply, convert(load(place), Type::f64), step_size());
    const ValueId value = load(place);
    if (!place.is_scalar) return value;
    if (term.type == ValueType::integer) return convert(value, Type::integer);
    return term.type == ValueType::boolean ? binary(OpCode::not_equal, value, constant(0.0, Type::f64))
                                           : value;
}

ValueId Builder::power(const Term& term) {
    const Term& exponent = *term.arguments[1];
    ValueId a = lower(term.arguments[0]);
    const bool literal = exponent.kind == TermKind::number && exponent.number == std::floor(exponent.number);
    if (literal && std::fabs(exponent.number) <= 64) {
        if (term.type != ValueType::integer && type_of(a) == Type::integer)
            a = convert(a, is_uniform(a) ? Type::f64 : Type::real);
        Op op{OpCode::power_int};
        op.type = type_of(a);
        op.slot = static_cast<std::uint32_t>(std::fabs(exponent.number));
        op.argument_count = 1;
        op.arguments[0] = a;
        const ValueId raised = pure(op);
        if (exponent.number >= 0) return raised;
        return binary(OpCode::divide, constant(1.0, Type::f64), raised);
    }
    return binary(OpCode::power, a, lower(term.arguments[1]));
}

ValueId Builder::lower_binary(const Term& term) {
    using enum OpCode;
    static const OpCode codes[] = {add,           subtract, multiply,  divide,      floor_divide,
                                   modulo,        power,    less,      less_equal,  greater,
                                   greater_equal, equal,    not_equal, logical_and, logical_or};
    if (term.binary == BinaryOp::power) return this->power(term);
    const ValueId a = lower(term.arguments[0]);
    const ValueId b = lower(term.arguments[1]);
    return binary(codes[static_cast<int>(term.binary)], a, b);
}

ValueId Builder::lower_call(const Term& term) {
    if (analysis::function(term.function).random) return lower_random(term);
    if (term.function == Builtin::to_int) return to_int(lower(term.arguments[0]));
    std::vector<ValueId> arguments;
    for (const auto& argument : term.arguments) arguments.push_back(lower(argument));
    return call(term.function, std::move(arguments));
}

void Builder::add_element(Op& op) {
    if (kernel_.domain != Domain::synapses) {
        op.arguments[op.argument_count++] = index(Index::element);
        return;
    }
    op.arguments[op.argument_count++] = index(Index::source);
    op.arguments[op.argument_count++] = index(Index::target);
}

void Builder::add_identity(Op& op) {
    const auto push = [&](ValueId value) { op.arguments[op.argument_count++] = value; };
    if (kernel_.domain != Domain::synapses) return push(index(Index::element));
    push(index(Index::source));
    push(index(Index::target));
    push(frame_.multiplicity
             ? load({Owner::synapse, Index::synapse, Name::of(Role::multiplicity), Stored::u16})
             : constant(0.0, Type::integer));
}

ValueId Builder::lower_random(const Term& term) {
    Op op{OpCode::random_uniform};
    op.type = Type::real;
    op.stream = mix_stream(frame_.stream, term.draw);
    add_identity(op);
    if (term.function == Builtin::randn) op.code = OpCode::random_normal;
    if (term.function == Builtin::poisson) {
        op.type = Type::integer;
        op.code = OpCode::random_word;
        const ValueId word = pure(op);
        op.code = OpCode::random_poisson;
        op.checked = true;
        op.arguments[op.argument_count++] = word;
        op.arguments[op.argument_count++] = lower(term.arguments[0]);
    } else if (term.function == Builtin::binomial) {
        op.code = OpCode::random_binomial;
        op.type = Type::integer;
        op.checked = true;
        op.arguments[op.argument_count++] = to_int(lower(term.arguments[0]));
        op.arguments[op.argument_count++] = lower(term.arguments[1]);
    }
    // The mean and the probability are real numbers of either width; a whole number becomes one.
    auto& last = op.arguments[op.argument_count - 1];
    if (op.type == Type::integer && type_of(last) == Type::integer) last = convert(last, Type::f64);
    return pure(op);
}

ValueId Builder::normal(std::uint64_t stream) {
    Op op{OpCode::random_normal};
    op.type = Type::real;
    op.stream = mix_stream(frame_.stream, stream);
    add_identity(op);
    return pure(op);
}

}  // namespace bouton::codegen
