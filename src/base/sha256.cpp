// SPDX-License-Identifier: BSD-3-Clause
#include "base/sha256.hpp"

#include "base/diagnostics.hpp"

#include <openssl/evp.h>

#include <array>

#include <fmt/format.h>

namespace bouton::base {
namespace {

void check(int result) {
    if (result != 1) throw Error("libcrypto refuses to compute a SHA-256");
}

}  // namespace

struct Sha256::Context {
    EVP_MD_CTX* md = EVP_MD_CTX_new();
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(md); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    check(context_->md != nullptr ? EVP_DigestInit_ex(context_->md, EVP_sha256(), nullptr) : 0);
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()));
}

std::string Sha256::text() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const Context copy;
    check(copy.md != nullptr ? EVP_MD_CTX_copy_ex(copy.md, context_->md) : 0);
    check(EVP_DigestFinal_ex(copy.md, digest.data(), &size));
    std::string digits;
    for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", digest[i]);
    return digits;
}

}  // namespace bouton::base
