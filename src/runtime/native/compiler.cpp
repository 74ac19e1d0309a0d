// SPDX-License-Identifier: BSD-3-Clause
// Finding the compiler. It counts as another one when its file changes, so that its version need not be asked for.
#include "runtime/native/compiler.hpp"

#include "base/diagnostics.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

namespace bouton::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestOptimised = 5000;  // ops: 4 s; the time of compilers grows with the square

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

bool is_program(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(path.c_str(), X_OK) == 0;
}

/// The absolute path of a program as a shell would find it; empty if there is none.
std::string find_program(const std::string& name) {
    std::error_code error;
    if (name.find('/') != std::string::npos)
        return is_program(name) ? std::filesystem::absolute(name, error).string() : std::string();
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
        if (is_program(candidate)) return std::filesystem::absolute(candidate, error).string();
    }
    return {};
}

std::string file_identity(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return path;
    return path + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
           std::to_string(info.st_mtim.tv_nsec);
}

/// What -march=native depends on: family, model and flags of the first processor.
std::string cpu_identity() {
    std::ifstream file("/proc/cpuinfo");
    std::string text;
    for (std::string line; std::getline(file, line) && !line.empty();)
        for (const char* key : {"vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU "})
            if (line.rfind(key, 0) == 0) text += line + "\n";
    return text;
}

std::optional<Compiler> from_words(std::vector<std::string> words) {
    if (words.empty()) return std::nullopt;
    words[0] = find_program(words[0]);
    if (words[0].empty()) return std::nullopt;
    std::string identity;
    for (std::size_t k = 0; k < words.size(); ++k) {
        const std::string program = k == 0 ? words[0] : find_program(words[k]);
        identity += (program.empty() ? words[k] : file_identity(program)) + "\n";
    }
    return Compiler{std::move(words), identity + cpu_identity()};
}

/// A path, which may hold blanks, or a command with arguments.
std::optional<Compiler> from_text(const std::string& text) {
    return is_program(text) ? from_words({text}) : from_words(words_of(text));
}

std::string why_not(const std::string& program) {
    std::error_code error;
    if (program.find('/') == std::string::npos) return "no folder of PATH has it";
    if (fs::is_directory(program, error)) return "it is a folder";
    if (!fs::exists(program, error)) return "there is no such file";
    return "it is not executable";
}

}  // namespace

std::variant<Compiler, NoCompiler> find_compiler(const std::string& wanted) {
    const char* variable = std::getenv("CXX");
    const std::string from_environment = variable != nullptr ? variable : "";
    const bool is_set = !words_of(from_environment).empty();
    if (wanted.empty() && !is_set) {
        for (const char* name : {"c++", "g++", "clang++"})
            if (std::optional<Compiler> found = from_words({name})) return *found;
        return NoCompiler{"no C++ compiler was found", "install g++ or clang++"};
    }
    const std::string& text = wanted.empty() ? from_environment : wanted;
    if (std::optional<Compiler> found = from_text(text)) return *found;
    const std::string name = words_of(text).empty() ? text : words_of(text).front();
    return NoCompiler{"no C++ compiler " + base::escape(name) +
                          (wanted.empty() ? ", which CXX names: " : ": ") + why_not(name),
                      wanted.empty() ? "correct or unset the environment variable CXX" : "name another one"};
}

std::vector<std::string> compiler_flags(std::size_t longest_kernel) {
    return {
        "-std=c++20", longest_kernel > kLongestOptimised ? "-O0" : "-O3", "-march=native",
            // The bits of the interpreter: nothing fused, nothing reassociated, integers wrap.
            "-ffp-contract=off", "-fwrapv",
            // Nobody looks at errno or at the flags of the floating-point unit; both keep loops from being vectorised.
            "-fno-math-errno", "-fno-trapping-math", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
            "-fPIC", "-shared", "-w", "-pipe",
#if defined(__x86_64__)
            // Where there is AVX-512: kernels are loops over vectors throughout, so the whole width pays.
            "-mprefer-vector-width=512",
#endif
    };
}

}  // namespace bouton::runtime
