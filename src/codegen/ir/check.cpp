// SPDX-License-Identifier: BSD-3-Clause
// The rules of the lowered form, checked before either back end sees a kernel: a broken one is our own mistake and
// must not become a wrong number or text that does not compile.
#include "base/diagnostics.hpp"
#include "codegen/ir/traits.hpp"

#include <algorithm>

namespace bouton::codegen {
namespace {

class Checker {
public:
    explicit Checker(const Kernel& kernel) : kernel_(kernel) {}

    void check_all() {
        const bool direct =
            kernel_.domain == Domain::synapses && kernel_.side == Side::pre && !kernel_.indirect;
        require_kernel(kernel_.event_ops == 0 || direct, "events of elements that are not rows of synapses");
        require_kernel(!kernel_.own_steps || kernel_.domain == Domain::listed,
                       "steps of elements that are not listed");
        const auto lists = std::count_if(kernel_.ops.begin(), kernel_.ops.end(),
                                         [](const Op& op) { return op.code == OpCode::append; });
        require_kernel(lists <= 1, "several lists");
        for (id_ = 0; id_ < kernel_.ops.size(); ++id_) {
            check_arguments();
            check_op();
        }
    }

private:
    const Op& op() const { return kernel_.ops[id_]; }

    void require(bool condition, const char* rule) const {
        if (condition) return;
        throw base::InternalError("kernel " + kernel_.name + ", op " + std::to_string(id_) + " (" +
                                  name_of(op().code) + "): " + rule);
    }

    void require_kernel(bool condition, const char* rule) const {
        if (!condition) throw base::InternalError("kernel " + kernel_.name + ": " + rule);
    }

    Type argument(int k) const { return kernel_.ops[op().arguments[static_cast<std::size_t>(k)]].type; }

    void arity(int count) const { require(op().argument_count == count, "wrong number of arguments"); }

    void check_arguments() const {
        require(op().argument_count <= op().arguments.size(), "too many arguments");
        for (int k = 0; k < op().argument_count; ++k) {
            const ValueId id = op().arguments[static_cast<std::size_t>(k)];
            require(id < id_, "an argument comes later");
            require(!is_effect(kernel_.ops[id].code), "an argument has no value");
            require(!op().uniform || kernel_.ops[id].uniform, "a uniform op has an argument that is not");
            require((id < kernel_.event_ops) == is_of_events(), "a value of events outlives them");
        }
    }

    bool is_of_events() const { return id_ < kernel_.event_ops; }

    void arguments_are(Type type) const {
        for (int k = 0; k < op().argument_count; ++k) require(argument(k) == type, "wrong type of argument");
    }

    bool is_floating() const { return op().type == Type::real || op().type == Type::f64; }

    void check_arithmetic(int count) const {
        arity(count);
        arguments_are(op().type);
        require(op().type != Type::boolean, "arithmetic on booleans");
    }

    void check_index(Index index) const {
        const bool synaptic = index != Index::element;
        require(synaptic == (kernel_.domain == Domain::synapses), "an index that the domain does not have");
        require(!op().uniform, "the elements of a uniform op");
    }

    const ArraySlot& array() const {
        require(op().slot < kernel_.arrays.size(), "no such array");
        return kernel_.arrays[op().slot];
    }

    void check_effect(int count) const {
        arity(count);
        require(array().written, "the array is not marked as written");
        require(argument(0) == op().type, "wrong type of argument");
        require(!op().uniform, "an effect cannot be uniform");
        if (count == 2) require(argument(1) == Type::integer, "an index that is not an integer");
        if (count == 1) check_index(array().index);
        require(!is_of_events() || (op().code == OpCode::store && array().index == Index::synapse),
                "an event changes what is not the synapse's own");
    }

    void check_random() const {
        const int words = word_count(op());
        require(words == 1 || words == 3, "one or three words identify an element");
        for (int k = 0; k < words; ++k)
            require(argument(k) == Type::integer, "a word that is not an integer");
        const bool has_parameter =
            op().code == OpCode::random_poisson || op().code == OpCode::random_binomial;
        const bool whole = has_parameter || op().code == OpCode::random_word;
        require(whole ? op().type == Type::integer : is_floating(), "wrong type of result");
        if (!has_parameter) return;
        require(argument(words) == Type::integer, "n or the random word is not an integer");
        const Type last = argument(op().argument_count - 1);
        require(last == Type::real || last == Type::f64, "a parameter that is not a number");
    }

    void check_call() const {
        const analysis::Function& row = analysis::function(op().function);
        require(!row.random, "a random function is not a call");
        require(op().argument_count >= row.min_arguments && op().argument_count <= row.max_arguments,
                "wrong number of arguments");
        for (int k = 0; k < op().argument_count; ++k)
            require(argument(k) != Type::boolean, "a boolean argument");
        if (op().function == analysis::Builtin::to_int) {
            require(op().type == Type::integer, "wrong type of result");
        } else {
            arguments_are(op().type);
            require(is_floating() || row.keeps_integer, "not a function of integers");
        }
    }

    void check_leaf() const {
        switch (op().code) {
            case OpCode::constant: return arity(0);
            case OpCode::scalar:
                arity(0);
                require(op().slot < kernel_.scalars.size(), "no such scalar");
                return require(op().type == Type::f64, "wrong type");
            case OpCode::time:
                arity(0);
                require(!(kernel_.own_steps && op().uniform), "the same time for all elements");
                return require(op().type == Type::f64, "wrong type");
            case OpCode::step_size: arity(0); return require(op().type == Type::f64, "wrong type");
            case OpCode::step:
                arity(0);
                require(!(kernel_.own_steps && op().uniform), "the same step for all elements");
                return require(op().type == Type::integer, "wrong type");
            case OpCode::index_of:
                arity(0);
                check_index(op().index);
                return require(op().type == Type::integer, "wrong type");
            case OpCode::load: arity(0); return check_index(array().index);
            case OpCode::load_at:
                arity(1);
                arguments_are(Type::integer);
                return static_cast<void>(array());
            case OpCode::event_field:
                arity(0);
                require(is_of_events() && !op().uniform, "a field without an event");
                require(op().slot < kernel_.event_fields, "no such field");
                return require(op().type == Type::real, "wrong type");
            default: return check_signal();
        }
    }

    void check_signal() const {
        const int times = op().code == OpCode::signal_at ? 1 : 0;
        require(op().argument_count >= times && op().argument_count <= times + 3,
                "wrong number of arguments");
        for (int k = 0; k < op().argument_count; ++k)
            require(argument(k) == (k < times ? Type::f64 : Type::integer), "wrong type of argument");
        require(op().slot < kernel_.signals.size(), "no such signal");
        require(op().type == Type::f64, "wrong type");
    }

    void check_op() const {
        switch (op().code) {
            case OpCode::add:
            case OpCode::subtract:
            case OpCode::multiply:
            case OpCode::floor_divide:
            case OpCode::modulo: return check_arithmetic(2);
            case OpCode::divide:
            case OpCode::power:
                check_arithmetic(2);
                return require(is_floating(), "integers have no such op");
            case OpCode::negate: return check_arithmetic(1);
            case OpCode::power_int: check_arithmetic(1); return require(op().slot <= 64, "power too large");
            case OpCode::less:
            case OpCode::less_equal:
            case OpCode::greater:
            case OpCode::greater_equal:
            case OpCode::equal:
            case OpCode::not_equal:
                arity(2);
                arguments_are(argument(0));
                return require(op().type == Type::boolean, "wrong type of result");
            case OpCode::logical_and:
            case OpCode::logical_or:
                arity(2);
                arguments_are(Type::boolean);
                return require_boolean();
            case OpCode::logical_not:
                arity(1);
                arguments_are(Type::boolean);
                return require_boolean();
            case OpCode::select:
                arity(3);
                require(argument(0) == Type::boolean, "a condition that is not a boolean");
                return require(argument(1) == op().type && argument(2) == op().type,
                               "wrong type of argument");
            case OpCode::convert: return arity(1);
            case OpCode::bit:
                arity(1);
                arguments_are(Type::integer);
                require(op().slot < 64, "no such bit");
                return require_boolean();
            case OpCode::call: return check_call();
            case OpCode::random_uniform:
            case OpCode::random_normal:
            case OpCode::random_word:
            case OpCode::random_poisson:
            case OpCode::random_binomial: return check_random();
            case OpCode::store:
            case OpCode::accumulate: return check_effect(1);
            case OpCode::accumulate_at: return check_effect(2);
            case OpCode::append:
                check_effect(1);
                require(kernel_.domain == Domain::elements, "a list of what are not elements");
                require(array().stored == Stored::u32, "a list that does not hold numbers of elements");
                return require_boolean();
            default: return check_leaf();
        }
    }

    void require_boolean() const { require(op().type == Type::boolean, "wrong type of result"); }

    const Kernel& kernel_;
    std::size_t id_ = 0;
};

}  // namespace

void check(const Kernel& kernel) { Checker(kernel).check_all(); }

}  // namespace bouton::codegen
