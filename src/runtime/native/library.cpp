// SPDX-License-Identifier: BSD-3-Clause
// dlopen, and the checks that what was loaded is what was asked for.
#include "runtime/native/library.hpp"

#include "runtime/native/cache.hpp"

#include <dlfcn.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace bouton::runtime {
namespace {

/// A descriptor of a file in memory with the content of `file`; -1 where there are none.
int copy_to_memory([[maybe_unused]] const std::filesystem::path& file) {
#if defined(__linux__)
    const std::string content = read_file(file);
    const int copy = memfd_create("bouton-module", MFD_CLOEXEC);
    if (copy < 0) return -1;
    for (std::size_t done = 0; done < content.size();) {
        const ssize_t count = write(copy, content.data() + done, content.size() - done);
        if (count <= 0) {
            close(copy);
            return -1;
        }
        done += static_cast<std::size_t>(count);
    }
    return copy;
#else
    return -1;
#endif
}

std::string last_loader_error() {
    const char* message = dlerror();
    return message != nullptr ? message : "the loader refuses it";
}

}  // namespace

std::shared_ptr<const Library> Library::load(const std::filesystem::path& file, std::size_t kernels,
                                             codegen::Precision precision, std::string& fault) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return take(handle, -1, kernels, precision, fault);
    const std::string why = last_loader_error();
    auto copy = load_copy(file, kernels, precision, fault);
    if (!copy) fault = why;
    return copy;
}

std::shared_ptr<const Library> Library::load_copy(const std::filesystem::path& file, std::size_t kernels,
                                                  codegen::Precision precision, std::string& fault) {
    const int copy = copy_to_memory(file);
    void* handle =
        copy < 0 ? nullptr : dlopen(("/proc/self/fd/" + std::to_string(copy)).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return take(handle, copy, kernels, precision, fault);
    fault = copy < 0 ? "there are no files in memory" : last_loader_error();
    if (copy >= 0) close(copy);
    return nullptr;
}

std::shared_ptr<const Library> Library::take(void* handle, int copy, std::size_t kernels,
                                             codegen::Precision precision, std::string& fault) {
    const auto entry = reinterpret_cast<const bn_module* (*)()>(dlsym(handle, "bouton_module"));
    const bn_module* module = entry ? entry() : nullptr;
    if (module == nullptr) {
        fault = "it lacks the symbol bouton_module";
    } else if (module->abi_version != BN_ABI_VERSION) {
        fault = "it is of another version of bouton";
    } else if (module->kernel_count != kernels ||
               module->real_bytes != codegen::size_of(codegen::Stored::real, precision)) {
        fault = "it holds other kernels";
    } else {
        return std::shared_ptr<const Library>(new Library(handle, module, copy));
    }
    dlclose(handle);
    if (copy >= 0) close(copy);
    return nullptr;
}

Library::~Library() {
    dlclose(handle_);
    if (copy_ >= 0) close(copy_);
}

}  // namespace bouton::runtime
