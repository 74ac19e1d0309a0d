// SPDX-License-Identifier: BSD-3-Clause
// The system's C++ compiler: where it is, what makes it another one, how it is called.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace bouton::runtime {

struct Compiler {
    std::vector<std::string> command;  ///< absolute path, then words that $CXX gave with it ("ccache g++")
    std::string identity;              ///< path, size and time of the program, and what the CPU can do
};

/// Why there is none: one line each, the second what the user can do.
struct NoCompiler {
    std::string reason;
    std::string way_out;
};

/// `wanted` if not empty, else $CXX if it is not blank, else c++, g++, clang++ on $PATH.
std::variant<Compiler, NoCompiler> find_compiler(const std::string& wanted);

/// The arguments of one compilation, which are part of every cache key. Kernels of absurd length (in ops) are not
/// optimised: that would take minutes.
std::vector<std::string> compiler_flags(std::size_t longest_kernel);

}  // namespace bouton::runtime
