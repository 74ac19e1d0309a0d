// SPDX-License-Identifier: BSD-3-Clause
// The compiled back end: kernels to text, text to a key, key to a shared object - found in the cache or compiled.
#include "base/embedded.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "codegen/emit/emit_cpp.hpp"
#include "runtime/callable.hpp"
#include "runtime/native/build.hpp"
#include "runtime/native/compiler.hpp"
#include "runtime/native/key.hpp"
#include "runtime/native/library.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <set>

namespace bouton::runtime {
namespace {

using codegen::Kernel;
using codegen::Precision;

class NativeKernel final : public Callable {
public:
    NativeKernel(std::shared_ptr<const Library> library, std::size_t number)
        : function_(library->kernel(number)), library_(std::move(library)) {}
    void call(const bn_args& args) const override { function_(&args); }

private:
    bn_kernel function_;
    std::shared_ptr<const Library> library_;  ///< keeps the code in memory
};

/// One text to compile.
struct Job {
    ModuleText module;
    std::shared_ptr<const Library> loaded;
    bool from_cache = false;
    std::exception_ptr failure;
};

/// The same options with a `warn` that any thread may call and that says nothing twice.
NativeOptions with_shared_warn(const NativeOptions& options) {
    struct Said {
        std::mutex mutex;
        std::set<std::string> messages;
    };
    NativeOptions shared = options;
    shared.warn = [said = std::make_shared<Said>(), warn = options.warn](const std::string& message) {
        const std::lock_guard lock(said->mutex);
        if (warn && said->messages.insert(message).second) warn(message);
    };
    return shared;
}

bool is_cancelled(const NativeOptions& options) { return options.is_cancelled && options.is_cancelled(); }

void find_or_build(Job& job, const Compiler& compiler, const NativeOptions& options) {
    if (is_cancelled(options)) throw Cancelled();
    job.loaded = find_module(job.module, options);
    job.from_cache = job.loaded != nullptr;
    if (!job.from_cache) job.loaded = build_module(job.module, compiler, options);
}

/// The failure of the first job that has one of its own: where one fails, the others are cancelled.
void rethrow_first(const std::vector<Job>& jobs, const NativeOptions& options) {
    base::check_stop();
    if (is_cancelled(options)) throw Cancelled();
    for (const Job& job : jobs) {
        if (!job.failure) continue;
        try {
            std::rethrow_exception(job.failure);
        } catch (const Cancelled&) {
            continue;
        }
    }
}

/// All jobs, as many at once as there are processors or threads that start.
void run_jobs(std::vector<Job>& jobs, const Compiler& compiler, const NativeOptions& options) {
    std::atomic<bool> failed{false};
    NativeOptions watched = with_shared_warn(options);
    watched.is_cancelled = [&] { return failed || is_cancelled(options) || base::stop_requested(); };
    base::ThreadPool pool(base::usable_threads(std::max<std::size_t>(1, jobs.size()), {}));
    pool.run(jobs.size(), [&](std::size_t k, std::size_t) {
        try {
            find_or_build(jobs[k], compiler, watched);
        } catch (...) {
            jobs[k].failure = std::current_exception();
            failed = true;
        }
    });
    rethrow_first(jobs, options);
}

}  // namespace

CompileError::CompileError(std::string reason, std::string way_out, const std::string& compiler_lines)
    : base::Error(reason + " (" + way_out + ")" + compiler_lines),
      reason_(std::move(reason)),
      way_out_(std::move(way_out)) {}

std::vector<Module> compile_all(const std::vector<std::vector<Kernel>>& modules, Precision precision,
                                const NativeOptions& options, NativeReport* report) {
    const auto start = std::chrono::steady_clock::now();
    const auto found = find_compiler(options.compiler);
    if (const auto* none = std::get_if<NoCompiler>(&found)) throw CompileError(none->reason, none->way_out);
    const auto& compiler = std::get<Compiler>(found);
    std::vector<Job> jobs;
    std::map<std::string, std::size_t> job_of_key;
    std::vector<std::size_t> job_of_module;
    for (const std::vector<Kernel>& kernels : modules) {
        ModuleText module{codegen::emit_cpp(kernels, precision), {}, {}, kernels.size(), precision};
        std::size_t longest = 0;
        for (const Kernel& kernel : kernels) longest = std::max(longest, kernel.ops.size());
        module.flags = compiler_flags(longest);
        module.key = key_of(compiler, module.flags, base::embedded_kernel_headers(), module.text);
        const auto [place, is_new] = job_of_key.emplace(module.key, jobs.size());
        job_of_module.push_back(place->second);
        if (is_new) jobs.emplace_back().module = std::move(module);
    }
    run_jobs(jobs, compiler, options);

    std::vector<Module> result;
    for (const std::size_t number : job_of_module) {
        Module& module = result.emplace_back();
        for (std::size_t k = 0; k < jobs[number].module.kernels; ++k)
            module.kernels.push_back(std::make_shared<NativeKernel>(jobs[number].loaded, k));
    }
    if (report != nullptr) {
        report->from_cache =
            std::all_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.from_cache; });
        report->compile_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return result;
}

Module compile(const std::vector<Kernel>& kernels, Precision precision, const NativeOptions& options,
               NativeReport* report) {
    return compile_all({kernels}, precision, options, report).front();
}

bool compiler_available(const NativeOptions& options) {
    return std::holds_alternative<Compiler>(find_compiler(options.compiler));
}

}  // namespace bouton::runtime
