// SPDX-License-Identifier: BSD-3-Clause
// How much memory there is, and what is said when it is not enough.
#pragma once

#include "base/diagnostics.hpp"

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace bouton::base {

/// More memory is needed than there is, or than the user allows. Status 2 where that is known before the work begins.
class OutOfMemory : public Error {
public:
    explicit OutOfMemory(const std::string& message, int status = 1) : Error(message, status) {}
};

/// A description asks for more memory than there is or is allowed: refused with its place (E409, status 2).
class TooLarge : public DiagnosticError {
public:
    using DiagnosticError::DiagnosticError;
};

struct MemoryLimit {
    double bytes = std::numeric_limits<double>::infinity();
    std::string whose;  ///< completes "more than the 8 GB ..."
};

/// MemoryLimit::whose of a limit that the user gave.
inline constexpr const char* kAllowedMemory = "that --memory allows";

/// What this process can still take: the least of what the machine has available (with swap), what the control groups
/// leave (versions 1 and 2, caches that can be dropped included) and what resource limits leave (ulimit -v, -d).
/// What cannot be found out limits nothing. `root` is the file system to look at. Costs a few small files.
MemoryLimit free_memory(const std::filesystem::path& root = "/");

/// What the user allows, else what is free.
MemoryLimit memory_limit(std::optional<double> allowed);

/// "8GB", "1.5 GiB", "500 MB", "100000" as a number of bytes; nothing for other texts and less than a byte.
std::optional<double> read_bytes(std::string_view text);

/// "1.5 MB", "320 bytes".
std::string spell_bytes(double bytes);

}  // namespace bouton::base
