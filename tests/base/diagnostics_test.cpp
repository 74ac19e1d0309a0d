// SPDX-License-Identifier: BSD-3-Clause
// How diagnostics are counted, sorted and shown.
#include "base/diagnostics.hpp"

#include <gtest/gtest.h>

namespace bouton::base {
namespace {

Span span_of(const SourcePtr& source, std::string_view what) {
    const auto begin = static_cast<std::uint32_t>(source->text.find(what));
    return {source, begin, begin + static_cast<std::uint32_t>(what.size())};
}

std::string shown(const std::string& text, std::string_view what, std::string hint = "") {
    return render(
        {Code::E203, Severity::error, span_of(make_source("f.toml", text), what), "no", std::move(hint)});
}

std::string marked(Code code, const Span& span) {
    const Diagnostic diagnostic{code, Severity::error, span, "m", ""};
    return render(diagnostic);
}

TEST(Render, PlaceLineCaretHint) {
    EXPECT_EQ(shown("# hi\ndw/dt = (w - tau)/tau : 1\n", "tau", "both sides of '-' need the same dimension"),
              "f.toml:2:14: error[E203]: no\n"
              "  dw/dt = (w - tau)/tau : 1\n"
              "               ^~~  both sides of '-' need the same dimension\n");
}

TEST(Render, WhereTheFileIsUsed) {
    const auto model = make_source("model.toml", "w = tau");
    const auto network = make_source("net.toml", "model = m");
    Diagnostics diagnostics;
    diagnostics.error(Code::E203, span_of(model, "w"), "before");
    diagnostics.error(Code::E203, span_of(model, "tau"), "no");
    diagnostics.error(Code::E203, span_of(network, "model"), "elsewhere");
    diagnostics.used_at(1, "model.toml", span_of(network, "m"));
    EXPECT_EQ(diagnostics.render(),
              "model.toml:1:1: error[E203]: before\n"
              "  w = tau\n"
              "  ^\n"
              "model.toml:1:5: error[E203]: no\n"
              "  w = tau\n"
              "      ^~~\n"
              "net.toml:1:1: used here\n"
              "  model = m\n"
              "  ^\n"
              "net.toml:1:1: error[E203]: elsewhere\n"
              "  model = m\n"
              "  ^~~~~\n");
}

TEST(Render, WarningsAndPlacelessOnes) {
    Diagnostics diagnostics;
    diagnostics.warning(Code::E215, {}, "nobody reads 'x'", "remove it");
    EXPECT_FALSE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics.render(), "warning[E215]: nobody reads 'x'\n  remove it\n");
}

TEST(Render, TabsKeepTheCaretBelow) {
    EXPECT_EQ(shown("\tx =\ty", "y"), "f.toml:1:6: error[E203]: no\n  \tx =\ty\n  \t   \t^\n");
}

TEST(Render, ColumnsCountCharacters) {
    EXPECT_EQ(shown("\xcf\x84\xcf\x84 = bad", "bad"),
              "f.toml:1:6: error[E203]: no\n  \xcf\x84\xcf\x84 = bad\n       ^~~\n");
}

TEST(Render, ControlCharactersAreEscaped) {
    EXPECT_EQ(shown("a\x1b[31m bad", "bad"),
              "f.toml:1:8: error[E203]: no\n  a\\x1B[31m bad\n            ^~~\n");
    EXPECT_EQ(shown("a\xff\xc0 bad", "bad"),
              "f.toml:1:5: error[E203]: no\n  a\\xFF\\xC0 bad\n            ^~~\n");
    const Diagnostic d{Code::E201, Severity::error, Span{make_source("a\nb", "x"), 0, 1}, "q\x07", "h\r"};
    EXPECT_EQ(render(d), "a\\x0Ab:1:1: error[E201]: q\\x07\n  x\n  ^  h\\x0D\n");
}

TEST(Render, EndOfTextAndOfLine) {
    const auto source = make_source("f", "ab\r\ncd");
    EXPECT_EQ(marked(Code::E103, {source, 6, 6}), "f:2:3: error[E103]: m\n  cd\n    ^\n");
    EXPECT_EQ(marked(Code::E103, {source, 2, 4}), "f:1:3: error[E103]: m\n  ab\n    ^\n");
    EXPECT_EQ(marked(Code::E103, {source, 99, 120}), "f:2:3: error[E103]: m\n  cd\n    ^\n");
    EXPECT_EQ(marked(Code::E103, {make_source("f", ""), 0, 0}), "f:1:1: error[E103]: m\n");
}

TEST(Render, SpanOverLinesEndsWithItsFirstLine) {
    const auto source = make_source("f", "x = (a\n+ b)");
    EXPECT_EQ(marked(Code::E103, {source, 4, 11}), "f:1:5: error[E103]: m\n  x = (a\n      ^~\n");
}

TEST(Render, LongLinesAreCut) {
    const std::string text = std::string(3000, 'a') + "bad" + std::string(3000, 'c');
    const std::string expected = "f.toml:1:3001: error[E203]: no\n  ..." + std::string(40, 'a') + "bad" +
                                 std::string(57, 'c') + "...\n     " + std::string(40, ' ') + "^~~\n";
    EXPECT_EQ(shown(text, "bad"), expected);
    const std::string near_start = "bad" + std::string(200, 'c');
    EXPECT_EQ(shown(near_start, "bad"),
              "f.toml:1:1: error[E203]: no\n  bad" + std::string(97, 'c') + "...\n  ^~~\n");
}

TEST(Render, OffsetsLeadIntoTheFile) {
    auto file = std::make_shared<const SourceFile>(SourceFile{"n.toml", "key = \"a\\tbad\"\n"});
    auto source = std::make_shared<const SourceText>(SourceText{file, "a\tbad", {7, 8, 10, 11, 12, 13}});
    EXPECT_EQ(marked(Code::E201, {source, 2, 5}),
              "n.toml:1:11: error[E201]: m\n  key = \"a\\tbad\"\n            ^~~\n");
}

TEST(Diagnostics, SortedByPlaceAndWithoutRepetition) {
    const auto source = make_source("f", "a b c");
    Diagnostics diagnostics;
    diagnostics.error(Code::E201, span_of(source, "c"), "third");
    diagnostics.error(Code::E201, span_of(source, "a"), "first");
    diagnostics.error(Code::E202, span_of(source, "a"), "second");
    diagnostics.error(Code::E201, span_of(source, "a"), "first");
    EXPECT_EQ(diagnostics.error_count(), 4u);
    EXPECT_EQ(diagnostics.render(),
              "f:1:1: error[E201]: first\n  a b c\n  ^\n"
              "f:1:1: error[E202]: second\n  a b c\n  ^\n"
              "f:1:5: error[E201]: third\n  a b c\n      ^\n");
}

TEST(Diagnostics, AHundredAreEnough) {
    const auto source = make_source("f", std::string(1000, 'x'));
    Diagnostics diagnostics;
    for (std::uint32_t k = 0; k < 250; ++k) diagnostics.error(Code::E201, {source, k, k + 1}, "m");
    const auto text = diagnostics.render();
    EXPECT_EQ(text.substr(text.size() - 13), "and 150 more\n");
}

TEST(Diagnostics, TheErrorCarriesEverything) {
    Diagnostics diagnostics;
    diagnostics.error(Code::E101, {}, "m");
    const DiagnosticError error(diagnostics);
    EXPECT_STREQ(error.what(), "error[E101]: m\n");
    EXPECT_EQ(error.status(), 2);
    EXPECT_EQ(error.diagnostics().all().size(), 1u);
}

TEST(Escape, LeavesWhatCanBeRead) {
    EXPECT_EQ(escape("plain \xc3\xa9 'text'"), "plain \xc3\xa9 'text'");
    EXPECT_EQ(escape("\xe2\x80\xae"), "\\xE2\\x80\\xAE");  // would turn the rest of the line round
    EXPECT_EQ(escape(std::string_view("\0\x7f", 2)), "\\x00\\x7F");
    EXPECT_EQ(escape("\xed\xa0\x80"), "\\xED\\xA0\\x80");  // a surrogate is not UTF-8
    EXPECT_EQ(escape("\xe2\x82"), "\\xE2\\x82");
}

TEST(Codes, HaveNamesAndSummaries) {
    EXPECT_STREQ(code_name(Code::E103), "E103");
    EXPECT_STREQ(code_summary(Code::E203), "dimensions do not agree");
}

}  // namespace
}  // namespace bouton::base
