// SPDX-License-Identifier: BSD-3-Clause
// Quantities: a number and its unit, as fields of one value hold them.
#include "lang/parser.hpp"
#include "lang/token_stream.hpp"

#include <cmath>

namespace bouton::lang {
namespace {

using base::Code;
using base::Unit;
using Kind = TokenKind;

constexpr int kMostNesting = 32;

class QuantityParser {
public:
    explicit QuantityParser(TokenStream& stream) : stream_(stream) {}

    Quantity quantity() {
        const auto begin = stream_.peek().begin;
        double sign = 1.0;
        if (stream_.accept(Kind::minus))
            sign = -1.0;
        else
            stream_.accept(Kind::plus);
        const Token number = stream_.peek();
        if (number.kind != Kind::number) fail_at_number(number);
        stream_.next();

        // The number is the first factor, so that "2 nS/ms" has the bits of the expression 2*nS/ms.
        Unit product{{}, sign * number.value};
        if (!stream_.at(Kind::end) && !stream_.at(Kind::slash)) {
            stream_.accept(Kind::star);
            multiply(product, factor());
        }
        rest_of_product(product);
        if (!stream_.at(Kind::end)) fail_after_unit();
        const Quantity result{product.scale, product.dimension};
        if (!std::isfinite(result.value))
            stream_.fail(Code::E108, stream_.span_from(begin), "this value is too large for a number");
        return result;
    }

private:
    [[noreturn]] void fail_at_number(const Token& token) {
        if (token.kind == Kind::name && base::find_unit_in_field(stream_.text(token)))
            stream_.fail(Code::E108, stream_.span(token), "the number before the unit is missing",
                         "write 1 " + stream_.text(token));
        if (token.kind == Kind::problem) stream_.fail_expected("a number");
        stream_.fail(Code::E108, stream_.span(token), "expected a number, found " + stream_.describe(token),
                     "as in 20 ms, -70 mV, 0.5");
    }

    [[noreturn]] void fail_after_unit() {
        const Token token = stream_.peek();
        if (token.kind == Kind::problem) stream_.fail_expected("the end of the value");
        stream_.fail(Code::E108, stream_.span(token),
                     "expected the end of the value, found " + stream_.describe(token),
                     token.kind == Kind::name ? "join units with '*' or '/'" : "");
    }

    static void multiply(Unit& left, const Unit& right) {
        left.dimension = left.dimension * right.dimension;
        left.scale *= right.scale;
    }
    static void divide(Unit& left, const Unit& right) {
        left.dimension = left.dimension / right.dimension;
        left.scale /= right.scale;
    }

    /// { * factor | / factor }
    void rest_of_product(Unit& left) {
        while (stream_.at(Kind::star) || stream_.at(Kind::slash)) {
            if (stream_.next().kind == Kind::slash)
                divide(left, factor());
            else
                multiply(left, factor());
        }
    }

    /// unit [** [-] number]
    Unit factor() {
        const auto begin = stream_.peek().begin;
        Unit unit = atom();
        if (!stream_.accept(Kind::double_star)) return unit;
        const double sign = stream_.accept(Kind::minus) ? -1.0 : 1.0;
        const Token exponent = stream_.peek();
        if (exponent.kind != Kind::number) stream_.fail_expected("the exponent");
        stream_.next();
        const auto dimension = unit.dimension.power(sign * exponent.value);
        if (!dimension)
            stream_.fail(Code::E108, stream_.span_from(begin), "a unit cannot have this exponent");
        return {*dimension, std::pow(unit.scale, sign * exponent.value)};
    }

    Unit atom() {
        const Token token = stream_.peek();
        if (token.kind == Kind::left_bracket) {
            if (++nesting_ > kMostNesting) stream_.fail(Code::E104, stream_.span(token), "nested too deep");
            stream_.open_bracket();
            Unit unit = factor();
            rest_of_product(unit);
            stream_.close_bracket("'*', '/' or ')'");
            --nesting_;
            return unit;
        }
        if (token.kind == Kind::number && token.value == 1.0) {
            stream_.next();
            return {};
        }
        if (token.kind == Kind::problem) stream_.fail_expected("a unit");
        if (token.kind != Kind::name)
            stream_.fail(Code::E108, stream_.span(token),
                         "expected a unit, found " + stream_.describe(token));
        stream_.next();
        const auto name = stream_.text(token);
        if (const auto unit = base::find_unit_in_field(name)) return *unit;
        stream_.fail(Code::E109, stream_.span(token), "there is no unit '" + name + '\'',
                     stream_.did_you_mean(name, base::unit_names()));
    }

    TokenStream& stream_;
    int nesting_ = 0;
};

}  // namespace

std::optional<Quantity> parse_quantity(const base::SourcePtr& text, base::Diagnostics& diagnostics) {
    TokenStream stream(text, diagnostics);
    stream.drop_line_ends();
    try {
        return QuantityParser(stream).quantity();
    } catch (const Abandon&) {
        return std::nullopt;
    }
}

std::optional<Quantity> try_quantity(const base::SourcePtr& text) {
    base::Diagnostics unheard;
    unheard.suggestions().give_none();
    return parse_quantity(text, unheard);
}

}  // namespace bouton::lang
