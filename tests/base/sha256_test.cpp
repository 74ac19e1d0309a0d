// SPDX-License-Identifier: BSD-3-Clause
// The examples of FIPS 180-4's test vectors (NIST, "Secure Hash Standard: examples with intermediate values").
#include "base/sha256.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace bouton::base {
namespace {

std::string sha256(std::string_view text, std::size_t piece) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece)
        hash.add(std::as_bytes(std::span(text.substr(at, piece))));
    return hash.text();
}

TEST(Sha256, GivesThePublishedDigests) {
    const std::string_view two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    for (const std::size_t piece : {1, 7, 1000}) {
        EXPECT_EQ(sha256("", piece), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        EXPECT_EQ(sha256("abc", piece), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        EXPECT_EQ(sha256(two_blocks, piece),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }
}

}  // namespace
}  // namespace bouton::base
