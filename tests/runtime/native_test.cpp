// SPDX-License-Identifier: BSD-3-Clause
// The cache of compiled modules: hits, damage, folders that cannot be used.
#include "runtime/native/hash.hpp"
#include "runtime/native/library.hpp"
#include "tests/runtime/native_fixture.hpp"

#include <sys/stat.h>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

namespace bouton::runtime {
namespace {

using ::testing::HasSubstr;

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
    EXPECT_THAT(warnings_[0], HasSubstr("BOUTON_CACHE"));
}

TEST_F(Native, NoFolderAtAllIsTold) {
    write_file(folder_ / "file", "");
    options_.cache = folder_ / "file" / "cache";
    const Variable temporary("TMPDIR", "/proc/self");  // a folder in which nobody can write
    try {
        compile({set_to(1.5)}, Precision::f64, options_);
        FAIL();
    } catch (const CompileError& error) {
        EXPECT_THAT(error.reason(), HasSubstr(options_.cache.string()));
        EXPECT_THAT(error.reason(), HasSubstr("/proc/self"));
        EXPECT_THAT(error.way_out(), HasSubstr("TMPDIR"));
    }
}

TEST_F(Native, WhatStandsInTheWayOfAnEntryIsLeftAlone) {
    compile({set_to(1.5)}, Precision::f64, options_);
    const fs::path entry = entries().at(0);
    fs::remove(entry);
    fs::create_directory(entry);
    write_file(entry / "mine", "kept");
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_)), 1.5);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_THAT(warnings_[0], HasSubstr(entry.string()));
    EXPECT_EQ(read_file(entry / "mine"), "kept");
    fs::remove_all(entry);
    ASSERT_EQ(mkfifo(entry.c_str(), 0600), 0);  // reading it would wait for ever
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_)), 1.5);
    EXPECT_TRUE(is_intact(entry));
    EXPECT_EQ(entries().size(), 1u);
}

TEST_F(Native, FoldersOfKilledCompilationsGo) {
    const auto age = [](const fs::path& folder) {
        fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(2));
    };
    fs::create_directories(options_.cache / "build-killed");
    write_file(options_.cache / "build-killed" / "module.cpp", "");
    fs::create_directories(options_.cache / "build-recent");
    fs::create_directories(options_.cache / "mine");
    age(options_.cache / "build-killed");
    age(options_.cache / "mine");
    const BuildFolder running(options_.cache);
    age(running.path());
    const BuildFolder another(options_.cache);
    EXPECT_FALSE(fs::exists(options_.cache / "build-killed"));
    EXPECT_TRUE(fs::exists(options_.cache / "build-recent"));
    EXPECT_TRUE(fs::exists(options_.cache / "mine"));
    EXPECT_TRUE(fs::exists(running.path()));
}

TEST_F(Native, WhereFilesMustNotRunACopyInMemoryDoes) {
    compile({set_to(1.5)}, Precision::f64, options_);
    compile({set_to(2.5)}, Precision::f64, options_);
    std::string fault;
    std::vector<double> values;
    std::vector<std::shared_ptr<const Library>> copies;  // at once: the loader knows modules by their names
    for (const fs::path& entry : entries())
        copies.push_back(Library::load_copy(entry, 1, Precision::f64, fault));
    for (const auto& library : copies) {
        ASSERT_NE(library, nullptr) << fault;
        alignas(64) double v[BN_LANES] = {};
        void* arrays[] = {v};
        bn_args args{};
        args.n = BN_LANES;
        args.arrays = arrays;
        library->kernel(0)(&args);
        values.push_back(v[0]);
    }
    EXPECT_THAT(values, ::testing::UnorderedElementsAre(1.5, 2.5));
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

TEST_F(Native, ACacheThatGoesWhileCompilingCostsAWarning) {
    const std::string once = (folder_ / "once").string();
    options_.compiler = write_program("rude", "mkdir " + once + " 2> /dev/null && rm -r " +
                                                  options_.cache.string() + "\n" + real_compiler())
                            .string();
    EXPECT_EQ(result_of(compile({set_to(1.5)}, Precision::f64, options_)), 1.5);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_THAT(warnings_[0], HasSubstr("cannot use the kernel cache"));
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

TEST_F(Native, TheCacheIsAnAbsolutePath) {
    const NativeOptions none;
    const Variable shared("XDG_CACHE_HOME", "relative"), home("HOME", "-home");
    const fs::path here = fs::current_path();
    {
        const Variable own("BOUTON_CACHE", "-x");
        EXPECT_EQ(cache_folder(none), here / "-x");
    }
    const Variable own("BOUTON_CACHE", "");
    EXPECT_EQ(cache_folder(none), here / "-home/.cache/bouton");
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
