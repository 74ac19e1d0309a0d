// SPDX-License-Identifier: BSD-3-Clause
// A sealed file says in its first 512 bytes what it is, how long the rest is, and the rest's SHA-256. It is looked at
// before anything else parses the file: whoever opens a sound one reads the bytes that were written. In an HDF5
// file these bytes are the user block, which other readers pass over. Not a defence against an attacker.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace bouton::io {

inline constexpr std::size_t kSealBytes = 512;

/// What a seal says that the file is. `name`: in lower case letters and spaces, at most 64 bytes ("bouton model").
struct SealKind {
    std::string_view name;
    unsigned format = 1;
};

/// The whole head, 512 bytes of ASCII, for a rest of so many bytes and that SHA-256. A function of its arguments
/// alone, so that a head is sound if and only if it equals the one that its file should have.
std::string seal_text(const SealKind& kind, std::size_t bytes, std::string_view sha256);

/// Writes the head over the first 512 bytes of a file whose rest is finished. Reads the file once. Throws WriteError.
void write_seal(const std::filesystem::path& path, const SealKind& kind);

/// Throws ReadError that says what is wrong: no seal of this name, a file that is shorter or longer than it was, other
/// bytes, or another format. Reads the file once.
void check_seal(const std::filesystem::path& path, const SealKind& kind);

}  // namespace bouton::io
