// SPDX-License-Identifier: BSD-3-Clause
// A program run with a list of arguments, never through a shell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bouton::runtime {

/// Runs argv[0] (a path) and waits. Its standard output and error go to the file `output`, its input is empty, its
/// temporary files go to the folder of `output`. Returns the exit status, 128 + signal, or -1 if it does not start.
int run_program(const std::vector<std::string>& argv, const std::filesystem::path& output);

}  // namespace bouton::runtime
