// SPDX-License-Identifier: BSD-3-Clause
#include "sim/callables.hpp"

#include <set>

namespace bouton::sim {

void Callables::want(std::size_t module, const codegen::Kernel& kernel) {
    if (!kernel.empty()) wanted_[module].push_back(&kernel);
}

void Callables::build() {
    std::vector<std::vector<codegen::Kernel>> modules;
    for (const auto& [id, kernels] : wanted_) {
        std::vector<codegen::Kernel> copies;
        std::set<std::string> names;
        for (const codegen::Kernel* kernel : kernels) {
            copies.push_back(*kernel);
            std::string& name = copies.back().name;
            const std::string stem = name;
            for (int number = 2; !names.insert(name).second; ++number)
                name = stem + "_" + std::to_string(number);
        }
        modules.push_back(std::move(copies));
    }
    const std::vector<runtime::Module> made = make(modules);
    std::size_t m = 0;
    for (const auto& [id, kernels] : wanted_) {
        for (std::size_t k = 0; k < kernels.size(); ++k) made_[kernels[k]] = made[m].kernels[k];
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

std::shared_ptr<const runtime::Callable> Callables::of(const codegen::Kernel& kernel) {
    auto& callable = made_[&kernel];
    if (callable == nullptr) callable = runtime::interpret({kernel}, precision_).kernels.front();
    return callable;
}

}  // namespace bouton::sim
