// SPDX-License-Identifier: BSD-3-Clause
// The kernels of a run, callable: those that run in steps are compiled (or interpreted, by choice), one module
// per group (codegen/plan/each_kernel.hpp); those that run once, at the start or at the end, are always interpreted, since compiling
// costs more.
#pragma once

#include "codegen/plan/each_kernel.hpp"
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

/// When a kernel runs: then it is among those that are compiled, or it is interpreted.
enum class When { in_steps, once };

class Callables {
public:
    Callables(codegen::Precision precision, Backend backend, runtime::NativeOptions native)
        : precision_(precision), backend_(backend), native_(std::move(native)) {}

    /// Makes the kernels that run in steps. Their addresses must stay valid.
    void build(const std::vector<codegen::Module>& modules);
    /// What build made of a kernel. Throws base::InternalError for one that was not among the modules.
    std::shared_ptr<const runtime::Callable> of(const codegen::Kernel& kernel) const;
    /// A kernel that runs at the start or at the end, interpreted.
    std::shared_ptr<const runtime::Callable> once(const codegen::Kernel& kernel) const;
    std::shared_ptr<const runtime::Callable> of(const codegen::Kernel& kernel, When when) const {
        return when == When::in_steps ? of(kernel) : once(kernel);
    }

    Backend used() const { return backend_; }
    double compile_seconds() const { return report_.compile_seconds; }

private:
    std::vector<runtime::Module> make(const std::vector<std::vector<codegen::Kernel>>& modules);

    codegen::Precision precision_;
    Backend backend_;
    runtime::NativeOptions native_;
    runtime::NativeReport report_;
    std::map<const codegen::Kernel*, std::shared_ptr<const runtime::Callable>> made_;
};

}  // namespace bouton::sim
