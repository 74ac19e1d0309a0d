// SPDX-License-Identifier: BSD-3-Clause
// An array of bytes in an IDX file (http://yann.lecun.com/exdb/mnist, "File formats"): the magic number 00 00 08 D,
// D sizes of 32 bits, most significant byte first, then the bytes. Raw or gzip, told by its content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bouton::ann {

struct IdxArray {
    std::vector<std::size_t> shape;
    std::vector<std::uint8_t> values;
    std::string sha256;  ///< of the unpacked file, 64 hexadecimal digits
};

/// Throws base::DiagnosticError (E701 to E703). Never takes much more memory than the file's content does, whatever
/// sizes it states.
IdxArray read_idx(const std::filesystem::path& file, std::size_t dimensions);

}  // namespace bouton::ann
