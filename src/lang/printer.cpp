// SPDX-License-Identifier: BSD-3-Clause
// Syntax trees as text, with the fewest brackets.
#include "lang/printer.hpp"

#include "lang/precedence.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bouton::lang {
namespace {

std::string number_text(const Number& number) {
    if (std::isnan(number.value)) return "nan";
    if (std::isinf(number.value)) return number.value < 0 ? "-inf" : "inf";
    char buffer[64];
    const auto result = number.is_integer ? std::to_chars(buffer, buffer + sizeof buffer, number.value,
                                                          std::chars_format::fixed)
                                          : std::to_chars(buffer, buffer + sizeof buffer, number.value);
    std::string text(buffer, result.ptr);
    const bool looks_like_integer = text.find_first_of(".e") == std::string::npos;
    return looks_like_integer && !number.is_integer ? text + ".0" : text;
}

const char* spelling(BinaryOp op) {
    switch (op) {
        case BinaryOp::add: return " + ";
        case BinaryOp::subtract: return " - ";
        case BinaryOp::multiply: return "*";
        case BinaryOp::divide: return "/";
        case BinaryOp::floor_divide: return "//";
        case BinaryOp::modulo: return " % ";
        case BinaryOp::power: return "**";
        case BinaryOp::less: return " < ";
        case BinaryOp::less_equal: return " <= ";
        case BinaryOp::greater: return " > ";
        case BinaryOp::greater_equal: return " >= ";
        case BinaryOp::equal: return " == ";
        case BinaryOp::not_equal: return " != ";
        case BinaryOp::logical_and: return " and ";
        case BinaryOp::logical_or: return " or ";
    }
    return "";
}

const char* spelling(AssignOp op) {
    switch (op) {
        case AssignOp::set: return " = ";
        case AssignOp::add: return " += ";
        case AssignOp::subtract: return " -= ";
        case AssignOp::multiply: return " *= ";
        case AssignOp::divide: return " /= ";
    }
    return "";
}

int precedence_of(const Expr& expr) {
    if (const auto* binary = std::get_if<Binary>(&expr.node)) return lang::precedence_of(binary->op);
    if (const auto* unary = std::get_if<Unary>(&expr.node))
        return unary->op == UnaryOp::negate ? kSign : kNot;
    // A negative number comes from a computation, and prints like a negated one.
    if (const auto* number = std::get_if<Number>(&expr.node))
        return std::signbit(number->value) ? kSign : kAtom;
    return kAtom;
}

class Printer {
public:
    std::string take() { return std::move(text_); }

    /// What is still to be printed waits on a stack of our own, the next on top.
    void print(const Expr& expr) {
        print(expr, kLowest);
        while (!waiting_.empty()) {
            const Piece next = std::move(waiting_.back());
            waiting_.pop_back();
            if (!next.expr) {
                text_ += next.text;
                continue;
            }
            const bool bracketed = precedence_of(*next.expr) < next.lowest;
            const std::size_t below = waiting_.size();
            if (bracketed) print("(");
            std::visit([this](const auto& node) { print_node(node); }, next.expr->node);
            if (bracketed) print(")");
            std::reverse(waiting_.begin() + static_cast<std::ptrdiff_t>(below), waiting_.end());
        }
    }

private:
    struct Piece {
        const Expr* expr = nullptr;  ///< or, where null:
        int lowest = kLowest;  ///< only operators of at least this precedence may stand without brackets
        std::string text{};
    };
    void print(const Expr& expr, int lowest) { waiting_.push_back({&expr, lowest}); }
    void print(std::string text) { waiting_.push_back({nullptr, kLowest, std::move(text)}); }

    void print_node(const Number& node) { print(number_text(node)); }
    void print_node(const Boolean& node) { print(node.value ? "True" : "False"); }
    void print_node(const Name& node) { print(node.id); }

    void print_node(const Unary& node) {
        const bool is_not = node.op == UnaryOp::logical_not;
        print(is_not ? "not " : "-");
        print(*node.operand, is_not ? kNot : kSign);
    }

    void print_node(const Binary& node) {
        const int precedence = lang::precedence_of(node.op);
        const bool is_power = node.op == BinaryOp::power;
        // Left-associative but for powers; comparisons do not associate at all.
        print(*node.left, is_power || precedence == kCompare ? precedence + 1 : precedence);
        print(spelling(node.op));
        print(*node.right, is_power ? kSign : precedence + 1);
    }

    void print_node(const Call& node) {
        print(node.function + '(');
        for (std::size_t k = 0; k < node.arguments.size(); ++k) {
            if (k > 0) print(", ");
            print(*node.arguments[k], kLowest);
        }
        print(")");
    }

    std::string text_;
    std::vector<Piece> waiting_;
};

}  // namespace

std::string to_string(const Expr& expr) {
    Printer printer;
    printer.print(expr);
    return printer.take();
}

std::string to_string(const Statement& statement) {
    return statement.target + spelling(statement.op) + to_string(*statement.value);
}

std::string to_string(const Equation& equation) {
    std::string text =
        equation.kind == EquationKind::differential ? 'd' + equation.name + "/dt" : equation.name;
    if (equation.expr) text += " = " + to_string(*equation.expr);
    text += " : " + to_string(*equation.unit);
    for (std::size_t k = 0; k < equation.flags.size(); ++k)
        text += (k == 0 ? " (" : ", ") + equation.flags[k].text;
    return equation.flags.empty() ? text : text + ')';
}

}  // namespace bouton::lang
