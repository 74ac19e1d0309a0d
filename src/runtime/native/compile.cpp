// SPDX-License-Identifier: BSD-3-Clause
// The compiled back end: kernels to text, text to a key, key to a shared object - found in the cache or compiled.
#include "base/diagnostics.hpp"
#include "base/embedded.hpp"
#include "codegen/emit_cpp.hpp"
#include "runtime/callable.hpp"
#include "runtime/native/cache.hpp"
#include "runtime/native/compiler.hpp"
#include "runtime/native/hash.hpp"
#include "runtime/native/library.hpp"
#include "runtime/native/process.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;
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
    std::string text;
    std::vector<std::string> flags;
    std::string key;
    std::size_t kernels = 0;
    std::shared_ptr<const Library> loaded;
    bool from_cache = false;
    std::exception_ptr failure;
};

Compiler require_compiler(const NativeOptions& options) {
    if (std::optional<Compiler> compiler = find_compiler(options.compiler)) return *compiler;
    const char* variable = std::getenv("CXX");
    if (!options.compiler.empty()) throw base::Error("no such C++ compiler: " + options.compiler);
    if (variable != nullptr && *variable != '\0')
        throw base::Error(std::string("no such C++ compiler: ") + variable +
                          " (from the environment variable CXX)");
    throw base::Error("no C++ compiler found: install g++ or clang++, or run with the interpreter");
}

/// Adds the lines that are not comments: those name the places in the user's text, and a line added above or another
/// file name must not ask for a new compilation.
void add_code(Hash& hash, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        const std::string_view line = text.substr(0, end + 1);
        if (!line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("//"))
            hash.add(line);
        text.remove_prefix(end + 1);
    }
}

std::string key_of(const Compiler& compiler, const std::vector<std::string>& flags, const std::string& text) {
    Hash hash;
    for (const std::string& word : compiler.command) hash.add(word);
    hash.add(compiler.identity);
    for (const std::string& flag : flags) hash.add(flag);
    for (const base::EmbeddedFile& header : base::embedded_kernel_headers()) {
        hash.add(header.name);
        hash.add(header.text);
    }
    add_code(hash, text);
    return hash.hex();
}

int run_compiler(const Compiler& compiler, const std::vector<std::string>& flags, const fs::path& folder,
                 const char* source, const char* output) {
    std::vector<std::string> argv = compiler.command;
    argv.insert(argv.end(), flags.begin(), flags.end());
    argv.insert(argv.end(),
                {"-I", folder.string(), "-o", (folder / output).string(), (folder / source).string(), "-lm"});
    return run_program(argv, folder / (std::string(source) + ".log"));
}

std::string first_lines(const fs::path& file) {
    std::ifstream stream(file);
    std::string text, line;
    for (int k = 0; k < 10 && std::getline(stream, line); ++k) text += "\n  " + base::escape(line);
    return text;
}

/// Throws what fits: a compiler that cannot compile anything is the user's to mend, the rest is a mistake of ours.
[[noreturn]] void report_failure(const Job& job, const Compiler& compiler, BuildFolder& folder, int status) {
    const std::string& name = compiler.command[0];
    if (status < 0) throw base::Error("the C++ compiler " + name + " does not start");
    if (status > 128)
        throw base::Error("the C++ compiler " + name + " was ended by signal " +
                          std::to_string(status - 128));
    write_file(folder.path() / "trial.cpp",
               "#include <stdint.h>\nextern \"C\" int64_t bouton_trial(void) { return 1; }\n");
    if (run_compiler(compiler, job.flags, folder.path(), "trial.cpp", "trial.so") != 0)
        throw base::Error("the C++ compiler " + name +
                          " does not work:" + first_lines(folder.path() / "trial.cpp.log"));
    const std::string messages = first_lines(folder.path() / "module.cpp.log");
    const fs::path kept = folder.keep_as("failed-" + job.key);
    throw base::Error("the C++ compiler " + name +
                      " refused generated code; this is a bug of bouton, please report it. " +
                      "The code is kept in " + (kept / "module.cpp").string() + messages);
}

/// Compiles the job and puts the result into the cache, if there is one.
void build(Job& job, const Compiler& compiler, const fs::path& entry, Precision precision,
           const NativeOptions& options) {
    BuildFolder folder(options);
    for (const base::EmbeddedFile& header : base::embedded_kernel_headers())
        write_file(folder.path() / header.name, header.text);
    write_file(folder.path() / "module.cpp", job.text);
    const int status = run_compiler(compiler, job.flags, folder.path(), "module.cpp", "module.so");
    if (status != 0) report_failure(job, compiler, folder, status);

    fs::path built = folder.path() / "module.so";
    seal(built);
    std::error_code error;
    if (folder.in_cache()) {
        fs::rename(built, entry, error);
        if (!error) built = entry;
        if (error) options.warn("cannot write " + entry.string() + ": " + error.message());
    }
    job.loaded = Library::load(built, job.kernels, precision);
    if (!job.loaded) throw base::InternalError("the compiled module " + built.string() + " cannot be loaded");
}

void find_or_build(Job& job, const Compiler& compiler, Precision precision, const NativeOptions& options) {
    const fs::path entry = cache_folder(options) / (job.key + ".so");
    if (is_intact(entry)) job.loaded = Library::load(entry, job.kernels, precision);
    job.from_cache = job.loaded != nullptr;
    if (!job.from_cache) build(job, compiler, entry, precision, options);
}

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

/// All jobs, as many at once as there are processors.
void run_jobs(std::vector<Job>& jobs, const Compiler& compiler, Precision precision,
              const NativeOptions& options) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t k = next++; k < jobs.size(); k = next++) {
            try {
                find_or_build(jobs[k], compiler, precision, options);
            } catch (...) {
                jobs[k].failure = std::current_exception();
            }
        }
    };
    std::vector<std::thread> helpers;
    const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t k = 1; k < std::min(processors, jobs.size()); ++k) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    for (const Job& job : jobs)
        if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace

std::vector<Module> compile_all(const std::vector<std::vector<Kernel>>& modules, Precision precision,
                                const NativeOptions& options, NativeReport* report) {
    const auto start = std::chrono::steady_clock::now();
    const Compiler compiler = require_compiler(options);
    std::vector<Job> jobs;
    std::map<std::string, std::size_t> job_of_key;
    std::vector<std::size_t> job_of_module;
    for (const std::vector<Kernel>& kernels : modules) {
        Job job;
        job.text = codegen::emit_cpp(kernels, precision);
        std::size_t longest = 0;
        for (const Kernel& kernel : kernels) longest = std::max(longest, kernel.ops.size());
        job.flags = compiler_flags(longest);
        job.key = key_of(compiler, job.flags, job.text);
        job.kernels = kernels.size();
        const auto [place, is_new] = job_of_key.emplace(job.key, jobs.size());
        job_of_module.push_back(place->second);
        if (is_new) jobs.push_back(std::move(job));
    }
    run_jobs(jobs, compiler, precision, with_shared_warn(options));

    std::vector<Module> result;
    for (const std::size_t number : job_of_module) {
        Module& module = result.emplace_back();
        for (std::size_t k = 0; k < jobs[number].kernels; ++k)
            module.kernels.push_back(std::make_shared<NativeKernel>(jobs[number].loaded, k));
    }
    if (report != nullptr) {
        report->from_cache = true;
        for (const Job& job : jobs) report->from_cache &= job.from_cache;
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
    const std::optional<Compiler> compiler = find_compiler(options.compiler);
    if (!compiler) return false;
    std::vector<std::string> argv = compiler->command;
    argv.emplace_back("--version");
    return run_program(argv, "/dev/null") == 0;
}

}  // namespace bouton::runtime
