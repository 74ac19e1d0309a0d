// SPDX-License-Identifier: BSD-3-Clause
// The compiled back end around the compiler: the cache, damage, missing and broken compilers.
#include "base/diagnostics.hpp"
#include "runtime/callable.hpp"
#include "runtime/native/cache.hpp"
#include "runtime/native/compiler.hpp"
#include "runtime/native/hash.hpp"
#include "runtime/native/process.hpp"
#include "tests/backends/ir_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;
using codegen::Kernel;
using codegen::Precision;
using codegen::Stored;
using ::testing::HasSubstr;

/// v = number, in a kernel whose text differs by the number.
Kernel set_to(double number) {
    test::IrBuilder build("set");
    build.store(build.array("v", Stored::real), build.constant(number));
    return build.take();
}

double result_of(const Module& module) {
    alignas(64) double v[BN_LANES] = {};
    void* arrays[] = {v};
    bn_args args{};
    args.n = BN_LANES;
    args.arrays = arrays;
    module.kernels.at(0)->call(args);
    return v[BN_LANES - 1];
}

/// An environment variable for the time of a test.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        if (value == nullptr)
            unsetenv(name);
        else
            setenv(name, value, 1);
    }
    ~Variable() {
        if (old_)
            setenv(name_, old_->c_str(), 1);
        else
            unsetenv(name_);
    }

private:
    const char* name_;
    std::optional<std::string> old_;
};

class Native : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "bouton-native-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        options_.cache = folder_ / "cache";
        options_.warn = [this](const std::string& message) { warnings_.push_back(message); };
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::vector<fs::path> entries() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(options_.cache)) found.push_back(entry.path());
        return found;
    }

    fs::path write_program(const std::string& name, const std::string& script) {
        const fs::path file = folder_ / name;
        write_file(file, "#!/bin/sh\n" + script + "\n");
        fs::permissions(file, fs::perms::owner_all);
        return file;
    }

    fs::path folder_;
    NativeOptions options_;
    NativeReport report_;
    std::vector<std::string> warnings_;
};

TEST_F(Native, TheSecondTimeComesFromTheCache) {
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_, &report_)), 1.5);
    EXPECT_FALSE(report_.from_cache);
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_, &report_)), 1.5);
    EXPECT_TRUE(report_.from_cache);
    EXPECT_EQ(entries().size(), 1u);  // nothing else is left behind
    EXPECT_EQ(result_of(compile({set_to(2.5)}, Precision::f64, options_, &report_)), 2.5);
    EXPECT_FALSE(report_.from_cache);
    compile({set_to(1.5)}, Precision::f32, options_, &report_);
    EXPECT_FALSE(report_.from_cache);
    EXPECT_TRUE(warnings_.empty());
}

TEST_F(Native, DamagedEntriesAreBuiltAgain) {
    compile({set_to(1.5)}, Precision::f64, options_);
    const fs::path entry = entries().at(0);
    const auto size = fs::file_size(entry);
    const auto damage = [&](auto how) {
        how();
        EXPECT_FALSE(is_intact(entry));
        EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_, &report_)), 1.5);
        EXPECT_FALSE(report_.from_cache);
        EXPECT_TRUE(is_intact(entry));
    };
    damage([&] { fs::resize_file(entry, size / 2); });
    damage([&] { fs::resize_file(entry, 0); });
    damage(
        [&] { write_file(entry, "not a shared object at all, but longer than the mark at the end of one"); });
    damage([&] {
        std::fstream file(entry, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(size / 2));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(size / 2));
        file.put(static_cast<char>(byte ^ 1));
    });
}

TEST_F(Native, AnIntactEntryThatIsSomethingElseIsBuiltAgain) {
    compile({set_to(1.5)}, Precision::f64, options_);
    const fs::path entry = entries().at(0);
    write_file(entry, "text");
    seal(entry);
    EXPECT_TRUE(is_intact(entry));
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_, &report_)), 1.5);
    EXPECT_FALSE(report_.from_cache);
}

TEST_F(Native, AnUnwritableCacheCostsAWarning) {
    write_file(folder_ / "file", "");
    options_.cache = folder_ / "file" / "cache";
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_, &report_)), 1.5);
    EXPECT_FALSE(report_.from_cache);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_THAT(warnings_[0], HasSubstr(options_.cache.string()));
}

TEST_F(Native, EqualModulesAreCompiledOnce) {
    const std::vector<Module> modules = compile_all(
        {{set_to(1)}, {set_to(2)}, {set_to(1)}, {set_to(3), set_to(4)}}, Precision::f64, options_);
    ASSERT_EQ(modules.size(), 4u);
    EXPECT_EQ(result_of(modules[0]), 1);
    EXPECT_EQ(result_of(modules[1]), 2);
    EXPECT_EQ(result_of(modules[2]), 1);
    EXPECT_EQ(modules[3].kernels.size(), 2u);
    EXPECT_EQ(entries().size(), 3u);
    EXPECT_TRUE(compile_all({}, Precision::f64, options_).empty());
}

TEST_F(Native, ThreadsMayShareACache) {
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int k = 0; k < 4; ++k)
        threads.emplace_back(
            [&] { right += result_of(compile({set_to(7)}, Precision::f64, options_)) == 7; });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, 4);
    EXPECT_EQ(entries().size(), 1u);
}

TEST_F(Native, NoCompiler) {
    const Variable path("PATH", folder_.c_str());
    {
        const Variable cxx("CXX", nullptr);
        EXPECT_FALSE(compiler_available(options_));
        try {
            compile({set_to(1)}, Precision::f64, options_);
            FAIL();
        } catch (const base::Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("no C++ compiler"));
        }
    }
    const Variable cxx("CXX", "no-such-compiler -v");
    try {
        compile({set_to(1)}, Precision::f64, options_);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("no-such-compiler"));
    }
}

TEST_F(Native, ACompilerThatDoesNotWorkIsNotOurBug) {
    options_.compiler = write_program("broken", "echo missing headers; exit 1").string();
    EXPECT_FALSE(compiler_available(options_));
    try {
        compile({set_to(1)}, Precision::f64, options_);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("does not work"));
        EXPECT_THAT(error.what(), HasSubstr("missing headers"));
    }
    EXPECT_TRUE(entries().empty());
}

TEST_F(Native, RefusedCodeIsKeptForTheReport) {
    options_.compiler =
        write_program("picky", "case \"$*\" in *trial*) exit 0;; esac; echo 'error: no such thing'; exit 1")
            .string();
    try {
        compile({set_to(1)}, Precision::f64, options_);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("bug"));
        EXPECT_THAT(error.what(), HasSubstr("no such thing"));
        const std::vector<fs::path> kept = entries();
        ASSERT_EQ(kept.size(), 1u);
        EXPECT_THAT(error.what(), HasSubstr((kept[0] / "module.cpp").string()));
        EXPECT_TRUE(fs::exists(kept[0] / "module.cpp"));
    }
}

TEST_F(Native, CompilerCommandsMayHaveWords) {
    const fs::path wrapper = write_program("wrapper", "exec \"$@\"");
    const std::optional<Compiler> real = find_compiler("");
    ASSERT_TRUE(real);
    options_.compiler = wrapper.string() + " " + real->command[0];
    EXPECT_TRUE(compiler_available(options_));
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_)), 1.5);
}

TEST_F(Native, AChangedCompilerIsAnotherOne) {
    const fs::path program = write_program("compiler", "exit 0");
    const std::string before = find_compiler(program.string())->identity;
    EXPECT_EQ(before, find_compiler(program.string())->identity);
    write_program("compiler", "exit  0");
    EXPECT_NE(before, find_compiler(program.string())->identity);
}

TEST_F(Native, TheCacheIsWhereTheUserSaysItIs) {
    const NativeOptions none;
    const Variable own("BOUTON_CACHE", "/own"), shared("XDG_CACHE_HOME", "/shared"),
        home("HOME", "/home/user");
    EXPECT_EQ(cache_folder(options_), options_.cache);
    EXPECT_EQ(cache_folder(none), "/own");
    const Variable no_own("BOUTON_CACHE", nullptr);
    EXPECT_EQ(cache_folder(none), "/shared/bouton");
    const Variable no_shared("XDG_CACHE_HOME", nullptr);
    EXPECT_EQ(cache_folder(none), "/home/user/.cache/bouton");
}

TEST_F(Native, ProgramsRunWithoutAShell) {
    const fs::path program = write_program("show", "printf '%s|' \"$@\"; exit 3");
    EXPECT_EQ(run_program({program.string(), "a b", "$HOME; exit 0", "*"}, folder_ / "log"), 3);
    std::ifstream log(folder_ / "log");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(log), {}), "a b|$HOME; exit 0|*|");
    EXPECT_EQ(run_program({(folder_ / "missing").string()}, folder_ / "log"), -1);
    const fs::path killed = write_program("killed", "kill -9 $$");
    EXPECT_EQ(run_program({killed.string()}, folder_ / "log"), 128 + 9);
}

TEST(Hash, TellsTextsAndTheirBoundsApart) {
    EXPECT_EQ(hash_of("").size(), 32u);
    EXPECT_NE(hash_of("a"), hash_of("b"));
    Hash one, other;
    one.add("ab");
    one.add("c");
    other.add("a");
    other.add("bc");
    EXPECT_NE(one.hex(), other.hex());
}

}  // namespace
}  // namespace bouton::runtime
