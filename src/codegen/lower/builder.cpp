// SPDX-License-Identifier: BSD-3-Clause
// Values, conversions and memory of a kernel under construction.
#include "codegen/lower/builder.hpp"

#include "base/diagnostics.hpp"

#include <bit>
#include <string_view>

namespace bouton::codegen {

std::uint64_t mix_stream(std::uint64_t seed, std::uint64_t value) {
    std::uint64_t z = seed + 0x9E3779B97F4A7C15ull * (value + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

std::uint64_t hash_name(const std::string& name) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    return hash;
}

Builder::Builder(std::string name, Domain domain, Frame frame) : frame_(std::move(frame)) {
    kernel_.name = std::move(name);
    kernel_.domain = domain;
}

ValueId Builder::emit(Op op) {
    op.note = note_;
    kernel_.ops.push_back(op);
    clocked_.push_back(grows_with_time(op));
    return static_cast<ValueId>(kernel_.ops.size() - 1);
}

ValueId Builder::pure(Op op) {
    std::vector<std::uint64_t> key = {static_cast<std::uint64_t>(op.code),
                                      static_cast<std::uint64_t>(op.type),
                                      op.slot,
                                      std::bit_cast<std::uint64_t>(op.number),
                                      op.stream,
                                      static_cast<std::uint64_t>(op.index),
                                      op.checked ? 1U : 0U,
                                      static_cast<std::uint64_t>(op.function)};
    op.uniform = op.uniform || op.argument_count > 0;
    for (int k = 0; k < op.argument_count; ++k) {
        key.push_back(op.arguments[k]);
        op.uniform = op.uniform && is_uniform(op.arguments[k]);
    }
    if (const auto it = known_.find(key); it != known_.end()) return it->second;
    const ValueId id = emit(op);
    known_.emplace(std::move(key), id);
    return id;
}

ValueId Builder::leaf(OpCode code, Type type, bool uniform) {
    Op op{code};
    op.type = type;
    op.uniform = uniform;
    return pure(op);
}

ValueId Builder::constant(double value, Type type) {
    Op op{OpCode::constant};
    op.type = type;
    op.number = value;
    op.uniform = true;
    return pure(op);
}

ValueId Builder::scalar(const Name& name) {
    std::uint32_t slot = 0;
    while (slot < kernel_.scalars.size() && kernel_.scalars[slot] != name) ++slot;
    if (slot == kernel_.scalars.size()) kernel_.scalars.push_back(name);
    Op op{OpCode::scalar};
    op.type = Type::f64;
    op.slot = slot;
    op.uniform = true;
    return pure(op);
}

ValueId Builder::index(Index index) {
    Op op{OpCode::index_of};
    op.type = Type::integer;
    op.index = index;
    return pure(op);
}

ValueId Builder::convert(ValueId value, Type type) {
    if (type_of(value) == type) return value;
    Op op{OpCode::convert};
    op.type = type;
    op.argument_count = 1;
    op.arguments[0] = value;
    return pure(op);
}

bool Builder::grows_with_time(const Op& op) const {
    if (op.type != Type::f64 || !op.uniform) return false;
    const auto argument = [&](int k) { return clocked_[op.arguments[static_cast<std::size_t>(k)]]; };
    switch (op.code) {
        case OpCode::time: return true;
        case OpCode::subtract: return argument(0) != argument(1);
        case OpCode::add:
        case OpCode::multiply: return argument(0) || argument(1);
        case OpCode::divide:
        case OpCode::floor_divide:
        case OpCode::negate: return argument(0);
        default: return false;
    }
}

ValueId Builder::to_int(ValueId value) {
    if (type_of(value) != Type::real && type_of(value) != Type::f64) return convert(value, Type::integer);
    Op op{OpCode::convert};
    op.type = Type::integer;
    op.argument_count = 1;
    op.arguments[0] = value;
    op.checked = true;
    return pure(op);
}

Type Builder::common_type(const std::vector<ValueId>& values, bool integers_stay) const {
    bool uniform = true, integers = true, wide = false;
    for (const ValueId value : values) {
        uniform = uniform && is_uniform(value);
        integers = integers && type_of(value) == Type::integer;
        wide = wide || (!is_uniform(value) && type_of(value) == Type::f64) || clocked_[value];
    }
    if (integers && integers_stay) return Type::integer;
    return uniform || wide || frame_.wide ? Type::f64 : Type::real;
}

bool Builder::is_constant(ValueId value, double number) const {
    const Op& op = kernel_.ops[value];
    return op.code == OpCode::constant && op.type != Type::boolean && op.number == number;
}

/// The same number in fewer operations: 1*x, -1*x, a + (-b), a - (-b), (-a)*u with a uniform u. Nothing is rounded
/// another way.
std::optional<ValueId> Builder::simpler(OpCode code, ValueId a, ValueId b) {
    const auto negated = [&](ValueId value) -> std::optional<ValueId> {
        const Op& op = kernel_.ops[value];
        if (op.code != OpCode::negate || op.type == Type::integer) return std::nullopt;
        return op.arguments[0];
    };
    if (code == OpCode::multiply) {
        if (is_constant(a, 1.0) || is_constant(a, -1.0)) std::swap(a, b);
        if (type_of(a) != Type::real && type_of(a) != Type::f64) return std::nullopt;
        if (is_constant(b, 1.0)) return a;
        if (is_constant(b, -1.0)) return negate(a);
        if (const auto x = negated(a); x && is_uniform(b) && !is_uniform(a))
            return binary(code, *x, negate(b));
    } else if (code == OpCode::add) {
        if (const auto x = negated(b)) return binary(OpCode::subtract, a, *x);
        if (const auto x = negated(a)) return binary(OpCode::subtract, b, *x);
    } else if (code == OpCode::subtract) {
        if (const auto x = negated(b)) return binary(OpCode::add, a, *x);
    }
    return std::nullopt;
}

ValueId Builder::binary(OpCode code, ValueId a, ValueId b) {
    if (const auto value = simpler(code, a, b)) return *value;
    Op op{code};
    op.argument_count = 2;
    const bool comparison = code >= OpCode::less && code <= OpCode::not_equal;
    if (code == OpCode::logical_and || code == OpCode::logical_or ||
        (comparison && type_of(a) == Type::boolean && type_of(b) == Type::boolean)) {
        op.type = Type::boolean;
    } else {
        const Type type = common_type({a, b}, code != OpCode::divide && code != OpCode::power);
        a = convert(a, type);
        b = convert(b, type);
        op.type = comparison ? Type::boolean : type;
    }
    op.arguments = {a, b};
    return pure(op);
}

ValueId Builder::negate(ValueId a) {
    Op op{OpCode::negate};
    op.type = type_of(a);
    op.argument_count = 1;
    op.arguments[0] = a;
    return pure(op);
}

ValueId Builder::logical_not(ValueId a) {
    Op op{OpCode::logical_not};
    op.type = Type::boolean;
    op.argument_count = 1;
    op.arguments[0] = a;
    return pure(op);
}

ValueId Builder::select(ValueId condition, ValueId then, ValueId otherwise) {
    Op op{OpCode::select};
    if (type_of(then) == Type::boolean) {
        op.type = Type::boolean;
    } else {
        op.type = common_type({condition, then, otherwise}, false);
        if (type_of(then) == Type::integer && type_of(otherwise) == Type::integer) op.type = Type::integer;
        // A uniform f64 in an element's branch becomes real, as in arithmetic.
        else if (!is_uniform(condition) && op.type == Type::f64 && is_uniform(then) &&
                 is_uniform(otherwise) && !clocked_[then] && !clocked_[otherwise])
            op.type = Type::real;
        then = convert(then, op.type);
        otherwise = convert(otherwise, op.type);
    }
    op.argument_count = 3;
    op.arguments = {condition, then, otherwise};
    return pure(op);
}

ValueId Builder::call(analysis::Builtin function, std::vector<ValueId> arguments) {
    using analysis::Builtin;
    if (function == Builtin::min || function == Builtin::max) {  // many arguments: pairwise from the left
        while (arguments.size() > 2) {
            arguments[0] = call(function, {arguments[0], arguments[1]});
            arguments.erase(arguments.begin() + 1);
        }
    }
    Op op{OpCode::call};
    op.function = function;
    op.type = common_type(arguments, analysis::function(function).keeps_integer);
    op.argument_count = static_cast<std::uint8_t>(arguments.size());
    for (std::size_t k = 0; k < arguments.size(); ++k) op.arguments[k] = convert(arguments[k], op.type);
    return pure(op);
}

ValueId Builder::bit(ValueId value, std::uint32_t which) {
    Op op{OpCode::bit};
    op.type = Type::boolean;
    op.slot = which;
    op.argument_count = 1;
    op.arguments[0] = value;
    return pure(op);
}

std::uint32_t Builder::slot_of(const ArraySlot& slot, bool written) {
    for (std::uint32_t k = 0; k < kernel_.arrays.size(); ++k) {
        auto& known = kernel_.arrays[k];
        if (known.owner == slot.owner && known.index == slot.index && known.variable == slot.variable) {
            known.written = known.written || written;
            known.guarded = known.guarded || slot.guarded;
            return k;
        }
    }
    kernel_.arrays.push_back(slot);
    kernel_.arrays.back().written = written;
    return static_cast<std::uint32_t>(kernel_.arrays.size() - 1);
}

namespace {

Type register_type(Stored stored) {
    switch (stored) {
        case Stored::real: return Type::real;
        case Stored::f64: return Type::f64;
        case Stored::u8: return Type::boolean;
        default: return Type::integer;
    }
}

}  // namespace

ValueId Builder::load(const ArraySlot& slot) {
    const std::uint32_t number = slot_of(slot, false);
    if (const auto it = loaded_.find(number); it != loaded_.end()) return it->second;
    Op op{OpCode::load};
    op.type = register_type(slot.stored);
    op.slot = number;
    const ValueId id = emit(op);
    loaded_[number] = id;
    return id;
}

ValueId Builder::load(const Place& place) {
    if (place.is_scalar) return scalar(place.slot.variable);
    const ValueId stored = load(place.slot);
    return place.fall ? binary(OpCode::multiply, stored, scalar(*place.fall)) : stored;
}

void Builder::invalidate() { lowered_.clear(); }

void Builder::store(const ArraySlot& slot, ValueId value) {
    Op op{OpCode::store};
    op.type = register_type(slot.stored);
    op.slot = slot_of(slot, true);
    op.argument_count = 1;
    op.arguments[0] = convert(value, op.type);
    loaded_[op.slot] = op.arguments[0];
    emit(op);
    invalidate();
}

void Builder::accumulate(const ArraySlot& slot, ValueId value) {
    Op op{OpCode::accumulate};
    op.type = register_type(slot.stored);
    op.slot = slot_of(slot, true);
    op.argument_count = 1;
    op.arguments[0] = convert(value, op.type);
    emit(op);
    loaded_.erase(op.slot);
    invalidate();
}

void Builder::accumulate_at(const ArraySlot& slot, ValueId index, ValueId value) {
    Op op{OpCode::accumulate_at};
    op.type = register_type(slot.stored);
    op.slot = slot_of(slot, true);
    op.argument_count = 2;
    op.arguments = {convert(value, op.type), index};
    emit(op);
}

void Builder::append(const ArraySlot& slot, ValueId condition) {
    Op op{OpCode::append};
    op.type = Type::boolean;
    op.slot = slot_of(slot, true);
    op.argument_count = 1;
    op.arguments[0] = condition;
    emit(op);
}

std::optional<ValueId> Builder::local(const std::string& name) const {
    const auto it = locals_.find(name);
    if (it == locals_.end()) return std::nullopt;
    return it->second;
}

void Builder::override_variable(const std::string& key, ValueId value) {
    overrides_[key] = value;
    invalidate();
}

void Builder::clear_overrides() {
    overrides_.clear();
    invalidate();
}

void Builder::pin_variable(analysis::End end, const std::string& key, ValueId value) {
    pinned_[{end, key}] = value;
    invalidate();
}

ValueId Builder::event_field(std::uint32_t field) {
    Op op{OpCode::event_field};
    op.type = Type::real;
    op.slot = field;
    return pure(op);
}

void Builder::end_events(std::uint32_t fields, bool fall) {
    kernel_.event_ops = kernel_.ops.size();
    kernel_.event_fields = fields;
    kernel_.events_fall = fall;
    known_.clear();
    loaded_.clear();
    locals_.clear();
    pinned_.clear();
    invalidate();
}

void Builder::note(const base::Span& span) {
    if (!span.source) return;
    const auto& file = *span.source->file;
    const auto line = base::line_of(file, span.source->file_offset(span.begin));
    std::string text = file.name + ":" + std::to_string(line) + "  " + std::string(span.text());
    if (!kernel_.notes.empty() && kernel_.notes.back() == text) return;
    kernel_.notes.push_back(std::move(text));
    note_ = static_cast<std::int32_t>(kernel_.notes.size() - 1);
}

}  // namespace bouton::codegen
