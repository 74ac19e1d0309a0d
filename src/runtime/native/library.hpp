// SPDX-License-Identifier: BSD-3-Clause
// A compiled module in memory.
#pragma once

#include "codegen/ir.hpp"
#include "runtime/kernel/kernel_abi.h"

#include <filesystem>
#include <memory>

namespace bouton::runtime {

class Library {
public:
    /// Loads a shared object that holds `kernels` kernels of the precision; null if it is not such a one.
    static std::shared_ptr<const Library> load(const std::filesystem::path& file, std::size_t kernels,
                                               codegen::Precision precision);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    bn_kernel kernel(std::size_t number) const { return module_->kernels[number]; }

private:
    Library(void* handle, const bn_module* module) : handle_(handle), module_(module) {}
    void* handle_;
    const bn_module* module_;
};

}  // namespace bouton::runtime
