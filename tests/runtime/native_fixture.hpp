// SPDX-License-Identifier: BSD-3-Clause
// What tests of the compiled back end share: tiny kernels, and a cache and compilers in a folder of their own.
#pragma once

#include "runtime/callable.hpp"
#include "runtime/native/cache.hpp"
#include "runtime/native/compiler.hpp"
#include "tests/backends/ir_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouton::runtime {

namespace fs = std::filesystem;
using codegen::Kernel;
using codegen::Precision;
using codegen::Stored;

/// v = number, in a kernel whose text differs by the number.
inline Kernel set_to(double number) {
    test::IrBuilder build("set");
    build.store(build.array("v", Stored::real), build.constant(number));
    return build.take();
}

inline double result_of(const Module& module) {
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

    /// What compiling fails with.
    CompileError failure() const {
        try {
            compile({set_to(1)}, Precision::f64, options_);
        } catch (const CompileError& error) {
            return error;
        }
        ADD_FAILURE() << "it compiled";
        return {"", ""};
    }

    static std::string real_compiler() {
        return std::get<Compiler>(find_compiler("")).command[0] + " \"$@\"\n";
    }
    /// For scripts: sets $out to what stands behind -o.
    static constexpr const char* find_output =
        "out=; before=; for word; do [ \"$before\" = -o ] && out=$word; before=$word; done\n";

    fs::path folder_;
    NativeOptions options_;
    NativeReport report_;
    std::vector<std::string> warnings_;
};

}  // namespace bouton::runtime
