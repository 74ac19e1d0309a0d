// SPDX-License-Identifier: BSD-3-Clause
// TOML string literals (TOML 1.0, sections "Basic strings" and "Literal strings"), byte by byte with offsets.
#include "document/literal.hpp"

namespace bouton::document {
namespace {

class Decoder {
public:
    Decoder(std::string_view file, std::uint32_t begin) : file_(file), at_(begin) {}

    void run() {
        const char quote = peek();
        if (quote != '"' && quote != '\'') return;
        const bool multi_line = peek(1) == quote && peek(2) == quote;
        at_ += multi_line ? 3 : 1;
        if (multi_line) skip_line_break();
        while (at_ < file_.size() && !closes(quote, multi_line)) {
            if (peek() == '\\' && quote == '"')
                escape();
            else if (multi_line && peek() == '\r' && peek(1) == '\n')
                ++at_;
            else
                keep(peek(), at_), ++at_;
        }
        offsets.push_back(static_cast<std::uint32_t>(at_));
    }

    std::string text;
    std::vector<std::uint32_t> offsets;

private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < file_.size() ? file_[at_ + ahead] : '\0'; }

    void keep(char byte, std::size_t from) {
        text += byte;
        offsets.push_back(static_cast<std::uint32_t>(from));
    }

    void skip_line_break() {
        if (peek() == '\r' && peek(1) == '\n') ++at_;
        if (peek() == '\n') ++at_;
    }

    /// In a multi-line string up to two quotes may stand right before the three that close it.
    bool closes(char quote, bool multi_line) const {
        if (!multi_line) return peek() == quote;
        return peek() == quote && peek(1) == quote && peek(2) == quote && peek(3) != quote;
    }

    void escape() {
        const std::size_t from = at_++;
        const char letter = peek();
        ++at_;
        switch (letter) {
            case 'b': return keep('\b', from);
            case 't': return keep('\t', from);
            case 'n': return keep('\n', from);
            case 'f': return keep('\f', from);
            case 'r': return keep('\r', from);
            case 'u': return code_point(4, from);
            case 'U': return code_point(8, from);
            case ' ':
            case '\t':
            case '\r':
            case '\n':  // a backslash at the end of a line swallows all white space that follows
                while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') ++at_;
                return;
            default: return keep(letter, from);  // \" and \\, nothing else gets past the TOML library
        }
    }

    void code_point(int digits, std::size_t from) {
        std::uint32_t code = 0;
        for (int k = 0; k < digits; ++k, ++at_) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : 0;
            code = code * 16 + static_cast<std::uint32_t>(digit);
        }
        const auto put = [&](std::uint32_t byte) { keep(static_cast<char>(byte), from); };
        if (code < 0x80u) return put(code);
        if (code < 0x800u) {
            put(0xC0u | code >> 6);
        } else {
            if (code < 0x10000u) {
                put(0xE0u | code >> 12);
            } else {
                put(0xF0u | code >> 18);
                put(0x80u | (code >> 12 & 0x3Fu));
            }
            put(0x80u | (code >> 6 & 0x3Fu));
        }
        put(0x80u | (code & 0x3Fu));
    }

    std::string_view file_;
    std::size_t at_;
};

}  // namespace

base::SourcePtr decode_literal(const std::shared_ptr<const base::SourceFile>& file, std::uint32_t begin,
                               std::string_view expected) {
    Decoder decoder(file->text, begin);
    decoder.run();
    if (decoder.text != expected || decoder.offsets.size() != expected.size() + 1)
        decoder.offsets.assign(expected.size() + 1, begin);
    return std::make_shared<const base::SourceText>(
        base::SourceText{file, std::string(expected), std::move(decoder.offsets)});
}

}  // namespace bouton::document
