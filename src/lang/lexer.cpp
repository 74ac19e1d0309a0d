// SPDX-License-Identifier: BSD-3-Clause
// Text to tokens. Any bytes will do; what is no token becomes a `problem` with a code and a way out.
#include "lang/token.hpp"

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "lang/foreign_spellings.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bouton::lang {
namespace {

using base::Code;
using Kind = TokenKind;

constexpr std::size_t kMostBytes = 1u << 20;  // of one text; keeps time and memory small on any input

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }

/// Letters of other alphabets, roughly: enough to take a name of them as one mistake.
bool is_letter_beyond(const base::Utf8& character) {
    const char32_t code = character.code;
    return character.valid &&
           ((code >= 0xC0 && code < 0x2000 && code != 0xD7 && code != 0xF7) || code >= 0x3040);
}

struct Symbol {
    std::string_view text;
    Kind kind;
};
// Longer ones first, so that the first match is the longest.
constexpr Symbol kSymbols[] = {
    {"**", Kind::double_star},   {"//", Kind::double_slash}, {"<=", Kind::less_equal},
    {">=", Kind::greater_equal}, {"==", Kind::equal},        {"!=", Kind::not_equal},
    {"+=", Kind::plus_assign},   {"-=", Kind::minus_assign}, {"*=", Kind::star_assign},
    {"/=", Kind::slash_assign},  {"+", Kind::plus},          {"-", Kind::minus},
    {"*", Kind::star},           {"/", Kind::slash},         {"%", Kind::percent},
    {"<", Kind::less},           {">", Kind::greater},       {"=", Kind::assign},
    {"(", Kind::left_bracket},   {")", Kind::right_bracket}, {",", Kind::comma},
    {":", Kind::colon},          {";", Kind::semicolon},
};

struct Word {
    std::string_view text;
    Kind kind;
};
constexpr Word kWords[] = {
    {"and", Kind::word_and},   {"or", Kind::word_or},       {"not", Kind::word_not},
    {"if", Kind::word_if},     {"else", Kind::word_else},   {"True", Kind::word_true},
    {"true", Kind::word_true}, {"False", Kind::word_false}, {"false", Kind::word_false},
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    TokenList run() {
        if (text_.size() > kMostBytes) {
            add_problem(0, 0, Code::E104, "the text is longer than 1 MiB", "");
            text_ = {};
        }
        if (starts_with("\xef\xbb\xbf")) at_ += 3;  // byte-order mark
        while (at_ < text_.size()) step();
        at_ = text_.size();
        add(Kind::end, at_, at_);
        return std::move(list_);
    }

private:
    void step() {
        const char c = text_[at_];
        if (c == ' ' || c == '\t' || starts_with("\r\n")) {
            ++at_;
        } else if (c == '\n') {
            newline();
        } else if (c == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (c == '\\' && continues_line()) {
            at_ = text_.find('\n', at_) + 1;
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else if (is_letter(c)) {
            word();
        } else if (!foreign() && !symbol()) {
            is_letter_beyond(base::decode_utf8(text_, at_)) ? word() : stray();
        }
    }

    char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool starts_with(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

    void add(Kind kind, std::size_t begin, std::size_t end) {
        Token token;
        token.kind = kind;
        token.begin = static_cast<std::uint32_t>(begin);
        token.end = static_cast<std::uint32_t>(end);
        list_.tokens.push_back(token);
    }

    void add_problem(std::size_t begin, std::size_t end, Code code, std::string message, std::string hint) {
        add(Kind::problem, begin, end);
        list_.tokens.back().problem = static_cast<std::uint32_t>(list_.problems.size());
        list_.problems.push_back({code, std::move(message), std::move(hint)});
    }

    void newline() {
        if (!list_.tokens.empty() && list_.tokens.back().kind != Kind::newline)
            add(Kind::newline, at_, at_ + 1);
        ++at_;
    }

    bool continues_line() const { return peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'); }

    void number();
    void word();
    bool symbol();
    bool foreign();
    void stray();

    std::string_view text_;
    std::size_t at_ = 0;
    TokenList list_;
};

/// digits [. digits] [e [sign] digits], or . digits ...; nothing that could be a name may follow.
void Lexer::number() {
    const auto begin = at_;
    const auto digits = [this] {
        while (is_digit(peek(0))) ++at_;
    };
    bool is_integer = true;
    digits();
    if (peek(0) == '.') {
        is_integer = false;
        ++at_;
        digits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if (is_digit(peek(1 + sign))) {
            is_integer = false;
            at_ += 1 + sign;
            digits();
        }
    }
    const auto end = at_;
    const auto quoted = [&] { return '\'' + std::string(text_.substr(begin, at_ - begin)) + '\''; };

    if (is_word(peek(0)) || peek(0) == '.') {
        while (is_word(peek(0)) || peek(0) == '.') ++at_;
        const auto value = std::string(text_.substr(begin, end - begin));
        const auto rest = std::string(text_.substr(end, at_ - end));
        const bool is_product = is_letter(rest.front()) && rest.front() != '_' && value != "0" &&
                                rest.find('.') == std::string::npos;
        add_problem(begin, at_, Code::E102, quoted() + " is not a number",
                    is_product ? "write " + value + '*' + rest : "");
        return;
    }

    const auto [value, stop, too_large] = base::parse_number(text_.data() + begin, text_.data() + end);
    if (too_large || stop != text_.data() + end) {
        add_problem(begin, end, Code::E102, quoted() + " is too large for a number",
                    "numbers reach to 1.7976931348623157e308");
        return;
    }
    add(Kind::number, begin, end);
    list_.tokens.back().value = value;
    list_.tokens.back().is_integer = is_integer && value < 9007199254740992.0;  // 2^53
}

void Lexer::word() {
    const auto begin = at_;
    bool is_ascii = true;
    // Letters beyond ASCII are taken along, so that such a name is one mistake, not several.
    while (at_ < text_.size()) {
        if (is_word(text_[at_])) {
            ++at_;
            continue;
        }
        const auto character = base::decode_utf8(text_, at_);
        if (!is_letter_beyond(character)) break;
        is_ascii = false;
        at_ += character.length;
    }
    const auto word = text_.substr(begin, at_ - begin);
    if (!is_ascii) {
        add_problem(begin, at_, Code::E110, '\'' + std::string(word) + "' is not a name",
                    "names are made of a-z, A-Z, 0-9 and '_'");
        return;
    }
    for (const auto& known : kWords)
        if (known.text == word) return add(known.kind, begin, at_);
    add(Kind::name, begin, at_);
}

bool Lexer::symbol() {
    for (const auto& known : kSymbols) {
        if (!starts_with(known.text)) continue;
        add(known.kind, at_, at_ + known.text.size());
        at_ += known.text.size();
        return true;
    }
    return false;
}

bool Lexer::foreign() {
    if (starts_with("!=")) return false;
    for (const auto& known : kForeignSpellings) {
        if (!starts_with(known.text)) continue;
        const auto end = at_ + known.text.size();
        add_problem(at_, end, known.code, '\'' + std::string(known.text) + "' is not used here",
                    std::string(known.hint));
        at_ = end;
        return true;
    }
    return false;
}

void Lexer::stray() {
    const auto begin = at_;
    const auto character = base::decode_utf8(text_, at_);
    at_ += character.length;
    const auto shown = std::string(text_.substr(begin, character.length));
    if (!character.valid)
        return add_problem(begin, at_, Code::E101, "the byte '" + shown + "' is not UTF-8", "");
    add_problem(begin, at_, Code::E101, '\'' + shown + "' has no place here", "");
}

}  // namespace

TokenList tokenize(const std::string& text) { return Lexer(text).run(); }

bool is_binary_operator(TokenKind kind) {
    return (kind >= Kind::plus && kind <= Kind::not_equal) || kind == Kind::word_and || kind == Kind::word_or;
}

}  // namespace bouton::lang
