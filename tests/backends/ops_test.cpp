// SPDX-License-Identifier: BSD-3-Clause
// Every op and every built-in function, alone, on ordinary and on special values: both back ends, the same bits.
#include "tests/backends/ir_builder.hpp"
#include "tests/backends/world.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bouton::test {
namespace {

constexpr Stored stored_as(Type type) {
    switch (type) {
        case Type::real: return Stored::real;
        case Type::f64: return Stored::f64;
        case Type::integer: return Stored::i64;
        case Type::boolean: return Stored::u8;
    }
    return Stored::u8;
}

/// A kernel that stores one op of three loaded arguments.
template <class F>
Kernel one_op(const std::string& name, Type type, F make) {
    IrBuilder build(name);
    const auto a = build.array("a", stored_as(type)), b = build.array("b", stored_as(type)),
               c = build.array("c", stored_as(type));
    const ValueId x = build.load(a, type), y = build.load(b, type), z = build.load(c, type);
    const ValueId value = make(build, x, y, z);
    const auto out = build.array("out", stored_as(build.type_of(value)));
    build.store(out, value);
    return build.take();
}

TEST(Ops, Arithmetic) {
    std::vector<Kernel> kernels;
    for (const Type type : {Type::real, Type::f64, Type::integer}) {
        for (const OpCode code : {OpCode::add, OpCode::subtract, OpCode::multiply, OpCode::floor_divide,
                                  OpCode::modulo, OpCode::divide, OpCode::power}) {
            if (type == Type::integer && (code == OpCode::divide || code == OpCode::power)) continue;
            kernels.push_back(one_op("binary", type, [&](IrBuilder& b, ValueId x, ValueId y, ValueId) {
                return b.binary(code, x, y);
            }));
        }
        kernels.push_back(one_op("negate", type, [&](IrBuilder& b, ValueId x, ValueId, ValueId) {
            return b.op(OpCode::negate, type, {x});
        }));
        for (const std::uint32_t power : {0u, 1u, 2u, 3u, 7u, 64u})
            kernels.push_back(one_op("power", type, [&](IrBuilder& b, ValueId x, ValueId, ValueId) {
                return b.power_int(x, power);
            }));
    }
    expect_same(kernels, Fill::special);
}

TEST(Ops, ComparisonsLogicAndSelect) {
    std::vector<Kernel> kernels;
    for (const Type type : {Type::real, Type::f64, Type::integer, Type::boolean})
        for (const OpCode code : {OpCode::less, OpCode::less_equal, OpCode::greater, OpCode::greater_equal,
                                  OpCode::equal, OpCode::not_equal})
            kernels.push_back(one_op("compare", type, [&](IrBuilder& b, ValueId x, ValueId y, ValueId) {
                return b.compare(code, x, y);
            }));
    for (const OpCode code : {OpCode::logical_and, OpCode::logical_or})
        kernels.push_back(one_op("logic", Type::boolean, [&](IrBuilder& b, ValueId x, ValueId y, ValueId) {
            return b.binary(code, x, y);
        }));
    kernels.push_back(one_op("negation", Type::boolean, [](IrBuilder& b, ValueId x, ValueId, ValueId) {
        return b.op(OpCode::logical_not, Type::boolean, {x});
    }));
    for (const Type type : {Type::real, Type::f64, Type::integer})
        kernels.push_back(one_op("select", type, [](IrBuilder& b, ValueId x, ValueId y, ValueId z) {
            return b.select(b.compare(OpCode::less, x, y), y, z);
        }));
    kernels.push_back(
        one_op("select_boolean", Type::boolean,
               [](IrBuilder& b, ValueId x, ValueId y, ValueId z) { return b.select(x, y, z); }));
    for (const std::uint32_t number : {0u, 1u, 31u, 63u})
        kernels.push_back(one_op("bit", Type::integer, [&](IrBuilder& b, ValueId x, ValueId, ValueId) {
            return b.bit(x, number);
        }));
    expect_same(kernels, Fill::special);
}

TEST(Ops, ConversionsBetweenAllTypes) {
    std::vector<Kernel> kernels;
    for (const Type from : {Type::real, Type::f64, Type::integer, Type::boolean})
        for (const Type to : {Type::real, Type::f64, Type::integer, Type::boolean})
            kernels.push_back(one_op("convert", from, [&](IrBuilder& b, ValueId x, ValueId, ValueId) {
                return b.convert(x, to);
            }));
    expect_same(kernels, Fill::special);
}

TEST(Ops, LoadsAndStoresOfAllElementTypes) {
    std::vector<Kernel> kernels;
    for (const Stored from :
         {Stored::real, Stored::f64, Stored::i64, Stored::i32, Stored::u32, Stored::u16, Stored::u8})
        for (const Type type : {Type::real, Type::f64, Type::integer, Type::boolean}) {
            IrBuilder build("load_store");
            const ValueId value = build.load(build.array("in", from), type);
            for (const Stored to : {Stored::real, Stored::f64, Stored::i64, Stored::i32, Stored::u32,
                                    Stored::u16, Stored::u8}) {
                build.store(build.array(std::string("stored_") + name_of(to), to), value);
                build.accumulate(build.array(std::string("added_") + name_of(to), to), value);
            }
            kernels.push_back(build.take());
        }
    expect_same(kernels, Fill::special);
}

TEST(Ops, BuiltinFunctions) {
    for (const Fill fill : {Fill::plain, Fill::special}) {
        std::vector<Kernel> kernels;
        for (const analysis::Function& row : analysis::functions()) {
            if (row.random) continue;
            for (const Type type : {Type::real, Type::f64, Type::integer}) {
                if (type == Type::integer && !row.keeps_integer) continue;
                kernels.push_back(one_op(row.name, type, [&](IrBuilder& b, ValueId x, ValueId y, ValueId z) {
                    if (row.min_arguments == 1) return b.call(row.id, {x});
                    return b.call(row.id, {x, y, z});
                }));
            }
        }
        expect_same(kernels, fill);
    }
}

TEST(Ops, ConstantsKeepTheirBits) {
    const double inf = std::numeric_limits<double>::infinity();
    std::vector<Kernel> kernels;
    for (const double number :
         {0.0, -0.0, 1.0, -1.5, 0.1, 1e300, -1e-300, 5e-324, 1.7976931348623157e308, 9.3e18, -9.3e18,
          -9223372036854775808.0, 123456789.0, inf, -inf, std::nan("")}) {
        IrBuilder build("constants");
        for (const Type type : {Type::real, Type::f64, Type::integer, Type::boolean}) {
            const ValueId value = build.constant(number, type);
            build.store(build.array(name_of(type), stored_as(type)), value);
            if (type == Type::boolean) continue;
            build.store(build.array("minus", stored_as(type)), build.op(OpCode::negate, type, {value}));
            build.store(build.array("twice", stored_as(type)),
                        build.binary(OpCode::subtract, value, build.constant(-number, type)));
        }
        kernels.push_back(build.take());
    }
    expect_same(kernels);
}

TEST(Ops, UniformInputs) {
    IrBuilder build("inputs");
    build.kernel().signals = {"stimulus"};
    const auto numbers = build.array("numbers", Stored::f64), whole = build.array("whole", Stored::i64);
    const auto column = build.array("column", Stored::f64);
    const auto late = build.array("late", Stored::f64), of_own = build.array("of_own", Stored::f64);
    const ValueId tau = build.scalar("tau");
    const ValueId held = build.add({.code = OpCode::signal, .type = Type::f64, .uniform = true, .slot = 0});
    ValueId sum =
        build.binary(OpCode::add, build.binary(OpCode::multiply, build.time(), tau), build.step_size());
    sum = build.binary(OpCode::add, sum, held);
    build.store(numbers, sum);
    const ValueId k = build.index_of(Index::element);
    build.store(whole, build.binary(OpCode::add, build.step(), k));
    // columns before the first and behind the last are these
    const ValueId shifted = build.binary(OpCode::subtract, k, build.constant(2, Type::integer));
    build.store(column, build.add({.code = OpCode::signal, .type = Type::f64, .slot = 0}, {shifted}));
    const ValueId before = build.binary(OpCode::subtract, build.time(), build.step_size());
    build.store(late,
                build.add({.code = OpCode::signal_at, .type = Type::f64, .slot = 0}, {before, shifted}));
    const ValueId own = build.load(build.array("when", Stored::f64), Type::f64);
    build.store(of_own, build.add({.code = OpCode::signal_at, .type = Type::f64, .slot = 0}, {own}));
    const Kernel kernel = build.take();
    expect_same({kernel});
    expect_same({kernel}, Fill::special);
}

TEST(Ops, RandomNumbers) {
    std::vector<Kernel> kernels;
    for (const Type type : {Type::real, Type::f64}) {
        IrBuilder build("draws");
        const ValueId k = build.index_of(Index::element),
                      copies = build.load(build.array("copies", Stored::u16), Type::integer);
        const ValueId neighbour = build.binary(OpCode::add, k, build.constant(3, Type::integer));
        const ValueId parameter =
            build.call(Builtin::abs, {build.load(build.array("parameter", stored_as(type)), type)});
        const ValueId large = build.binary(OpCode::multiply, parameter, build.constant(100, type));
        const ValueId n = build.binary(OpCode::multiply, copies, build.constant(20, Type::integer));
        build.store(build.array("u", stored_as(type)), build.random(OpCode::random_uniform, 1, {k}, type));
        build.store(build.array("z", stored_as(type)),
                    build.random(OpCode::random_normal, 0xffffffffffffffffu, {k, neighbour, copies}, type));
        build.store(build.array("few", Stored::i64), build.poisson(3, k, parameter));
        build.store(build.array("many", Stored::i64), build.poisson(4, k, large));
        build.store(build.array("hits", Stored::i32),
                    build.random(OpCode::random_binomial, 5, {k, k, copies, n, parameter}, Type::integer));
        kernels.push_back(build.take());
    }
    expect_same(kernels);
    expect_same(kernels, Fill::special);
}

}  // namespace
}  // namespace bouton::test
