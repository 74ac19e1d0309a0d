// SPDX-License-Identifier: BSD-3-Clause
#include "sim/bind/callables.hpp"

#include "base/diagnostics.hpp"

namespace bouton::sim {

void Callables::build(const std::vector<codegen::Module>& modules) {
    std::vector<std::vector<codegen::Kernel>> kernels;
    for (const codegen::Module& module : modules)
        if (!module.kernels.empty()) kernels.push_back(module.named_apart());
    const std::vector<runtime::Module> made = make(kernels);
    std::size_t m = 0;
    for (const codegen::Module& module : modules) {
        if (module.kernels.empty()) continue;
        for (std::size_t k = 0; k < module.kernels.size(); ++k) made_[module.kernels[k]] = made[m].kernels[k];
        ++m;
    }
}

std::vector<runtime::Module> Callables::make(const std::vector<std::vector<codegen::Kernel>>& modules) {
    if (backend_ != Backend::interpreted) {
        try {
            std::vector<runtime::Module> made = runtime::compile_all(modules, precision_, native_, &report_);
            backend_ = Backend::compiled;
            return made;
        } catch (const runtime::CompileError& error) {
            if (backend_ == Backend::compiled) throw;
            if (native_.warn)
                native_.warn(error.reason() + ": kernels are interpreted, which is slower (" +
                             error.way_out() + ")");
            backend_ = Backend::interpreted;
        }
    }
    std::vector<runtime::Module> made;
    for (const auto& module : modules) made.push_back(runtime::interpret(module, precision_));
    return made;
}

std::shared_ptr<const runtime::Callable> Callables::of(const codegen::Kernel& kernel) const {
    const auto found = made_.find(&kernel);
    if (found == made_.end())
        throw base::InternalError("kernel " + kernel.name + " runs in steps but was not compiled");
    return found->second;
}

std::shared_ptr<const runtime::Callable> Callables::once(const codegen::Kernel& kernel) const {
    return runtime::interpret({kernel}, precision_).kernels.front();
}

}  // namespace bouton::sim
