// SPDX-License-Identifier: BSD-3-Clause
// Grows a kernel op by op from pools of values by type. A kernel that is not sequential reads only arrays that nobody
// writes, and its own elements; a sequential one may read and write anything.
#include "tests/backends/random_kernel.hpp"

#include "tests/backends/ir_builder.hpp"

#include <array>
#include <random>
#include <vector>

namespace bouton::test {
namespace {

constexpr std::array kTypes = {Type::real, Type::f64, Type::integer, Type::boolean};
constexpr std::array kStored = {Stored::real, Stored::f64, Stored::i64, Stored::i32,
                                Stored::u32,  Stored::u16, Stored::u8};

class Grower {
public:
    explicit Grower(std::uint64_t seed)
        : random_(seed),
          build_("random", std::array{Domain::elements, Domain::listed, Domain::synapses}[seed % 3]) {
        Kernel& kernel = build_.kernel();
        kernel.side = chance(2) ? Side::pre : Side::post;
        kernel.indirect = synaptic() && chance(2);
        kernel.sequential = chance(4);
        kernel.signals = {"stimulus"};
        read_ = arrays("read", 4);
        own_ = arrays("own", 2, synaptic() ? Index::synapse : Index::element);
        sums_ = arrays("sum", 2);
    }

    Kernel grow() {
        for (const Type type : kTypes) keep(build_.constant(type == Type::boolean ? 1 : 1.25, type));
        const int count = 8 + below(24);
        for (int k = 0; k < count; ++k) {
            if (chance(6)) build_.note("random.toml:" + std::to_string(k));
            chance(5) ? add_effect() : add_value();
        }
        for (const std::uint32_t slot : own_)
            build_.store(slot, any(kTypes[static_cast<std::size_t>(below(4))]));
        return build_.take();
    }

private:
    int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
    bool chance(int one_in) { return below(one_in) == 0; }
    bool synaptic() { return build_.kernel().domain == Domain::synapses; }

    template <class C>
    auto pick(const C& from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

    Index any_index() {
        if (!synaptic()) return Index::element;
        return pick(std::array{Index::source, Index::target, Index::synapse});
    }

    std::vector<std::uint32_t> arrays(const std::string& name, int count) {
        std::vector<std::uint32_t> slots;
        for (int k = 0; k < count; ++k)
            slots.push_back(
                build_.array(name + std::to_string(k), pick(kStored), any_index(), Owner::scratch));
        return slots;
    }

    std::vector<std::uint32_t> arrays(const std::string& name, int count, Index index) {
        std::vector<std::uint32_t> slots;
        for (int k = 0; k < count; ++k)
            slots.push_back(build_.array(name + std::to_string(k), pick(kStored), index, Owner::scratch));
        return slots;
    }

    ValueId keep(ValueId id) {
        pools_[static_cast<std::size_t>(build_.type_of(id))].push_back(id);
        return id;
    }

    ValueId any(Type type) { return pick(pools_[static_cast<std::size_t>(type)]); }
    Type number() { return kTypes[static_cast<std::size_t>(below(3))]; }
    Type floating() { return kTypes[static_cast<std::size_t>(below(2))]; }

    /// An index of an array of neurons: a value modulo their number.
    ValueId place() {
        return keep(build_.binary(OpCode::modulo, any(Type::integer), build_.constant(336, Type::integer)));
    }

    void add_value() {
        switch (below(10)) {
            case 0: return add_leaf();
            case 1: return add_load();
            case 2:
            case 3: return add_arithmetic();
            case 4: return add_comparison();
            case 5: return add_select();
            case 6: keep(build_.convert(any(pick(kTypes)), pick(kTypes))); return;
            case 7:
            case 8: return add_call();
            default: return add_random();
        }
    }

    void add_leaf() {
        switch (below(6)) {
            case 0: keep(build_.index_of(any_index())); return;
            case 1: keep(build_.real_scalar("scalar")); return;
            case 2: keep(build_.time()); return;
            case 3: keep(build_.step()); return;
            case 4:
                keep(chance(2) ? build_.add({.code = OpCode::signal, .type = Type::f64}, {any(Type::integer)})
                               : build_.add({.code = OpCode::signal_at, .type = Type::f64},
                                            {any(Type::f64), any(Type::integer)}));
                return;
            default: keep(build_.constant((below(2000) - 1000) / 128.0, pick(kTypes)));
        }
    }

    void add_load() {
        const std::vector<std::uint32_t>& from = chance(2)                                 ? own_
                                                 : build_.kernel().sequential && chance(2) ? sums_
                                                                                           : read_;
        const std::uint32_t slot = pick(from);
        const bool neurons = build_.kernel().arrays[slot].index != Index::synapse;
        if (&from == &read_ && neurons && chance(3))
            keep(build_.load_at(slot, place(), pick(kTypes)));
        else
            keep(build_.load(slot, pick(kTypes)));
    }

    void add_arithmetic() {
        const Type type = number();
        switch (below(8)) {
            case 0: keep(build_.op(OpCode::negate, type, {any(type)})); return;
            case 1: keep(build_.power_int(any(type), static_cast<std::uint32_t>(below(6)))); return;
            case 2:
                keep(build_.binary(chance(2) ? OpCode::floor_divide : OpCode::modulo, any(type), any(type)));
                return;
            case 3: {
                const Type real = floating();
                keep(build_.binary(chance(2) ? OpCode::divide : OpCode::power, any(real), any(real)));
                return;
            }
            default:
                keep(build_.binary(pick(std::array{OpCode::add, OpCode::subtract, OpCode::multiply}),
                                   any(type), any(type)));
        }
    }

    void add_comparison() {
        const Type type = pick(kTypes);
        const auto code = static_cast<OpCode>(static_cast<int>(OpCode::less) + below(6));
        const ValueId result = keep(build_.compare(code, any(type), any(type)));
        switch (below(4)) {
            case 0: keep(build_.binary(OpCode::logical_and, result, any(Type::boolean))); return;
            case 1: keep(build_.binary(OpCode::logical_or, result, any(Type::boolean))); return;
            case 2: keep(build_.op(OpCode::logical_not, Type::boolean, {result})); return;
            default: keep(build_.bit(any(Type::integer), static_cast<std::uint32_t>(below(64))));
        }
    }

    void add_select() {
        const Type type = pick(kTypes);
        keep(build_.select(any(Type::boolean), any(type), any(type)));
    }

    void add_call() {
        const auto& row =
            analysis::functions()[static_cast<std::size_t>(below(static_cast<int>(Builtin::to_int) + 1))];
        const Type type = row.keeps_integer ? number() : floating();
        if (row.max_arguments == 1)
            keep(build_.call(row.id, {any(type)}));
        else
            keep(build_.call(row.id, {any(type), any(type), any(type)}));
    }

    void add_random() {
        const std::uint64_t stream = random_();
        const ValueId a = any(Type::integer), b = any(Type::integer), c = any(Type::integer);
        switch (below(4)) {
            case 0: keep(build_.random(OpCode::random_uniform, stream, {a}, floating())); return;
            case 1: keep(build_.random(OpCode::random_normal, stream, {a, b, c}, floating())); return;
            case 2: keep(build_.poisson(stream, a, b, c, any(floating()))); return;
            default:
                keep(build_.random(OpCode::random_binomial, stream, {a, b, any(floating())}, Type::integer));
        }
    }

    void add_effect() {
        const ValueId value = any(pick(kTypes));
        if (chance(3))
            return chance(2) ? build_.store(pick(own_), value) : build_.accumulate(pick(own_), value);
        const std::uint32_t slot = pick(sums_);
        if (build_.kernel().arrays[slot].index != Index::synapse && chance(3))
            return build_.accumulate_at(slot, place(), value);
        chance(4) ? build_.store(slot, value) : build_.accumulate(slot, value);
    }

    std::mt19937_64 random_;
    IrBuilder build_;
    std::vector<std::uint32_t> read_, own_, sums_;
    std::array<std::vector<ValueId>, 4> pools_;
};

}  // namespace

Kernel random_kernel(std::uint64_t seed) { return Grower(seed).grow(); }

}  // namespace bouton::test
