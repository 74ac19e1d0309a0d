// SPDX-License-Identifier: BSD-3-Clause
#include "tests/lang/parsing.hpp"

#include <cmath>
#include <stdexcept>

namespace bouton::lang::testing {
namespace {

std::vector<std::string> places(const base::Diagnostics& diagnostics) {
    std::vector<std::string> result;
    for (const auto& d : diagnostics.all()) {
        const auto place = base::position_of(*d.span.source->file, d.span.source->file_offset(d.span.begin));
        result.push_back(std::string(base::code_name(d.code)) + '@' + std::to_string(place.line) + ':' +
                         std::to_string(place.column));
    }
    return result;
}

std::string first_hint(const base::Diagnostics& diagnostics) {
    return diagnostics.all().empty() ? "no error" : diagnostics.all().front().hint;
}

template <class Item>
std::string joined(const std::vector<Item>& items, const base::Diagnostics& diagnostics) {
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " | ") + part; };
    for (const auto& item : items) add(to_string(item));
    for (const auto& place : places(diagnostics)) add(place);
    return text;
}

double evaluate(const Expr& expr);

double evaluate(const Binary& node) {
    const double a = evaluate(*node.left);
    const double b = evaluate(*node.right);
    switch (node.op) {
        case BinaryOp::add: return a + b;
        case BinaryOp::subtract: return a - b;
        case BinaryOp::multiply: return a * b;
        case BinaryOp::divide: return a / b;
        case BinaryOp::floor_divide: return std::floor(a / b);
        case BinaryOp::modulo: return a - b * std::floor(a / b);
        case BinaryOp::power: return std::pow(a, b);
        case BinaryOp::less: return a < b;
        case BinaryOp::less_equal: return a <= b;
        case BinaryOp::greater: return a > b;
        case BinaryOp::greater_equal: return a >= b;
        case BinaryOp::equal: return a == b;
        case BinaryOp::not_equal: return a != b;
        case BinaryOp::logical_and: return a != 0 && b != 0;
        case BinaryOp::logical_or: return a != 0 || b != 0;
    }
    throw std::logic_error("an operator without a value");
}

double evaluate(const Expr& expr) {
    if (const auto* number = std::get_if<Number>(&expr.node)) return number->value;
    if (const auto* boolean = std::get_if<Boolean>(&expr.node)) return boolean->value;
    if (const auto* binary = std::get_if<Binary>(&expr.node)) return evaluate(*binary);
    if (const auto* unary = std::get_if<Unary>(&expr.node)) {
        const double operand = evaluate(*unary->operand);
        return unary->op == UnaryOp::negate ? -operand : operand == 0;
    }
    throw std::logic_error("names and calls have no value here");
}

}  // namespace

std::string reprinted(const std::string& text) {
    base::Diagnostics diagnostics;
    const auto expr = parse_expression(base::make_source("test", text), diagnostics);
    return expr ? to_string(*expr) : diagnostics.render();
}

std::string statements(const std::string& text) {
    base::Diagnostics diagnostics;
    const auto items = parse_statements(base::make_source("test", text), diagnostics);
    return joined(items, diagnostics);
}

std::string equations(const std::string& text) {
    base::Diagnostics diagnostics;
    const auto items = parse_equations(base::make_source("test", text), diagnostics);
    return joined(items, diagnostics);
}

std::vector<std::string> expression_errors(const std::string& text) {
    base::Diagnostics diagnostics;
    parse_expression(base::make_source("test", text), diagnostics);
    return places(diagnostics);
}

std::string first_expression_hint(const std::string& text) {
    base::Diagnostics diagnostics;
    parse_expression(base::make_source("test", text), diagnostics);
    return first_hint(diagnostics);
}

std::string first_statement_hint(const std::string& text) {
    base::Diagnostics diagnostics;
    parse_statements(base::make_source("test", text), diagnostics);
    return first_hint(diagnostics);
}

std::string first_equation_hint(const std::string& text) {
    base::Diagnostics diagnostics;
    parse_equations(base::make_source("test", text), diagnostics);
    return first_hint(diagnostics);
}

double value_of(const std::string& text) {
    base::Diagnostics diagnostics;
    const auto expr = parse_expression(base::make_source("test", text), diagnostics);
    if (!expr) throw std::runtime_error(diagnostics.render());
    return evaluate(*expr);
}

}  // namespace bouton::lang::testing
