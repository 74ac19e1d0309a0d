// SPDX-License-Identifier: BSD-3-Clause
// Compilers: how they are found, how they fail, and what makes a module another one.
#include "runtime/native/build.hpp"
#include "runtime/native/key.hpp"
#include "tests/runtime/native_fixture.hpp"

#include <fstream>

namespace bouton::runtime {
namespace {

using ::testing::HasSubstr;

TEST_F(Native, NoCompiler) {
    const Variable path("PATH", folder_.c_str());
    fs::create_directory(folder_ / "folder");
    write_file(folder_ / "text", "");
    struct {
        std::optional<std::string> cxx;
        const char* reason;
    } const cases[] = {
        {std::nullopt, "no C++ compiler was found"},
        {" ", "no C++ compiler was found"},
        {"no-such-compiler -v", "no-such-compiler"},
        {(folder_ / "missing").string(), "there is no such file"},
        {(folder_ / "folder").string(), "it is a folder"},
        {(folder_ / "text").string(), "it is not executable"},
    };
    for (const auto& [cxx, reason] : cases) {
        const Variable variable("CXX", cxx ? cxx->c_str() : nullptr);
        EXPECT_FALSE(compiler_available(options_));
        EXPECT_THAT(failure().reason(), HasSubstr(reason));
        EXPECT_FALSE(failure().way_out().empty());
    }
}

TEST_F(Native, AFailingCompilerIsToldByWhatItDoes) {
    struct {
        const char* script;
        const char* reason;
    } const cases[] = {
        {"echo missing headers; exit 1", "does not work (exit status 1: missing headers)"},
        {"exit 0", "cannot be loaded: it is empty or missing"},
        {"kill -SEGV $$", "was ended by signal 11"},
        {"kill -KILL $$", "ran out of memory"},
        {"echo 'cc1plus: out of memory allocating 65536 bytes'; exit 1", "ran out of memory"},
    };
    for (const auto& [script, reason] : cases) {
        options_.compiler = write_program("broken", script).string();
        const CompileError error = failure();
        EXPECT_THAT(error.reason(), HasSubstr(reason)) << script;
        EXPECT_THAT(error.reason(), HasSubstr("broken"));
        EXPECT_THAT(error.what(), HasSubstr(error.reason()));
        EXPECT_EQ(error.reason().find('\n'), std::string::npos);
        EXPECT_TRUE(entries().empty()) << script;
    }
    options_.compiler = write_program("broken", "").string();
    write_file(options_.compiler,
               "\x7f"
               "ELF");
    EXPECT_THAT(failure().reason(), HasSubstr("does not start (Exec format error)"));
}

TEST_F(Native, TheLastLinesOfTheCompilerAreShown) {
    options_.compiler =
        write_program("wordy", "for k in $(seq 1 100000); do echo line $k; done; exit 1").string();
    const std::string message = failure().what();
    EXPECT_THAT(message, ::testing::EndsWith("\n  line 99999\n  line 100000"));
    EXPECT_THAT(message, ::testing::Not(HasSubstr("line 99990\n")));
}

TEST_F(Native, BadObjectsAreNotLoaded) {
    struct {
        const char* after;  ///< what becomes of the object in $out
        const char* reason;
    } const cases[] = {
        {"echo text > $out", "it is not a shared object"},
        {": > $out", "it is empty"},
        {"head -c 1000 $out > $out.cut; mv $out.cut $out", "it is cut off"},
        {"head -c 8000 $out > $out.cut; mv $out.cut $out", "it is cut off"},
        {"truncate -s -1 $out", "it is cut off"},
        {"printf '\\363\\000' | dd of=$out bs=1 seek=18 conv=notrunc 2> /dev/null",
         "another kind of machine"},
        {"printf '\\001' | dd of=$out bs=1 seek=4 conv=notrunc 2> /dev/null", "another kind of machine"},
        {"printf '\\001' | dd of=$out bs=1 seek=16 conv=notrunc 2> /dev/null", "it is not a shared object"},
    };
    for (const auto& [after, reason] : cases) {
        options_.compiler = write_program("careless", real_compiler() + find_output + after).string();
        EXPECT_THAT(failure().reason(), HasSubstr(reason)) << after;
        EXPECT_TRUE(entries().empty()) << after;
    }
}

TEST_F(Native, ModulesOfAnotherKindAreNotLoaded) {
    struct {
        const char* edit;  ///< of the text before it is compiled
        const char* reason;
    } const cases[] = {
        {"s/bouton_module/other_module/", "lacks the symbol bouton_module"},
        {"s/BN_ABI_VERSION/1000/", "another version of bouton"},
        {"$ a void missing(); __attribute__((visibility(\"default\"))) void other() { missing(); }",
         "undefined symbol"},
    };
    for (const auto& [edit, reason] : cases) {
        options_.compiler =
            write_program("other", "for last; do case $last in *.cpp) sed -i '" + std::string(edit) +
                                       "' $last;; esac; done\n" + real_compiler())
                .string();
        EXPECT_THAT(failure().reason(), HasSubstr(reason)) << edit;
        EXPECT_TRUE(entries().empty()) << edit;
    }
}

TEST_F(Native, RefusedCodeIsKeptForTheReport) {
    options_.compiler =
        write_program("picky", "case \"$*\" in *trial*) exit 0;; esac; echo 'error: no such thing'; exit 1")
            .string();
    const CompileError error = failure();
    EXPECT_THAT(error.reason(), HasSubstr("bug"));
    EXPECT_THAT(error.what(), HasSubstr("no such thing"));
    const std::vector<fs::path> kept = entries();
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_THAT(error.what(), HasSubstr((kept[0] / "module.cpp").string()));
    EXPECT_TRUE(fs::exists(kept[0] / "module.cpp"));
    EXPECT_THAT(read_file(kept[0] / "module.log"), HasSubstr("no such thing"));
}

TEST_F(Native, AHangingCompilerIsEnded) {
    options_.compiler = write_program("hanging", "echo begun; sleep 1000").string();
    options_.limit_s = 0.3;
    const CompileError error = failure();
    EXPECT_THAT(error.reason(), HasSubstr("was ended after"));
    EXPECT_THAT(error.way_out(), HasSubstr("BOUTON_COMPILE_SECONDS"));
    EXPECT_THAT(error.what(), HasSubstr("begun"));
    EXPECT_TRUE(entries().empty());
}

TEST_F(Native, AStopEndsTheCompilation) {
    const fs::path mark = folder_ / "begun";
    options_.compiler = write_program("hanging", "echo > " + mark.string() + "; sleep 1000").string();
    options_.is_cancelled = [&] { return fs::exists(mark); };
    EXPECT_THROW(compile_all({{set_to(1)}, {set_to(2)}}, Precision::f64, options_), Cancelled);
    EXPECT_TRUE(entries().empty());
}

TEST_F(Native, OneFailureEndsTheOtherCompilations) {
    // The first compilation waits for ever, the second fails at once.
    options_.compiler = write_program("mixed", "if mkdir " + (folder_ / "first").string() +
                                                   " 2> /dev/null; then sleep 1000; fi; exit 7")
                            .string();
    try {
        compile_all({{set_to(1)}, {set_to(2)}}, Precision::f64, options_);
        FAIL();
    } catch (const CompileError& error) {
        EXPECT_THAT(error.reason(), HasSubstr("exit status 7"));
    }
}

TEST_F(Native, CompilerCommandsMayHaveWords) {
    const fs::path wrapper = write_program("wrapper", "exec \"$@\"");
    options_.compiler = wrapper.string() + " " + std::get<Compiler>(find_compiler("")).command[0];
    EXPECT_TRUE(compiler_available(options_));
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_)), 1.5);
}

TEST_F(Native, AChangedCompilerIsAnotherOne) {
    const fs::path program = write_program("compiler", "exit 0");
    const auto identity = [&] { return std::get<Compiler>(find_compiler(program.string())).identity; };
    const std::string before = identity();
    EXPECT_EQ(before, identity());
    write_program("compiler", "exit  0");
    EXPECT_NE(before, identity());
}

TEST_F(Native, TheTimeLimitIsTheUsers) {
    {
        const Variable limit("BOUTON_COMPILE_SECONDS", nullptr);
        EXPECT_EQ(compile_limit_s(options_), 300);
    }
    {
        const Variable limit("BOUTON_COMPILE_SECONDS", "7");
        EXPECT_EQ(compile_limit_s(options_), 7);
    }
    EXPECT_TRUE(warnings_.empty());
    const Variable limit("BOUTON_COMPILE_SECONDS", "-1");
    EXPECT_EQ(compile_limit_s(options_), 300);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_THAT(warnings_[0], HasSubstr("'-1'"));
    options_.limit_s = 2;
    EXPECT_EQ(compile_limit_s(options_), 2);
}

TEST(Key, DependsOnAllThatTheCodeDependsOn) {
    const Compiler compiler{{"/usr/bin/c++"}, "identity"};
    const std::vector<std::string> flags{"-O3"};
    const base::EmbeddedFile header{"philox.h", "one"}, changed{"philox.h", "two"},
        renamed{"random.h", "one"};
    const auto key = [&](const Compiler& c, const std::vector<std::string>& f, const base::EmbeddedFile& h,
                         const std::string& text) {
        return key_of(c, f, {&h, 1}, text);
    };
    const std::string usual = key(compiler, flags, header, "code();\n");
    EXPECT_EQ(usual, key(compiler, flags, header, "code();\n"));
    EXPECT_EQ(usual, key(compiler, flags, header, "  // net.toml:3\ncode();\n"));
    EXPECT_NE(usual, key(compiler, flags, header, "other();\n"));
    EXPECT_NE(usual, key(compiler, flags, changed, "code();\n"));
    EXPECT_NE(usual, key(compiler, flags, renamed, "code();\n"));
    EXPECT_NE(usual, key_of(compiler, flags, {}, "code();\n"));
    EXPECT_NE(usual, key(compiler, {"-O0"}, header, "code();\n"));
    EXPECT_NE(usual, key({{"/usr/bin/clang++"}, "identity"}, flags, header, "code();\n"));
    EXPECT_NE(usual, key({{"/usr/bin/c++"}, "another CPU"}, flags, header, "code();\n"));
    EXPECT_NE(usual, key({{"/usr/bin/c++", "-m32"}, "identity"}, flags, header, "code();\n"));
}

TEST(Key, KnowsTheCpu) {
    std::ifstream file("/proc/cpuinfo");
    std::string flags;
    while (std::getline(file, flags) && !flags.starts_with("flags") && !flags.starts_with("Features"))
        continue;
    if (flags.empty()) GTEST_SKIP() << "the system does not say what its CPU can do";
    EXPECT_THAT(std::get<Compiler>(find_compiler("")).identity, HasSubstr(flags));
}

}  // namespace
}  // namespace bouton::runtime
