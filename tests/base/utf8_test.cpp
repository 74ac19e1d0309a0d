// SPDX-License-Identifier: BSD-3-Clause
// Strict decoding: the shortest and the longest sequences, and what looks like one (Unicode 15, table 3-7).
#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bouton::base {
namespace {

TEST(Utf8, EndsOfEveryLength) {
    const struct {
        std::string bytes;
        char32_t code;
    } cases[] = {
        {"A", 0x41},
        {"\x7F", 0x7F},
        {"\xC2\x80", 0x80},
        {"\xDF\xBF", 0x7FF},
        {"\xE0\xA0\x80", 0x800},
        {"\xED\x9F\xBF", 0xD7FF},
        {"\xEE\x80\x80", 0xE000},
        {"\xEF\xBF\xBF", 0xFFFF},
        {"\xF0\x90\x80\x80", 0x10000},
        {"\xF4\x8F\xBF\xBF", 0x10FFFF},
    };
    for (const auto& [bytes, code] : cases) {
        const Utf8 found = decode_utf8("x" + bytes + "x", 1);
        EXPECT_TRUE(found.valid) << testing::PrintToString(bytes);
        EXPECT_EQ(found.code, code);
        EXPECT_EQ(found.length, bytes.size()) << testing::PrintToString(bytes);
    }
}

// One byte at a time is skipped: what follows may be good.
TEST(Utf8, WhatIsNoneIsOneByteLong) {
    for (const std::string bytes : {
             "\x80",
             "\xBF",
             "\xFE",
             "\xFF",  // no first byte
             "\xC0\x80",
             "\xC1\xBF",
             "\xE0\x80\x80",
             "\xE0\x9F\xBF",  // overlong
             "\xF0\x80\x80\x80",
             "\xF0\x8F\xBF\xBF",
             "\xED\xA0\x80",
             "\xED\xBF\xBF",  // surrogates
             "\xF4\x90\x80\x80",
             "\xF5\x80\x80\x80",  // beyond the last code
             "\xC2",
             "\xE2\x82",
             "\xF0\x9F\x98",
             "\xC2x",
             "\xE2\x82x",  // cut short
         }) {
        const Utf8 found = decode_utf8(bytes, 0);
        EXPECT_FALSE(found.valid) << testing::PrintToString(bytes);
        EXPECT_EQ(found.length, 1U);
    }
}

}  // namespace
}  // namespace bouton::base
