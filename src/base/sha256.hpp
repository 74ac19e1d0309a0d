// SPDX-License-Identifier: BSD-3-Clause
// SHA-256 (FIPS 180-4) of bytes as they come, by libcrypto, which uses the CPU's instructions for it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace bouton::base {

class Sha256 {
public:
    /// Throws base::Error if libcrypto refuses, as do the others.
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::span<const std::byte> bytes);
    /// 64 hexadecimal digits, of what was added so far; more may come.
    std::string text() const;

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace bouton::base
