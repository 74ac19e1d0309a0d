// SPDX-License-Identifier: BSD-3-Clause
// The same bits from every build: this program's, unoptimised, and vectorised for several instruction sets, with the flags of generated
// code. Also: the loops that should be vector code are.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/kernel/variants/loops.cpp"

namespace {

namespace fs = std::filesystem;

const std::string kCommon =
    " -std=c++17 -fPIC -shared -ffp-contract=off -fno-math-errno -fno-trapping-math -fopenmp-simd";

/// A folder of its own that goes with the test.
class Scratch {
public:
    Scratch() {
        std::string pattern = (fs::temp_directory_path() / "bouton-kernel-XXXXXX").string();
        if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

bool have(const std::string& compiler) {
    return std::system((compiler + " --version >/dev/null 2>&1").c_str()) == 0;
}

bool compile(const std::string& compiler, const std::string& flags, const std::string& object,
             const std::string& log) {
    const std::string root = BOUTON_SOURCE_DIR;
    const std::string command = compiler + kCommon + " " + flags + " -I'" + root + "' -I'" + root +
                                "/src' '" + root + "/tests/kernel/variants/loops.cpp' -o '" + object +
                                "' >'" + log + "' 2>&1";
    return std::system(command.c_str()) == 0;
}

std::string contents(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// Ordinary, extreme and special values, without pattern in their place.
template <class T>
std::vector<T> inputs(std::uint64_t seed) {
    using Limits = std::numeric_limits<T>;
    const T inf = Limits::infinity();
    std::vector<T> x = {0,
                        -T(0),
                        1,
                        -1,
                        2,
                        T(0.5),
                        inf,
                        -inf,
                        Limits::quiet_NaN(),
                        Limits::denorm_min(),
                        -Limits::denorm_min(),
                        Limits::min(),
                        -Limits::min(),
                        Limits::max(),
                        -Limits::max(),
                        Limits::epsilon(),
                        3,
                        -3,
                        T(1e10),
                        T(-1e10)};
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> unit(-1, 1);
    while (x.size() < 1500) x.push_back(static_cast<T>(3 * unit(engine)));
    while (x.size() < 2500) x.push_back(static_cast<T>(100 * unit(engine)));
    while (x.size() < 3001)
        x.push_back(static_cast<T>(std::copysign(std::exp2(120 * unit(engine)), unit(engine))));
    std::shuffle(x.begin(), x.end(), engine);
    return x;
}

template <class T>
std::vector<T> results(const Loop& loop) {
    const std::vector<T> x = inputs<T>(1);
    const std::vector<T> y = inputs<T>(2);
    std::vector<T> out(x.size());
    loop.run(x.data(), y.data(), out.data(), static_cast<int>(x.size()));
    return out;
}

template <class T>
int differences(const Loop& a, const Loop& b) {
    const std::vector<T> u = results<T>(a);
    const std::vector<T> v = results<T>(b);
    int count = 0;
    for (std::size_t i = 0; i < u.size(); ++i)
        if (!(std::isnan(u[i]) && std::isnan(v[i])) && std::memcmp(&u[i], &v[i], sizeof(T)) != 0) ++count;
    return count;
}

struct Build {
    const char* compiler;
    const char* flags;
};

class Bits : public ::testing::TestWithParam<Build> {};

TEST_P(Bits, SameAsHere) {
    const std::string compiler = GetParam().compiler;
    const std::string flags = GetParam().flags;
    if (!have(compiler)) GTEST_SKIP() << "no " << compiler;
    if (flags.find("x86-64") != std::string::npos) {
#ifndef __x86_64__
        GTEST_SKIP() << "not an x86-64";
#elif defined(__GNUC__)
        if (flags.find("v3") != std::string::npos && !__builtin_cpu_supports("avx2"))
            GTEST_SKIP() << "no AVX2";
        if (flags.find("v4") != std::string::npos && !__builtin_cpu_supports("avx512dq"))
            GTEST_SKIP() << "no AVX-512";
#endif
    }
    const Scratch scratch;
    ASSERT_TRUE(compile(compiler, flags, scratch.file("loops.so"), scratch.file("log")))
        << contents(scratch.file("log"));
    void* library = dlopen(scratch.file("loops.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    const auto loops = reinterpret_cast<const Loop* (*)(int*)>(dlsym(library, "bouton_loops"));
    int count = 0;
    const Loop* theirs = loops(&count);
    int here = 0;
    const Loop* ours = bouton_loops(&here);
    ASSERT_EQ(count, here);
    ASSERT_NE(theirs, ours);
    for (int i = 0; i < count; ++i) {
        const int different = ours[i].width == 8 ? differences<double>(ours[i], theirs[i])
                                                 : differences<float>(ours[i], theirs[i]);
        EXPECT_EQ(different, 0) << ours[i].name;
    }
    dlclose(library);
}

INSTANTIATE_TEST_SUITE_P(Kernel, Bits,
                         ::testing::Values(Build{"g++", "-O0"}, Build{"g++", "-O3 -march=native"},
                                           Build{"g++", "-O3 -march=x86-64"},
                                           Build{"g++", "-O3 -march=x86-64 -U__SSE2__"},  // as elsewhere
                                           Build{"g++", "-O3 -march=x86-64-v3"},
                                           Build{"g++", "-O3 -march=x86-64-v4"},
                                           Build{"clang++", "-O3 -march=native"}));

TEST(Bits, LoopsBecomeVectorCode) {
#ifdef __x86_64__
    if (!have("g++")) GTEST_SKIP() << "no g++";
    const Scratch scratch;
    ASSERT_TRUE(compile("g++", "-O3 -march=x86-64-v3 -fopt-info-vec-optimized", scratch.file("loops.so"),
                        scratch.file("log")));
    std::set<int> lines;
    std::istringstream log(contents(scratch.file("log")));
    for (std::string line; std::getline(log, line);) {
        const auto name = line.find("loops.cpp:");
        if (name != std::string::npos && line.find("loop vectorized") != std::string::npos)
            lines.insert(std::atoi(line.c_str() + name + 10));
    }
    int count = 0;
    const Loop* loops = bouton_loops(&count);
    for (int i = 0; i < count; ++i)
        EXPECT_TRUE(loops[i].vectorises == 0 || lines.count(loops[i].line) == 1) << loops[i].name;
#else
    GTEST_SKIP() << "not an x86-64";
#endif
}

}  // namespace
