// SPDX-License-Identifier: BSD-3-Clause
#include "cli/program.hpp"

int main(int argc, char** argv) { return bouton::cli::run_program(argc, argv, BOUTON_VERSION); }
