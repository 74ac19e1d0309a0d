// SPDX-License-Identifier: BSD-3-Clause
// Places in texts.
#include "base/source.hpp"

#include <gtest/gtest.h>

namespace bouton::base {
namespace {

TEST(Source, Positions) {
    const SourceFile file{"f", "ab\n\xc3\xa9x\r\n"};
    const struct {
        std::uint32_t offset, line, column;
    } cases[] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {6, 2, 3}, {8, 3, 1}, {99, 3, 1}};
    for (const auto& c : cases) {
        EXPECT_EQ(position_of(file, c.offset).line, c.line) << c.offset;
        EXPECT_EQ(position_of(file, c.offset).column, c.column) << c.offset;
    }
}

TEST(Source, SpansJoinAndStayInside) {
    const auto source = make_source("f", "hello");
    EXPECT_EQ((Span{source, 1, 3}).text(), "el");
    EXPECT_EQ((Span{source, 4, 99}).text(), "o");
    EXPECT_EQ((Span{source, 99, 120}).text(), "");
    EXPECT_EQ(Span{}.text(), "");
    EXPECT_EQ(join({source, 0, 1}, {source, 3, 4}).text(), "hell");
    EXPECT_EQ(join({}, {source, 3, 4}).text(), "l");
    EXPECT_EQ(join({source, 3, 4}, {}).text(), "l");
}

}  // namespace
}  // namespace bouton::base
