// SPDX-License-Identifier: BSD-3-Clause
// FNV-1a with 128 bits (Fowler, Noll & Vo; constants of RFC draft-eastlake-fnv).
#include "runtime/native/hash.hpp"

namespace bouton::runtime {

void Hash::add_byte(unsigned char byte) {
    constexpr Word prime = (static_cast<Word>(1) << 88) | 0x13b;
    state_ = (state_ ^ byte) * prime;
}

void Hash::add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    for (std::uint64_t size = text.size(), k = 0; k < 8; ++k, size >>= 8)
        add_byte(static_cast<unsigned char>(size));
}

std::string Hash::hex() const {
    std::string text(32, '0');
    Word rest = state_;
    for (std::size_t k = 32; k-- > 0; rest >>= 4)
        text[k] = "0123456789abcdef"[static_cast<unsigned>(rest & 15)];
    return text;
}

std::string hash_of(std::string_view text) {
    Hash hash;
    hash.add(text);
    return hash.hex();
}

}  // namespace bouton::runtime
