// SPDX-License-Identifier: BSD-3-Clause
// The text for the compiler: nothing that a user wrote reaches it unchanged, malformed kernels never become text.
#include "base/diagnostics.hpp"
#include "codegen/emit/emit_cpp.hpp"
#include "tests/backends/ir_builder.hpp"
#include "tests/backends/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Text, HostileNamesAndNotesCompile) {
    IrBuilder build("new delete;}");
    build.kernel().signals = {"int"};
    const auto v = build.array("while(1);//\\\n*/\xce\xbc", Stored::real);
    const ValueId c = build.real_scalar("real] = {0}; #include <x>");
    for (const char* note : {"ends with a backslash \\", "closes */ and opens /*", "a\nb\r\n#error injected",
                             "trigraph ?\?/", "\xe2\x80\xa8#error", "tab\tand nul", "\x01\x7f\xff"}) {
        build.note(note);
        build.store(v, build.binary(OpCode::add, build.load(v), c));
    }
    const Kernel kernel = build.take();
    const std::string text = emit_cpp({kernel}, Precision::f64);
    for (const char c2 : text) EXPECT_TRUE((c2 >= ' ' && c2 <= '~') || c2 == '\n');
    EXPECT_THAT(text, Not(HasSubstr("\\\n")));
    EXPECT_THAT(text, Not(HasSubstr("\n#error")));
    EXPECT_THAT(text, Not(HasSubstr("?"
                                    "?/")));
    expect_same({kernel});
}

TEST(Text, ANoteIsShownOnceAboveItsLines) {
    IrBuilder build("update");
    const auto v = build.array("v", Stored::real);
    build.note("m.toml:1  v += 1");
    build.store(v, build.binary(OpCode::add, build.load(v), build.constant(1)));
    const std::string text = emit_cpp({build.take()}, Precision::f64);
    const std::size_t first = text.find("// m.toml:1  v += 1");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(text.find("// m.toml:1", first + 1), std::string::npos);
    EXPECT_LT(first, text.find("a0_v[k] ="));
}

TEST(Text, DependsOnKernelsAndPrecisionOnly) {
    const auto make = [] {
        IrBuilder build("update");
        const auto v = build.array("v", Stored::real);
        build.store(v, build.binary(OpCode::multiply, build.load(v), build.constant(0.1)));
        return build.take();
    };
    EXPECT_EQ(emit_cpp({make()}, Precision::f64), emit_cpp({make()}, Precision::f64));
    EXPECT_NE(emit_cpp({make()}, Precision::f64), emit_cpp({make()}, Precision::f32));
    EXPECT_THAT(emit_cpp({make()}, Precision::f32), HasSubstr("0.1f"));
}

TEST(Text, EmptyKernelsAndModules) {
    expect_same({});
    IrBuilder nothing("nothing"), unused("unused");
    unused.load(unused.array("v", Stored::real));
    expect_same({nothing.take(), unused.take()});
}

TEST(Text, ToStringShowsEveryOp) {
    IrBuilder build("on_pre", Domain::synapses);
    const auto w = build.array("w", Stored::real, Index::synapse, Owner::synapse);
    build.note("m.toml:2  w *= tau");
    const ValueId tau = build.real_scalar("tau"), x = build.load(w);
    build.store(w, build.binary(OpCode::multiply, x, tau));
    EXPECT_EQ(to_string(build.take()),
              "kernel on_pre: synapses by source\n"
              "  array synapse w#0 by synapse, real, written\n"
              "  ; m.toml:2  w *= tau\n"
              "  %0 = uniform scalar f64 tau\n"
              "  %1 = uniform convert real %0\n"
              "  %2 = load real w#0\n"
              "  %3 = multiply real %2, %1\n"
              "  store real w#0 %3\n");
}

TEST(Text, MalformedKernelsAreOurMistake) {
    const auto refused = [](auto spoil) {
        IrBuilder build("update");
        const auto v = build.array("v", Stored::real);
        const ValueId x = build.load(v), one = build.constant(1);
        build.store(v, build.binary(OpCode::add, x, one));
        Kernel kernel = build.take();
        spoil(kernel);
        EXPECT_THROW(runtime::interpret({kernel}, Precision::f64), base::InternalError);
        EXPECT_THROW(emit_cpp({kernel}, Precision::f64), base::InternalError);
    };
    refused([](Kernel& k) { k.ops[2].arguments[0] = 2; });
    refused([](Kernel& k) { k.ops[2].arguments[0] = 99; });
    refused([](Kernel& k) { k.ops[2].argument_count = 1; });
    refused([](Kernel& k) { k.ops[1].type = Type::f64; });
    refused([](Kernel& k) { k.ops[0].slot = 1; });
    refused([](Kernel& k) { k.ops[0].uniform = true; });
    refused([](Kernel& k) { k.ops[2].uniform = true; });
    refused([](Kernel& k) { k.arrays[0].written = false; });
    refused([](Kernel& k) { k.arrays[0].index = Index::target; });
    refused([](Kernel& k) { k.domain = Domain::synapses; });
    refused([](Kernel& k) { k.ops[2].code = OpCode::less; });
    refused([](Kernel& k) { k.ops[2].code = OpCode::logical_and; });
}

}  // namespace
}  // namespace bouton::test
