// SPDX-License-Identifier: BSD-3-Clause
// Domains, conflicts and order: which elements a kernel visits, and what happens where they meet. The interpreter is
// held to results written out here, the compiled back end to the interpreter.
#include "codegen/emit/emit_cpp.hpp"
#include "tests/backends/ir_builder.hpp"
#include "tests/backends/world.hpp"

#include <gtest/gtest.h>

namespace bouton::test {
namespace {

/// A synaptic kernel in all its forms: both sides, in row order and through `order`.
template <class F>
std::vector<Kernel> all_forms(F make) {
    std::vector<Kernel> kernels;
    for (const Side side : {Side::pre, Side::post})
        for (const bool indirect : {false, true}) {
            IrBuilder build("synaptic", Domain::synapses);
            build.kernel().side = side;
            build.kernel().indirect = indirect;
            make(build);
            kernels.push_back(build.take());
        }
    return kernels;
}

/// What keeps a compiler busy enough that the loop is divided.
ValueId heavy(IrBuilder& build, ValueId x) {
    return build.call(Builtin::exp, {build.call(Builtin::sin, {build.call(Builtin::tanh, {x})})});
}

TEST(Domains, EveryIndexIsTheRightOne) {
    std::vector<Kernel> kernels = all_forms([](IrBuilder& build) {
        for (const Index index : {Index::source, Index::target, Index::synapse})
            build.store(build.array("index", Stored::i64, Index::synapse, Owner::synapse),
                        build.index_of(index));
    });
    IrBuilder build("listed", Domain::listed);
    build.store(build.array("index", Stored::i32), build.index_of(Index::element));
    kernels.push_back(build.take());
    expect_same(kernels);
}

TEST(Domains, ListedElementsOnly) {
    IrBuilder build("reset", Domain::listed);
    build.store(build.array("flag", Stored::u8), build.constant(7, Type::integer));
    const auto v = build.array("v", Stored::real);
    build.store(v, heavy(build, build.load(v)));
    expect_same({build.take()});
}

TEST(Domains, InterpreterFollowsSegmentsAndOrder) {
    IrBuilder build("transmit", Domain::synapses);
    build.kernel().indirect = true;
    build.kernel().side = Side::post;
    const auto w = build.array("w", Stored::f64, Index::synapse, Owner::synapse);
    const auto g = build.array("g", Stored::f64, Index::source, Owner::pre);
    build.accumulate(g, build.load(w, Type::f64));
    const Kernel kernel = build.take();

    World world(kernel, Precision::f64, 1);
    std::vector<double> expected(world.as<double>(g), world.as<double>(g) + kNeurons);
    for (const bn_segment& segment : world.segments())
        for (std::int64_t k = segment.begin; k < segment.end; ++k) {
            const std::int64_t s = 1023 - k;  // the order of this world is turned round
            expected[world.other()[static_cast<std::size_t>(s)]] += world.as<double>(w)[s];
        }
    world.run(*runtime::interpret({kernel}, Precision::f64).kernels[0]);
    for (std::size_t k = 0; k < kNeurons; ++k) EXPECT_EQ(world.as<double>(g)[k], expected[k]) << k;
}

TEST(Domains, ConflictsAreAddedInOrder) {
    const auto add = [](bool much_work, int effects) {
        return [=](IrBuilder& build) {
            const auto w = build.array("w", Stored::real, Index::synapse, Owner::synapse);
            ValueId x = build.load(w);
            if (much_work) x = heavy(build, x);
            const auto g_post = build.array("g", Stored::real, Index::target, Owner::post);
            for (int k = 0; k < effects; ++k)
                build.accumulate(g_post, build.binary(OpCode::multiply, x, build.constant(1.1 + k)));
            build.accumulate(build.array("h", Stored::real, Index::source, Owner::pre), x);
            build.store(w, x);
        };
    };
    for (const bool much_work : {false, true})
        for (const int effects : {1, 2}) expect_same(all_forms(add(much_work, effects)), Fill::special);
}

TEST(Domains, StoresThenAddsInOnePlace) {
    expect_same(all_forms([](IrBuilder& build) {
        const auto g = build.array("g", Stored::real, Index::target, Owner::post);
        const ValueId x =
            heavy(build, build.load(build.array("w", Stored::real, Index::synapse, Owner::synapse)));
        build.store(g, x);
        build.accumulate(g, build.binary(OpCode::multiply, x, x));
        // the same memory by its other name
        build.accumulate(build.array("g", Stored::real, Index::target, Owner::post), x);
    }));
}

TEST(Domains, AnElementSeesItsOwnEffects) {
    expect_same(all_forms([](IrBuilder& build) {
        const auto w = build.array("w", Stored::real, Index::synapse, Owner::synapse);
        build.store(w, heavy(build, build.load(w)));
        build.store(build.array("again", Stored::real, Index::synapse, Owner::synapse),
                    heavy(build, build.load(w)));
    }));
}

TEST(Domains, SequentialElementsSeeEarlierOnes) {
    const auto body = [](IrBuilder& build) {
        build.kernel().sequential = true;
        const auto u = build.array("u", Stored::real, Index::target, Owner::post);
        const auto x = build.array("u", Stored::real, Index::source, Owner::post);
        const ValueId before = build.binary(OpCode::add, build.load(u), build.load(x));
        const ValueId after = heavy(build, before);
        build.store(u, after);
        build.store(build.array("seen", Stored::real, Index::synapse, Owner::synapse), before);
    };
    std::vector<Kernel> kernels = all_forms(body);
    expect_same(kernels);

    // one block of all lanes would give something else: the test sees the order
    Kernel blocked = kernels[0];
    blocked.sequential = false;
    World one(kernels[0], Precision::f64, 0), other(kernels[0], Precision::f64, 0);
    one.run(*runtime::interpret({kernels[0]}, Precision::f64).kernels[0]);
    other.run(*runtime::interpret({blocked}, Precision::f64).kernels[0]);
    EXPECT_NE(one.difference(other), "");
}

TEST(Domains, LoadAtAndAccumulateAt) {
    std::vector<Kernel> kernels = all_forms([](IrBuilder& build) {
        const auto ring = build.array("ring", Stored::f64, Index::element, Owner::scratch);
        const auto delay = build.array("delay", Stored::u16, Index::synapse, Owner::synapse);
        const auto table = build.array("table", Stored::f64, Index::element, Owner::scratch);
        const ValueId slot = build.binary(
            OpCode::modulo,
            build.binary(OpCode::add, build.load(delay, Type::integer), build.index_of(Index::target)),
            build.constant(kNeurons, Type::integer));
        const ValueId value = build.load_at(table, slot, Type::f64);
        build.accumulate_at(ring, slot, heavy(build, value));
        build.accumulate_at(ring, build.constant(3, Type::integer), value);
    });
    IrBuilder build("elements");
    const auto sum = build.array("sum", Stored::i32, Index::element, Owner::scratch);
    build.accumulate_at(sum, build.load(build.array("place", Stored::u8), Type::integer),
                        build.index_of(Index::element));
    kernels.push_back(build.take());
    expect_same(kernels);
}

TEST(Domains, DividedLoops) {
    IrBuilder build("update");
    build.note("model.toml:3  dv/dt = (g*(E - v) + sin(v))/tau : volt");
    const auto v = build.array("v", Stored::real), last = build.array("lastspike", Stored::i64);
    const auto flag = build.array("spiking", Stored::u8), counts = build.array("counts", Stored::u16);
    const ValueId tau = build.real_scalar("tau");
    const ValueId x = build.load(v), active = build.load(flag, Type::boolean);
    const ValueId k = build.index_of(Index::element);
    const ValueId drive = build.poisson(9, k, tau);
    ValueId next = build.binary(OpCode::divide, build.call(Builtin::sin, {heavy(build, x)}), tau);
    next = build.select(active, build.binary(OpCode::add, next, build.convert(drive, Type::real)), x);
    const ValueId spike = build.compare(OpCode::greater, next, build.constant(0.5));
    build.store(v, next);
    build.note("model.toml:9  v > V_th");
    build.store(flag, spike);
    build.accumulate(counts, drive);
    build.store(last, build.select(spike, build.step(), build.load(last, Type::integer)));
    const Kernel kernel = build.take();
    EXPECT_NE(emit_cpp({kernel}, Precision::f64).find("BN_CHUNK"), std::string::npos);
    expect_same({kernel});
}

TEST(Domains, ListsOfElements) {
    const auto kernel = [](bool sequential, bool of_elements) {
        IrBuilder build("update");
        build.kernel().sequential = sequential;
        const auto v = build.array("v", Stored::real);
        const ValueId next = build.binary(OpCode::multiply, build.load(v), build.constant(1.5));
        build.store(v, next);
        const ValueId time = build.binary(OpCode::multiply, build.time(), build.constant(100, Type::f64));
        const ValueId listed = of_elements
                                   ? build.compare(OpCode::greater, next, build.constant(0.8))
                                   : build.compare(OpCode::less, time, build.constant(0.5, Type::f64));
        build.append(build.array("list", Stored::u32), listed);
        return build.take();
    };
    IrBuilder nothing_else("update");
    nothing_else.append(nothing_else.array("list", Stored::u32), nothing_else.constant(1, Type::boolean));
    const std::vector<Kernel> kernels = {kernel(false, true), kernel(true, true), kernel(false, false),
                                         nothing_else.take()};
    EXPECT_NE(emit_cpp(kernels, Precision::f64).find("bn::append(kept"), std::string::npos);
    expect_same(kernels);
    expect_same(kernels, Fill::special);

    // from the 64th element on: their list begins where they do
    for (const bool compiled : {false, true}) {
        const runtime::Module module = compiled ? runtime::compile(kernels, Precision::f64, test_options())
                                                : runtime::interpret(kernels, Precision::f64);
        World world(kernels[0], Precision::f64, 3);
        world.args().begin = 64;
        world.run(*module.kernels[0]);
        const auto* v = world.as<double>(0);
        std::vector<std::uint32_t> expected;
        for (std::uint32_t k = 64; k < kNeurons; ++k)
            if (v[k] > 0.8) expected.push_back(k);
        const auto* list = world.as<std::uint32_t>(1) + 64;
        ASSERT_FALSE(expected.empty());
        EXPECT_EQ(std::vector<std::uint32_t>(list, list + *world.args().appended), expected);
    }
}

// Lists from arithmetic alone are written for several elements at once.
TEST(Domains, ListsOfSeveralElementsAtOnce) {
    constexpr const char* kPackSize = "b += bn::kPackSize<real>";
    enum class Other { nothing, drawn, function, integers, also_flag, uniform_condition };
    const auto kernel = [](Other other) {
        IrBuilder build("update");
        const auto v = build.array("v", Stored::real), awake = build.array("awake", Stored::real);
        const auto w = build.array("w", Stored::real), count = build.array("count", Stored::i32);
        const ValueId x = build.load(v), y = build.load(w), scale = build.real_scalar("scale");
        const ValueId rests =
            build.op(OpCode::logical_not, Type::boolean, {build.convert(build.load(awake), Type::boolean)});
        ValueId input = build.binary(OpCode::multiply, y, scale);
        if (other == Other::drawn)
            input = build.convert(build.poisson(9, build.index_of(Index::element), build.scalar("mean")),
                                  Type::real);
        if (other == Other::function) input = build.call(Builtin::exp, {input});
        if (other == Other::integers) input = build.convert(build.load(count, Type::integer), Type::real);
        ValueId next =
            build.binary(OpCode::divide, build.binary(OpCode::subtract, input, x), build.constant(3));
        next = build.select(rests, x,
                            build.binary(OpCode::add, x, build.op(OpCode::negate, Type::real, {next})));
        if (other == Other::uniform_condition)
            next = build.select(build.compare(OpCode::less, scale, build.constant(0.2)), next, x);
        ValueId listed = build.compare(OpCode::greater, next, build.constant(0.3));
        const auto both = [&](OpCode code, OpCode comparison, ValueId a, ValueId b) {
            listed = build.op(code, Type::boolean, {listed, build.compare(comparison, a, b)});
        };
        both(OpCode::logical_or, OpCode::less_equal, next, y);
        both(OpCode::logical_and, OpCode::not_equal, y, build.constant(0.25));
        both(OpCode::logical_or, OpCode::equal, next, x);
        both(OpCode::logical_and, OpCode::greater_equal, build.constant(0.9), y);
        both(OpCode::logical_or, OpCode::less, y, build.constant(-0.8));
        build.store(v, next);
        if (other == Other::also_flag) build.store(build.array("flag", Stored::u8), listed);
        build.append(build.array("list", Stored::u32), listed);
        return build.take();
    };
    for (const Other other : {Other::nothing, Other::drawn})
        EXPECT_NE(emit_cpp({kernel(other)}, Precision::f64).find(kPackSize), std::string::npos);
    for (const Other other : {Other::function, Other::integers, Other::also_flag, Other::uniform_condition})
        EXPECT_EQ(emit_cpp({kernel(other)}, Precision::f64).find(kPackSize), std::string::npos);
    std::vector<Kernel> kernels;
    for (const Other other : {Other::nothing, Other::drawn, Other::function, Other::integers,
                              Other::also_flag, Other::uniform_condition})
        kernels.push_back(kernel(other));
    expect_same(kernels);
    expect_same(kernels, Fill::special);
}

TEST(Domains, ListedElementsWithStepsOfTheirOwn) {
    IrBuilder build("advance", Domain::listed);
    build.kernel().own_steps = true;
    const auto at = build.array("at", Stored::i32), x = build.array("x", Stored::real);
    const auto noise = build.array("noise", Stored::real), counts = build.array("counts", Stored::i64);
    const ValueId step = build.own_step(), k = build.index_of(Index::element);
    const ValueId elapsed = build.op(OpCode::subtract, Type::integer, {step, build.load(at, Type::integer)});
    const ValueId time = build.binary(OpCode::multiply, build.own_time(), build.constant(1e-6, Type::f64));
    const ValueId decay =
        build.binary(OpCode::multiply, build.convert(elapsed, Type::real), build.constant(-1e-10));
    ValueId value = build.binary(OpCode::multiply, build.load(x), build.call(Builtin::exp, {decay}));
    value = build.binary(OpCode::add, heavy(build, value), build.convert(time, Type::real));
    build.store(x, value);
    build.store(at, step);
    build.store(noise, build.random(OpCode::random_normal, 7, {k}));
    build.accumulate(counts, build.poisson(8, k, build.constant(3, Type::f64)));
    const Kernel kernel = build.take();
    expect_same({kernel});

    // elements that follow each other alone, one step later each, are the same
    for (const bool compiled : {false, true}) {
        const runtime::Module module = compiled ? runtime::compile({kernel}, Precision::f64, test_options())
                                                : runtime::interpret({kernel}, Precision::f64);
        World together(kernel, Precision::f64, 3), alone(kernel, Precision::f64, 3);
        together.run(*module.kernels[0]);
        alone.run_each(*module.kernels[0]);
        EXPECT_EQ(together.difference(alone), "");
    }
}

// Chunks with a large argument of exprel are found anew.
TEST(Domains, NearAndFarArgumentsOfExprel) {
    std::vector<Kernel> kernels;
    for (const double scale : {1e-4, 0.02, 0.5, 30.0}) {
        IrBuilder build("update");
        const auto v = build.array("v", Stored::real), g = build.array("g", Stored::real);
        const auto flag = build.array("spiking", Stored::u8);
        const ValueId x = build.load(v);
        const ValueId y = build.binary(OpCode::multiply, build.load(g), build.constant(scale));
        const ValueId z = build.binary(OpCode::multiply, x, build.constant(scale));
        const ValueId next = build.binary(OpCode::multiply, build.call(Builtin::exprel, {y}),
                                          build.binary(OpCode::add, x, build.call(Builtin::exprel, {z})));
        build.store(v, next);
        build.store(g, build.binary(OpCode::multiply, build.load(g), build.constant(0.9)));
        build.store(flag, build.compare(OpCode::greater, next, build.constant(0.5)));
        kernels.push_back(build.take());
        EXPECT_NE(emit_cpp({kernels.back()}, Precision::f64).find("bn::exprel(kept"), std::string::npos);
    }
    expect_same(kernels);
    expect_same(kernels, Fill::special);
}

TEST(Domains, VeryLongKernels) {
    IrBuilder build("long");
    const auto v = build.array("v", Stored::real);
    const ValueId x = build.load(v);
    ValueId sum = x;
    for (int k = 0; k < 6000; ++k)
        sum = build.binary(k % 2 == 0 ? OpCode::multiply : OpCode::add, sum, k % 3 == 0 ? sum : x);
    build.store(v, sum);
    expect_same({build.take()});
}

}  // namespace
}  // namespace bouton::test
