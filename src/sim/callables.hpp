// SPDX-License-Identifier: BSD-3-Clause
// The kernels of a run, callable: those that run in steps are compiled (or interpreted, by choice), one module
// per group; those that run once, at the start, are always interpreted, since compiling costs more.
#pragma once

#include "runtime/callable.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouton::sim {

enum class Backend {
    automatic,  ///< compiled, or interpreted with a warning where no compiler works
    compiled,
    interpreted,
};

class Callables {
public:
    Callables(codegen::Precision precision, Backend backend, runtime::NativeOptions native)
        : precision_(precision), backend_(backend), native_(std::move(native)) {}

    /// Asks for a kernel that runs in steps; `module` tells groups apart. Addresses must stay valid.
    void want(std::size_t module, const codegen::Kernel& kernel);
    /// Makes what was asked for.
    void build();
    /// What build made of a kernel, else an interpreted one.
    std::shared_ptr<const runtime::Callable> of(const codegen::Kernel& kernel);

    Backend used() const { return backend_; }
    double compile_seconds() const { return report_.compile_seconds; }

private:
    std::vector<runtime::Module> make(const std::vector<std::vector<codegen::Kernel>>& modules);

    codegen::Precision precision_;
    Backend backend_;
    runtime::NativeOptions native_;
    runtime::NativeReport report_;
    std::map<std::size_t, std::vector<const codegen::Kernel*>> wanted_;
    std::map<const codegen::Kernel*, std::shared_ptr<const runtime::Callable>> made_;
};

}  // namespace bouton::sim
