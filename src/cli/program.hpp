// SPDX-License-Identifier: BSD-3-Clause
// The program `bouton`: picks the command, runs it, and turns every failure into a message and an exit status
// (0 done, 1 failed while running, 2 the input is wrong).
#pragma once

#include <string>

namespace bouton::cli {

int run_program(int argc, char** argv, const std::string& version);

}  // namespace bouton::cli
