// SPDX-License-Identifier: BSD-3-Clause
// A kernel that can be called, from either back end: interpreted or compiled.
#pragma once

#include "base/diagnostics.hpp"
#include "base/stop.hpp"
#include "codegen/ir/ir.hpp"
#include "kernel/kernel_abi.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
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
    std::optional<double>
        limit_s;  ///< of one compilation, 0 for none; unset: $BOUTON_COMPILE_SECONDS, else 300
    std::function<void(const std::string&)> warn;  ///< e.g. an unwritable cache; may be empty
    /// Ends compilations, as a request to stop does (base/stop.hpp). Asked by several threads, many times a second; may be empty.
    std::function<bool()> is_cancelled;
};

/// There is no compiler or it fails: its own fault, that of the system or that of a folder, never of the user's network.
/// what() ends with the compiler's last lines; the reason and the way out are one line each.
class CompileError : public base::Error {
public:
    CompileError(std::string reason, std::string way_out, const std::string& compiler_lines = {});
    const std::string& reason() const { return reason_; }
    const std::string& way_out() const { return way_out_; }

private:
    std::string reason_;
    std::string way_out_;
};

/// NativeOptions::is_cancelled said so.
class Cancelled : public base::Stopped {};

struct NativeReport {
    bool from_cache = false;
    double compile_seconds = 0.0;
};

/// Compiled back end: C++ text, compiled or found in the cache, loaded. Throws CompileError or Cancelled; no process of
/// ours and no temporary file is left then.
Module compile(const std::vector<codegen::Kernel>& kernels, codegen::Precision precision,
               const NativeOptions& options, NativeReport* report = nullptr);

/// Several modules at once: distinct ones are compiled side by side, equal ones once.
std::vector<Module> compile_all(const std::vector<std::vector<codegen::Kernel>>& modules,
                                codegen::Precision precision, const NativeOptions& options,
                                NativeReport* report = nullptr);

/// Whether a C++ compiler is found. It is not started: whether it works shows when it compiles.
bool compiler_available(const NativeOptions& options);

}  // namespace bouton::runtime
