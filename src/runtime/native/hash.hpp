// SPDX-License-Identifier: BSD-3-Clause
// A 128-bit hash (FNV-1a) for names of cache entries and for finding damaged ones. Not a defence against an attacker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bouton::runtime {

class Hash {
public:
    /// Adds the text and its length, so that ("ab", "c") and ("a", "bc") differ.
    void add(std::string_view text);
    std::string hex() const;

private:
    __extension__ typedef unsigned __int128 Word;
    void add_byte(unsigned char byte);
    Word state_ = (static_cast<Word>(0x6c62272e07bb0142u) << 64) | 0x62b821756295c58du;
};

std::string hash_of(std::string_view text);

}  // namespace bouton::runtime
