// SPDX-License-Identifier: BSD-3-Clause
// Which bouton this is: of the headers when a program is compiled, of the library when it runs.
#pragma once

#include <string_view>

// Before version 1 a change of the second number may change the interface, and a program has to be compiled anew.
#define BOUTON_VERSION_MAJOR 0
#define BOUTON_VERSION_MINOR 1
#define BOUTON_VERSION_PATCH 0

/// Marks what the library gives to programs; everything else in it is hidden.
#define BOUTON_API __attribute__((visibility("default")))

namespace bouton {

/// The version of the library that the program runs with, such as "0.1.0". The text lives as long as the program. Any thread.
BOUTON_API std::string_view version() noexcept;

}  // namespace bouton
