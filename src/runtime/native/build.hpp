// SPDX-License-Identifier: BSD-3-Clause
// From the text of one module to machine code in memory, through the compiler.
#pragma once

#include "runtime/callable.hpp"
#include "runtime/native/compiler.hpp"
#include "runtime/native/library.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouton::runtime {

struct ModuleText {
    std::string text;
    std::vector<std::string> flags;
    std::string key;  ///< its name in the cache
    std::size_t kernels = 0;
    codegen::Precision precision = codegen::Precision::f64;
};

/// The module in the cache, if an intact one is there; else null.
std::shared_ptr<const Library> find_module(const ModuleText& module, const NativeOptions& options);

/// Compiles the module and puts it into the cache; where that cannot be written, options.warn hears it and a temporary
/// folder serves. Leaves no file and no process behind, however it ends. Throws CompileError, and Cancelled once
/// options.is_cancelled says so. Threads may build modules side by side.
std::shared_ptr<const Library> build_module(const ModuleText& module, const Compiler& compiler,
                                            const NativeOptions& options);

/// How long one compilation may take: options.limit_s, else BOUTON_COMPILE_SECONDS, else 300; 0 means no limit.
double compile_limit_s(const NativeOptions& options);

}  // namespace bouton::runtime
