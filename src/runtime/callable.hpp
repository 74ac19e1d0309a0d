// SPDX-License-Identifier: BSD-3-Clause
// A kernel that can be called, from either back end: interpreted or compiled.
#pragma once

#include "codegen/ir.hpp"
#include "runtime/kernel/kernel_abi.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouton::runtime {

/// One kernel, ready to run. Calls are const and thread-safe as long as their arrays are disjoint.
class Callable {
public:
    virtual ~Callable() = default;
    virtual void call(const bn_args& args) const = 0;
};

/// The kernels of one model, in the order of the kernels given.
struct Module {
    std::vector<std::shared_ptr<const Callable>> kernels;
};

/// Reference back end: needs no compiler.
Module interpret(const std::vector<codegen::Kernel>& kernels, codegen::Precision precision);

struct NativeOptions {
    std::filesystem::path cache;  ///< empty: $BOUTON_CACHE, else $XDG_CACHE_HOME/bouton, else ~/.cache/bouton
    std::string compiler;         ///< empty: $CXX if set, else c++, g++, clang++ as found
    std::function<void(const std::string&)> warn;  ///< e.g. an unwritable cache; may be empty
};

struct NativeReport {
    bool from_cache = false;
    double compile_seconds = 0.0;
};

/// Compiled back end: C++ text, compiled or found in the cache, loaded. Throws base::Error if there is no
/// compiler or it fails.
Module compile(const std::vector<codegen::Kernel>& kernels, codegen::Precision precision,
               const NativeOptions& options, NativeReport* report = nullptr);

/// Several modules at once: distinct ones are compiled side by side, equal ones once.
std::vector<Module> compile_all(const std::vector<std::vector<codegen::Kernel>>& modules,
                                codegen::Precision precision, const NativeOptions& options,
                                NativeReport* report = nullptr);

/// Whether a working C++ compiler is found.
bool compiler_available(const NativeOptions& options);

}  // namespace bouton::runtime
