// SPDX-License-Identifier: BSD-3-Clause
// The name of a compiled module in the cache: a hash of everything that its machine code depends on.
#pragma once

#include "base/embedded.hpp"
#include "runtime/native/compiler.hpp"

#include <span>
#include <string>
#include <vector>

namespace bouton::runtime {

/// Of the compiler and the CPU, the flags, the headers that the text includes, and the text without its comments:
/// those name places in the user's files, and a line added above must not ask for a new compilation.
std::string key_of(const Compiler& compiler, const std::vector<std::string>& flags,
                   std::span<const base::EmbeddedFile> headers, const std::string& text);

}  // namespace bouton::runtime
