// SPDX-License-Identifier: BSD-3-Clause
// One compilation. Whatever a compiler can do wrong ends as a CompileError that says what; what a folder can do wrong
// is a PlaceError, after which another folder is tried.
#include "runtime/native/build.hpp"

#include "base/diagnostics.hpp"
#include "base/embedded.hpp"
#include "runtime/native/cache.hpp"
#include "runtime/native/object_file.hpp"
#include "runtime/native/process.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;
using How = ProgramEnd::How;

constexpr double kUsualLimit_s = 300.0;
constexpr double kTrialLimit_s = 30.0;
constexpr std::size_t kShownLines = 10;
constexpr const char* kMendCompiler = "mend it, or name another one by the environment variable CXX";

std::vector<std::string> last_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < kShownLines) {
        const std::size_t end = text.find_last_not_of("\r\n");
        if (end == std::string_view::npos) break;
        text = text.substr(0, end + 1);
        const std::size_t before = text.find_last_of('\n');
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        constexpr std::size_t kLongest = 500;
        lines.insert(lines.begin(), base::escape(text.substr(begin, kLongest)));
        text = text.substr(0, begin);
    }
    return lines;
}

std::string below(std::string_view output) {
    std::string text;
    for (const std::string& line : last_lines(output)) text += "\n  " + line;
    return text;
}

/// What may stand behind "exit status 1".
std::string in_brief(const ProgramEnd& end) {
    const auto lines = last_lines(end.output);
    return "exit status " + std::to_string(end.number) + (lines.empty() ? "" : ": " + lines.back());
}

/// Compilers say it in these words when they, or a program that they start, get no more memory.
bool lacked_memory(const ProgramEnd& end) {
    for (const char* words :
         {"out of memory", "virtual memory exhausted", "Cannot allocate memory", "Killed"})
        if (end.output.find(words) != std::string::npos) return true;
    return end.how == How::signalled && end.number == 9;
}

class Compilation {
public:
    Compilation(const ModuleText& module, const Compiler& compiler, const NativeOptions& options,
                BuildFolder& folder)
        : module_(module),
          compiler_(compiler),
          options_(options),
          folder_(folder),
          name_("the C++ compiler " + base::escape(compiler.command[0])) {}

    /// Leaves a sealed module.so in the folder.
    std::shared_ptr<const Library> run() {
        for (const base::EmbeddedFile& header : base::embedded_kernel_headers())
            write_file(folder_.path() / header.name, header.text);
        write_file(folder_.path() / "module.cpp", module_.text);
        const ProgramEnd end = compile("module.cpp", object().filename(), compile_limit_s(options_));
        if (end.how != How::unknown && !end.succeeded()) fail(end);
        return load(end);
    }

    fs::path object() const { return folder_.path() / "module.so"; }

private:
    ProgramEnd compile(const char* source, const fs::path& output, double limit_s) const {
        const fs::path& folder = folder_.path();
        ProgramRun run{compiler_.command, folder, limit_s, options_.is_cancelled};
        run.argv.insert(run.argv.end(), module_.flags.begin(), module_.flags.end());
        run.argv.insert(run.argv.end(), {"-I", folder.string(), "-o", (folder / output).string(),
                                         (folder / source).string(), "-lm"});
        const ProgramEnd end = run_program(run);
        if (end.how == How::cancelled) throw Cancelled();
        return end;
    }

    [[noreturn]] void fail(const ProgramEnd& end) const {
        if (end.how == How::not_started)
            throw CompileError(
                name_ + " does not start (" + std::generic_category().message(end.number) + ")",
                kMendCompiler);
        folder_.check_usable();
        if (end.how == How::timed_out)
            throw CompileError(name_ + " was ended after " +
                                   std::to_string(static_cast<long>(compile_limit_s(options_))) + " s",
                               "BOUTON_COMPILE_SECONDS=N lets it take N seconds, 0 as long as it likes",
                               below(end.output));
        if (lacked_memory(end))
            throw CompileError(name_ + " ran out of memory", "leave it more, or choose --backend interpreted",
                               below(end.output));
        if (end.how == How::signalled)
            throw CompileError(name_ + " was ended by signal " + std::to_string(end.number), kMendCompiler,
                               below(end.output));
        refuse_exit(end);
    }

    /// A compiler that cannot compile anything is the user's to mend, the rest is a mistake of ours.
    [[noreturn]] void refuse_exit(const ProgramEnd& end) const {
        write_file(folder_.path() / "trial.cpp",
                   "#include <stdint.h>\nextern \"C\" int64_t bouton_trial(void) { return 1; }\n");
        if (!compile("trial.cpp", "trial.so", kTrialLimit_s).succeeded())
            throw CompileError(name_ + " does not work (" + in_brief(end) + ")", kMendCompiler,
                               below(end.output));
        write_file(folder_.path() / "module.log", end.output);
        const fs::path kept = folder_.keep_as("failed-" + module_.key);
        throw CompileError(name_ +
                               " refused generated code; this is a bug of bouton, please report it with " +
                               base::escape((kept / "module.cpp").string()),
                           "choose --backend interpreted", below(end.output));
    }

    std::shared_ptr<const Library> load(const ProgramEnd& end) const {
        std::string fault = fault_of_object(read_file(object()));
        std::shared_ptr<const Library> library;
        if (fault.empty()) {
            seal(object());
            library = Library::load(object(), module_.kernels, module_.precision, fault);
        }
        if (library) return library;
        folder_.check_usable();
        throw CompileError(name_ + " made a module that cannot be loaded: " + base::escape(fault),
                           kMendCompiler, below(end.output));
    }

    const ModuleText& module_;
    const Compiler& compiler_;
    const NativeOptions& options_;
    BuildFolder& folder_;
    std::string name_;
};

fs::path entry_of(const ModuleText& module, const fs::path& cache) { return cache / (module.key + ".so"); }

/// Compiles in `parent`; with `entry`, the module is kept there.
std::shared_ptr<const Library> build_in(const fs::path& parent, const fs::path& entry,
                                        const ModuleText& module, const Compiler& compiler,
                                        const NativeOptions& options) {
    BuildFolder folder(parent);
    Compilation compilation(module, compiler, options, folder);
    auto library = compilation.run();
    if (entry.empty()) return library;
    std::error_code error;
    fs::rename(compilation.object(), entry, error);
    if (error) {
        options.warn("cannot put a compiled kernel into the cache as " + base::escape(entry.string()) + " (" +
                     error.message() + "): it is compiled again each time; remove what stands there");
    }
    return library;
}

}  // namespace

double compile_limit_s(const NativeOptions& options) {
    if (options.limit_s) return *options.limit_s;
    const char* text = std::getenv("BOUTON_COMPILE_SECONDS");
    if (text == nullptr || *text == '\0') return kUsualLimit_s;
    const std::string_view digits = text;
    unsigned seconds = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (error == std::errc() && stop == digits.data() + digits.size()) return seconds;
    options.warn("BOUTON_COMPILE_SECONDS='" + base::escape(digits) +
                 "' is not a whole number of seconds: 300 are taken");
    return kUsualLimit_s;
}

std::shared_ptr<const Library> find_module(const ModuleText& module, const NativeOptions& options) {
    const fs::path cache = cache_folder(options);
    if (cache.empty() || !is_intact(entry_of(module, cache))) return nullptr;
    std::string fault;
    return Library::load(entry_of(module, cache), module.kernels, module.precision, fault);
}

std::shared_ptr<const Library> build_module(const ModuleText& module, const Compiler& compiler,
                                            const NativeOptions& options) {
    const fs::path cache = cache_folder(options);
    std::string trouble = "no folder for the kernel cache: neither BOUTON_CACHE nor HOME is set";
    try {
        if (!cache.empty()) return build_in(cache, entry_of(module, cache), module, compiler, options);
    } catch (const PlaceError& error) {
        trouble = "cannot use the kernel cache " + base::escape(cache.string()) + " (" + error.what() + ")";
    }
    const fs::path temporary = temporary_folder();
    try {
        auto library = build_in(temporary, {}, module, compiler, options);
        options.warn(trouble + ": kernels are compiled again each time; name a folder by BOUTON_CACHE");
        return library;
    } catch (const PlaceError& error) {
        throw CompileError(trouble + ", nor the temporary folder " + base::escape(temporary.string()) + " (" +
                               error.what() + ")",
                           "name folders that can be written by BOUTON_CACHE or TMPDIR");
    }
}

}  // namespace bouton::runtime
