// SPDX-License-Identifier: BSD-3-Clause
// dlopen, and the checks that what was loaded is what was asked for.
#include "runtime/native/library.hpp"

#include <dlfcn.h>

namespace bouton::runtime {

std::shared_ptr<const Library> Library::load(const std::filesystem::path& file, std::size_t kernels,
                                             codegen::Precision precision) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return nullptr;
    const auto entry = reinterpret_cast<const bn_module* (*)()>(dlsym(handle, "bouton_module"));
    const bn_module* module = entry ? entry() : nullptr;
    const bool fits = module != nullptr && module->abi_version == BN_ABI_VERSION &&
                      module->kernel_count == kernels &&
                      module->real_bytes == codegen::size_of(codegen::Stored::real, precision);
    if (fits) return std::shared_ptr<const Library>(new Library(handle, module));
    dlclose(handle);
    return nullptr;
}

Library::~Library() { dlclose(handle_); }

}  // namespace bouton::runtime
