// SPDX-License-Identifier: BSD-3-Clause
// A compiled module in memory.
#pragma once

#include "codegen/ir/ir.hpp"
#include "kernel/kernel_abi.h"

#include <filesystem>
#include <memory>
#include <string>

namespace bouton::runtime {

class Library {
public:
    /// Loads a shared object that holds `kernels` kernels of the precision. Null if it is not such a one or cannot be
    /// loaded: then `fault` says why. The file must be whole (object_file.hpp), since the loader trusts it.
    static std::shared_ptr<const Library> load(const std::filesystem::path& file, std::size_t kernels,
                                               codegen::Precision precision, std::string& fault);
    /// The same from a copy in memory, which load falls back to where files of that folder must not run (noexec).
    static std::shared_ptr<const Library> load_copy(const std::filesystem::path& file, std::size_t kernels,
                                                    codegen::Precision precision, std::string& fault);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    bn_kernel kernel(std::size_t number) const { return module_->kernels[number]; }

private:
    Library(void* handle, const bn_module* module, int copy)
        : handle_(handle), module_(module), copy_(copy) {}
    static std::shared_ptr<const Library> take(void* handle, int copy, std::size_t kernels,
                                               codegen::Precision precision, std::string& fault);
    void* handle_;
    const bn_module* module_;
    int copy_;  ///< descriptor of the copy in memory, or -1; open, since the loader knows modules by their names
};

}  // namespace bouton::runtime
