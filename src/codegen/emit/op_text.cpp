// SPDX-License-Identifier: BSD-3-Clause
// The spelling of each op. Arguments are atoms, so that no precedence can matter.
#include "codegen/emit/op_text.hpp"

#include "codegen/emit/spelling.hpp"
#include "codegen/ir/traits.hpp"

namespace bouton::codegen {
namespace {

using analysis::Builtin;

bool is_floating(Type type) { return type == Type::real || type == Type::f64; }

/// `text` of type `from` as a C++ type, with the meaning of the op `convert`.
std::string converted(const std::string& text, Type from, const std::string& to, bool to_floating) {
    if (to == "bool") return "(" + text + " != 0)";
    const bool towards_zero = is_floating(from) && !to_floating;
    const std::string inner = towards_zero ? "bn::to_int(" + text + ")" : text;
    return towards_zero && to == "int64_t" ? inner : to + "(" + inner + ")";
}

std::string converted(const std::string& text, Type from, Type to) {
    return from == to ? text : converted(text, from, cpp_type(to), is_floating(to));
}

std::string converted(const std::string& text, Type from, Stored to) {
    const bool same = cpp_type(to) == std::string(cpp_type(from));
    return same ? text : converted(text, from, cpp_type(to), is_floating(natural_type(to)));
}

}  // namespace

const char* operator_text(OpCode code) {
    switch (code) {
        case OpCode::add: return " + ";
        case OpCode::subtract: return " - ";
        case OpCode::multiply: return " * ";
        case OpCode::divide: return " / ";
        case OpCode::less: return " < ";
        case OpCode::less_equal: return " <= ";
        case OpCode::greater: return " > ";
        case OpCode::greater_equal: return " >= ";
        case OpCode::equal: return " == ";
        case OpCode::not_equal: return " != ";
        case OpCode::logical_and: return " & ";  // no branch: both sides are values
        case OpCode::logical_or: return " | ";
        default: return nullptr;
    }
}

const char* OpText::index_name(Index index) {
    switch (index) {
        case Index::element: return "k";
        case Index::source: return "i";
        case Index::target: return "j";
        case Index::synapse: return "s";
    }
    return "";
}

std::string OpText::array_name(std::uint32_t slot) const {
    return mangle('a', slot, kernel_.arrays[slot].variable);
}
std::string OpText::end_name(std::uint32_t slot) { return "end" + std::to_string(slot); }
std::string OpText::kept_name(std::uint32_t slot) const {
    return mangle('e', slot, kernel_.arrays[slot].variable);
}
std::string OpText::scalar_name(std::uint32_t slot) const { return mangle('c', slot, kernel_.scalars[slot]); }
std::string OpText::signal_name(std::uint32_t slot) const { return mangle('f', slot, kernel_.signals[slot]); }
std::string OpText::outside_name(std::uint32_t slot) const { return signal_name(slot) + "_outside"; }
std::string OpText::key_name(ValueId id) { return "key" + std::to_string(id); }
std::string OpText::table_name(ValueId id) { return "table" + std::to_string(id); }
std::string OpText::low_name(ValueId id) { return "low" + std::to_string(id); }

std::string OpText::mean(ValueId id) const {
    return drawn_with(id, op(id).argument_count - 1, "mean", "double");
}

/// An argument of a draw, which may be none of its kind.
std::string OpText::drawn_with(ValueId id, int argument, const char* kind, const std::string& type) const {
    const std::string plain = type + "(" + this->argument(id, argument) + ")";
    if (!op(id).checked) return plain;
    const bool of_all = op(op(id).arguments[static_cast<std::size_t>(argument)]).uniform;
    return std::string("bn::checked_") + kind + "(" + plain + ", args->overflow, " + std::to_string(id) +
           ", " + (of_all ? "-1, -1" : at_hand_) + ")";
}

bool OpText::is_named(ValueId id) const {
    switch (op(id).code) {
        case OpCode::constant:
        case OpCode::scalar:
        case OpCode::time:
        case OpCode::step_size:
        case OpCode::step:
        case OpCode::index_of: return false;
        default: return !is_effect(op(id).code);
    }
}

std::string OpText::value(ValueId id) const {
    const Op& own = op(id);
    switch (own.code) {
        case OpCode::constant: return literal(own.number, own.type, precision_);
        case OpCode::scalar: return scalar_name(own.slot);
        case OpCode::time: return "t";
        case OpCode::step_size: return "dt";
        case OpCode::step: return "step";
        case OpCode::index_of: return index_name(own.index);
        case OpCode::load: return mangle('x', id, kernel_.arrays[own.slot].variable);
        default: return "x" + std::to_string(id);
    }
}

std::string OpText::call(ValueId id) const {
    const Op& own = op(id);
    if (own.function == Builtin::to_int)
        return converted(argument(id, 0), argument_type(id, 0), Type::integer);
    const bool rounding = own.function == Builtin::floor || own.function == Builtin::ceil;
    if (rounding && own.type == Type::integer) return argument(id, 0);

    const std::string name = std::string("bn::") + analysis::function(own.function).spelling;
    if (own.function == Builtin::clip)
        return name + "(" + argument(id, 0) + ", " +
               (bounded_.count(id) > 0 ? low_name(id) : argument(id, 1)) + ", " + argument(id, 2) + ")";
    if (own.function != Builtin::min && own.function != Builtin::max)
        return name + "(" + argument(id, 0) + ")";
    std::string text = argument(id, 0);
    for (int k = 1; k < own.argument_count; ++k) text = name + "(" + text + ", " + argument(id, k) + ")";
    return text;
}

std::string OpText::random(ValueId id) const {
    const Op& own = op(id);
    const int words = word_count(own);
    std::string counter = words == 1 ? "bn::neuron_counter(step" : "bn::synapse_counter(step";
    for (int k = 0; k < words; ++k) counter += ", uint32_t(" + argument(id, k) + ")";
    counter += words == 1 ? ", 0)" : ")";
    const std::string tail = counter + ", " + key_name(id) + ")";
    const int last = own.argument_count - 1;
    switch (own.code) {
        case OpCode::random_uniform: return std::string("bn::uniform<") + cpp_type(own.type) + ">(" + tail;
        case OpCode::random_normal: return std::string("bn::normal<") + cpp_type(own.type) + ">(" + tail;
        case OpCode::random_word:
            return words == 1
                       ? "bn::neuron_word(step, uint32_t(" + argument(id, 0) + "), " + key_name(id) + ")"
                       : "int64_t(bn::philox(" + tail + ".w0)";
        case OpCode::random_poisson: {
            const std::string word = "uint32_t(" + argument(id, last - 1) + "), ";
            if (tabled_.count(id) == 0) return "bn::poisson(" + word + mean(id) + ", " + tail;
            const std::string draw = table_name(id) + ".draw(" + word + tail;
            return own.checked ? "(void(" + mean(id) + "), " + draw + ")" : draw;
        }
        default:
            return "bn::binomial(" + drawn_with(id, last - 1, "count", "int64_t") + ", " +
                   drawn_with(id, last, "probability", "double") + ", " + tail;
    }
}

bool OpText::is_small(ValueId id) const {
    const Op& own = op(id);
    switch (own.code) {
        case OpCode::step:
        case OpCode::index_of: return !own.uniform;
        case OpCode::load: {
            const Stored stored = kernel_.arrays[own.slot].stored;
            return own.type == Type::integer && natural_type(stored) == Type::integer &&
                   stored != Stored::i64;
        }
        case OpCode::convert: {
            const Op& from = op(own.arguments[0]);
            return own.type == Type::integer && from.code == OpCode::scalar &&
                   kernel_.scalars[from.slot].role() == Role::counted_from;
        }
        case OpCode::add:
        case OpCode::subtract:
            return own.type == Type::integer && is_small(own.arguments[0]) && is_small(own.arguments[1]);
        default: return false;
    }
}

/// What a column that may not exist is reported with.
std::string OpText::outside_arguments(ValueId id) const {
    const Op& own = op(id);
    const int first = column_argument(own) + 1;
    if (own.argument_count <= first) return "";
    const std::string element = own.argument_count == first + 1 ? argument(id, first)
                                                                : "bn::pair_number(" + argument(id, first) +
                                                                      ", " + argument(id, first + 1) + ")";
    return ", " + element + ", " + outside_name(own.slot);
}

/// The arguments by which a checked op notes its element.
std::string OpText::noted(ValueId id) const {
    return ", args->overflow, " + std::to_string(id) + ", " + at_hand_ + ")";
}

std::string OpText::checked(ValueId id) const {
    const Op& own = op(id);
    const auto call = [&](const char* name) {
        std::string text = std::string("bn::checked_") + name + "(" + argument(id, 0);
        if (own.argument_count > 1) text += ", " + argument(id, 1);
        return text + noted(id);
    };
    switch (own.code) {
        case OpCode::add: return call("add");
        case OpCode::subtract: return call("subtract");
        case OpCode::multiply: return call("multiply");
        case OpCode::floor_divide: return call("floordiv");
        case OpCode::negate: return call("negate");
        case OpCode::call: return call("abs");
        case OpCode::convert: return call("to_int");
        default: return "bn::checked_power<" + std::to_string(own.slot) + ">(" + argument(id, 0) + noted(id);
    }
}

std::string OpText::expression(ValueId id) const {
    const Op& own = op(id);
    if (own.checked && !is_random(own.code)) return checked(id);
    if (const char* between = operator_text(own.code)) return argument(id, 0) + between + argument(id, 1);
    switch (own.code) {
        case OpCode::load:
            return converted(element(id), natural_type(kernel_.arrays[own.slot].stored), own.type);
        case OpCode::load_at:
            return converted(element(id), natural_type(kernel_.arrays[own.slot].stored), own.type);
        case OpCode::event_field: return "field(" + std::to_string(own.slot) + ")";
        case OpCode::signal:
            if (own.argument_count == 0) return signal_name(own.slot) + "[0]";
            return "bn::signal_column(" + signal_name(own.slot) + ", " + signal_name(own.slot) +
                   "_all.columns, " + argument(id, 0) + outside_arguments(id) + ")";
        case OpCode::signal_at:
            return "bn::signal_at(" + signal_name(own.slot) + "_all, " + argument(id, 0) +
                   (own.argument_count == 1 ? ", 0" : ", " + argument(id, 1)) + outside_arguments(id) + ")";
        case OpCode::negate: return "-" + argument(id, 0);
        case OpCode::floor_divide: return "bn::floordiv(" + argument(id, 0) + ", " + argument(id, 1) + ")";
        case OpCode::modulo: return "bn::mod(" + argument(id, 0) + ", " + argument(id, 1) + ")";
        case OpCode::power:
            // Loops over synapses seldom vectorise, so a branch that always goes one way is free there.
            if (kernel_.domain == Domain::synapses && op(own.arguments[1]).uniform)
                return "bn::pow_by_case(" + argument(id, 0) + ", " + argument(id, 1) + ")";
            return "bn::pow(" + argument(id, 0) + ", " + argument(id, 1) + ")";
        case OpCode::power_int: return "bn::powi<" + std::to_string(own.slot) + ">(" + argument(id, 0) + ")";
        case OpCode::logical_not: return "!" + argument(id, 0);
        case OpCode::select: return argument(id, 0) + " ? " + argument(id, 1) + " : " + argument(id, 2);
        case OpCode::convert:
            if (is_floating(own.type) && is_small(own.arguments[0]))
                return converted("bn::whole_number(" + argument(id, 0) + ")", Type::f64, own.type);
            return converted(argument(id, 0), argument_type(id, 0), own.type);
        case OpCode::bit: return "((" + argument(id, 0) + " >> " + std::to_string(own.slot) + ") & 1) != 0";
        case OpCode::call: return call(id);
        default: return is_random(own.code) ? random(id) : value(id);
    }
}

std::string OpText::element(ValueId id) const {
    const Op& own = op(id);
    const Index index = kernel_.arrays[own.slot].index;
    std::string where = index == Index::source && kernel_.side == Side::pre ? "at" : index_name(index);
    if (own.code == OpCode::load_at) where = argument(id, 0);
    if (own.code == OpCode::accumulate_at) where = argument(id, 1);
    return array_name(own.slot) + "[" + where + "]";
}

std::string OpText::statement(ValueId id) const {
    const Op& own = op(id);
    if (own.code == OpCode::append)
        return "if (" + argument(id, 0) + ") *" + end_name(own.slot) + "++ = uint32_t(k);";
    const Stored stored = kernel_.arrays[own.slot].stored;
    const std::string place = element(id);
    if (own.code == OpCode::store) return place + " = " + converted(argument(id, 0), own.type, stored) + ";";
    const Type natural = natural_type(stored);
    const std::string added = converted(argument(id, 0), own.type, natural);
    if (own.checked) return place + " = bn::checked_add(" + place + ", " + added + noted(id) + ";";
    if (natural != Type::integer || stored == Stored::i64) return place + " += " + added + ";";
    return place + " = " + cpp_type(stored) + "(" + place + " + " + added + ");";
}

std::string OpText::event_statement(ValueId id, const std::set<std::uint32_t>& slots) const {
    const Op& own = op(id);
    if (!is_effect(own.code)) {
        const bool kept = own.code == OpCode::load && slots.count(own.slot) > 0;
        return std::string("const ") + cpp_type(own.type) + " " + value(id) + " = " +
               (kept ? converted(kept_name(own.slot), natural_type(kernel_.arrays[own.slot].stored), own.type)
                     : expression(id)) +
               ";";
    }
    const std::string stored = converted(argument(id, 0), own.type, kernel_.arrays[own.slot].stored);
    const std::string kept = kept_name(own.slot);
    return kept + " = waits ? " + stored + " : " + kept + ";";
}

}  // namespace bouton::codegen
